//! The votes of the height at hand as this node has seen them, for whoever asks why a height takes its time.
//!
//! Consensus itself counts elsewhere: what is kept here is shown and nothing rests on it. It is bounded: two votes for each
//! validator in the last [`ROUNDS_SHOWN`] rounds, and [`EARLY_VOTES`] of the next height.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use malachitebft_core_consensus::SignedConsensusMsg;
use malachitebft_core_types::{NilOrVal, SignedVote, VoteType};
use malachitebft_engine::util::events::{Event, RxEvent};
use seiza_types::{Height, ValidatorSet, ValueId};
use tendermint::account;
use tokio::sync::broadcast::error::RecvError;

use crate::context::{Seiza, round_number};
use crate::limits::{EARLY_VOTES, ROUNDS_SHOWN};
use crate::sets::Sets;
use crate::signing::Verifier;

/// One validator's vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ballot {
    /// Who votes.
    pub validator: account::Id,
    /// For what; `None` for nil.
    pub value: Option<ValueId>,
    /// The signature, which was checked.
    pub signature: [u8; 64],
}

/// The votes of one round, in the order of the validator set; `None` where none has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundBallots {
    /// The round.
    pub round: u32,
    /// Prevotes.
    pub prevotes: Vec<Option<Ballot>>,
    /// Precommits.
    pub precommits: Vec<Option<Ballot>>,
}

impl RoundBallots {
    fn new(round: u32, validators: usize) -> Self {
        Self { round, prevotes: vec![None; validators], precommits: vec![None; validators] }
    }
}

/// A look at the votes. Cheap to clone.
#[derive(Clone, Default)]
pub struct Ballots(Arc<Mutex<BallotBox>>);

/// The ballot box of one height.
#[derive(Default)]
struct BallotBox {
    height: Height,
    validators: Option<ValidatorSet>,
    rounds: BTreeMap<u32, RoundBallots>,
    /// Votes of the next height, from validators that are there already.
    early: VecDeque<SignedVote<Seiza>>,
}

impl Ballots {
    /// The votes of a height, by round; none of a height that is not the one at hand.
    #[must_use]
    pub fn of(&self, height: Height) -> Vec<RoundBallots> {
        let held = self.0.lock().expect("nobody panics while counting votes");
        if held.height == height { held.rounds.values().cloned().collect() } else { Vec::new() }
    }

    /// Follows the engine's events until it stops.
    pub(crate) async fn follow(self, mut events: RxEvent<Seiza>, sets: Sets, verifier: Verifier) {
        loop {
            match events.recv().await {
                Ok(event) => self.0.lock().expect("nobody panics while counting votes").take(event, &sets, &verifier),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }
}

impl BallotBox {
    fn take(&mut self, event: Event<Seiza>, sets: &Sets, verifier: &Verifier) {
        match event {
            Event::StartedHeight(height, _) => self.start(height.0, sets.get(height.0), verifier),
            Event::Received(SignedConsensusMsg::Vote(vote)) | Event::Published(SignedConsensusMsg::Vote(vote)) => {
                self.vote(vote, verifier);
            }
            _ => {}
        }
    }

    fn start(&mut self, height: Height, validators: Option<ValidatorSet>, verifier: &Verifier) {
        let early = std::mem::take(self).early;
        (self.height, self.validators) = (height, validators);
        early.into_iter().for_each(|vote| self.vote(vote, verifier));
    }

    fn vote(&mut self, vote: SignedVote<Seiza>, verifier: &Verifier) {
        match vote.message.height.0.checked_sub(self.height) {
            Some(0) => self.count(&vote, verifier),
            Some(1) if self.early.len() < EARLY_VOTES => self.early.push_back(vote),
            _ => {}
        }
    }

    /// The first vote that a validator signed for a step is shown; whether it signs another, evidence tells.
    fn count(&mut self, vote: &SignedVote<Seiza>, verifier: &Verifier) {
        let (message, signature) = (&vote.message, &vote.signature);
        let Some(validators) = &self.validators else { return };
        let Some((index, voter)) = validators.find(&message.address.into()) else { return };
        if !verifier.vote(message, signature, &voter.public_key) {
            return;
        }
        let (round, value) = (
            round_number(message.round),
            match message.value {
                NilOrVal::Nil => None,
                NilOrVal::Val(value) => Some(value.0),
            },
        );
        let ballot = Ballot { validator: message.address.into(), value, signature: signature.0 };
        let ballots = self.rounds.entry(round).or_insert_with(|| RoundBallots::new(round, validators.len()));
        let step = match message.kind {
            VoteType::Prevote => &mut ballots.prevotes,
            VoteType::Precommit => &mut ballots.precommits,
        };
        step[index].get_or_insert(ballot);
        while self.rounds.len() > ROUNDS_SHOWN {
            self.rounds.pop_first();
        }
    }
}
