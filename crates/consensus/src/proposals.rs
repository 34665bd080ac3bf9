//! Compact proposals whose height or round has not come yet.
//!
//! Rounds and heights do not begin everywhere at once, so a proposal may come before its receiver is there. It is kept,
//! within bounds, until its round begins ([`Proposals::take`]). The set of a far height's validators is not known yet, so
//! what is kept is not verified: hence bounds for each peer that sends as well as for each proposer that is named, and when
//! there is no room the proposal that is furthest ahead gives way. So what is far ahead, or false, never blocks what is
//! next.
//!
//! # Promises
//! - Bounded: heights and rounds ahead, proposals of one (height, round), of one proposer, from one peer, in all, in bytes
//!   and in time.
//! - A proposal is given out once.

use std::collections::BTreeMap;
use std::sync::Arc;

use seiza_types::{B256, Height};
use tendermint::account;

use crate::compact::CompactProposal;
use crate::limits::{
    PROPOSALS_BYTES_MAX, PROPOSALS_HEIGHTS_AHEAD, PROPOSALS_LIFETIME_MS, PROPOSALS_MAX, PROPOSALS_PER_PEER_MAX,
    PROPOSALS_PER_PROPOSER_MAX, PROPOSALS_PER_ROUND_MAX, PROPOSALS_ROUNDS_AHEAD,
};

/// Why a proposal is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProposalRefusal {
    /// Of a height or round that is over.
    #[error("proposal of height {0}, round {1} is late")]
    Stale(Height, u32),
    /// Too far ahead.
    #[error("proposal of height {0}, round {1} is too far ahead")]
    Ahead(Height, u32),
    /// It is kept already.
    #[error("proposal is known")]
    Known,
    /// A bound is reached, and nothing that is further ahead can give way.
    #[error("no room for the proposal: {0}")]
    Full(&'static str),
}

/// By height, round, then order of arrival.
type Place = (Height, u32, u64);

#[derive(Debug, Clone)]
struct Kept<P> {
    proposal: Arc<CompactProposal>,
    block: B256,
    from: P,
    bytes: usize,
    until_ms: u64,
}

impl<P> Kept<P> {
    fn proposer(&self) -> account::Id {
        self.proposal.header.proposer_address
    }
}

/// What is kept. `P` names the peer that sent it.
#[derive(Debug, Clone)]
pub struct Proposals<P> {
    height: Height,
    round: u32,
    arrivals: u64,
    kept: BTreeMap<Place, Kept<P>>,
}

impl<P: Clone + Eq> Proposals<P> {
    /// Nothing is kept; the next height to be decided is `height`.
    #[must_use]
    pub fn new(height: Height) -> Self {
        Self { height, round: 0, arrivals: 0, kept: BTreeMap::new() }
    }

    /// Proposals kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Keeps a proposal of `bytes` encoded bytes that `from` sent.
    ///
    /// # Errors
    /// [`ProposalRefusal`]; nothing changes but that what is too old is forgotten.
    pub fn keep(
        &mut self,
        proposal: Arc<CompactProposal>,
        bytes: usize,
        from: P,
        now_ms: u64,
    ) -> Result<(), ProposalRefusal> {
        self.expire(now_ms);
        let (height, round, block) = (proposal.height(), proposal.round, proposal.block());
        self.check_place(height, round)?;
        if self.kept.values().any(|kept| kept.block == block && kept.proposal.round == round) {
            return Err(ProposalRefusal::Known);
        }
        let until_ms = now_ms.saturating_add(PROPOSALS_LIFETIME_MS);
        let newcomer = Kept { proposal, block, from, bytes, until_ms };
        let (place, yielding) = ((height, round, self.arrivals), self.yielding(&newcomer, height, round)?);
        yielding.iter().for_each(|place| {
            self.kept.remove(place);
        });
        self.arrivals += 1;
        self.kept.insert(place, newcomer);
        Ok(())
    }

    fn check_place(&self, height: Height, round: u32) -> Result<(), ProposalRefusal> {
        let current = if height == self.height { self.round } else { 0 };
        if height < self.height || round < current {
            return Err(ProposalRefusal::Stale(height, round));
        }
        let ahead = (height - self.height, round - current);
        let far = ahead.0 > PROPOSALS_HEIGHTS_AHEAD || ahead.1 > PROPOSALS_ROUNDS_AHEAD;
        if far { Err(ProposalRefusal::Ahead(height, round)) } else { Ok(()) }
    }

    /// Who must go to make room: the furthest of each crowd that the newcomer would make too big.
    fn yielding(&self, new: &Kept<P>, height: Height, round: u32) -> Result<Vec<Place>, ProposalRefusal> {
        let same_round = self.kept.keys().filter(|place| (place.0, place.1) == (height, round)).count();
        if same_round >= PROPOSALS_PER_ROUND_MAX {
            return Err(ProposalRefusal::Full("two of its round are kept"));
        }
        let proposer = new.proposer();
        let mut gone = Vec::new();
        self.thin(&mut gone, PROPOSALS_PER_PROPOSER_MAX, |kept| kept.proposer() == proposer);
        self.thin(&mut gone, PROPOSALS_PER_PEER_MAX, |kept| kept.from == new.from);
        self.thin(&mut gone, PROPOSALS_MAX, |_| true);
        self.lighten(&mut gone, new.bytes);
        let nearer = gone.iter().any(|place| (place.0, place.1) <= (height, round));
        if nearer { Err(ProposalRefusal::Full("what is kept is nearer")) } else { Ok(gone) }
    }

    /// Adds the furthest of those that `belongs`, where one more would be too many of them.
    fn thin(&self, gone: &mut Vec<Place>, max: usize, belongs: impl Fn(&Kept<P>) -> bool) {
        let crowd = || self.kept.iter().filter(|(place, kept)| !gone.contains(place) && belongs(kept));
        if crowd().count() >= max {
            gone.extend(crowd().next_back().map(|(place, _)| *place).as_slice());
        }
    }

    /// Adds the furthest until the bytes suffice.
    fn lighten(&self, gone: &mut Vec<Place>, bytes: usize) {
        let stays = |gone: &[Place], place: &Place| !gone.contains(place);
        let mut sum: usize = self.kept.iter().filter(|(place, _)| stays(gone, place)).map(|(_, kept)| kept.bytes).sum();
        let mut furthest = self.kept.iter().rev();
        while sum + bytes > PROPOSALS_BYTES_MAX {
            let Some((place, kept)) = furthest.next() else { break };
            if stays(gone, place) {
                gone.push(*place);
                sum -= kept.bytes;
            }
        }
    }

    /// A round begins: forgets what is over, and gives out the proposals of this round, in the order of their arrival, with
    /// the peer that sent each.
    pub fn take(&mut self, height: Height, round: u32, now_ms: u64) -> Vec<(Arc<CompactProposal>, P)> {
        (self.height, self.round) = (height, round);
        self.expire(now_ms);
        self.kept = self.kept.split_off(&(height, round, 0));
        let later = self.kept.split_off(&(height, round.saturating_add(1), 0));
        let now = std::mem::replace(&mut self.kept, later);
        now.into_values().map(|kept| (kept.proposal, kept.from)).collect()
    }

    fn expire(&mut self, now_ms: u64) {
        self.kept.retain(|_, kept| kept.until_ms > now_ms);
    }
}
