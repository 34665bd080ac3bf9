//! Whom to ask for what, and when, until a proposed block is whole.
//!
//! A [`Fetch`] is told what happens ([`Event`]) and the time, and answers with what to do ([`Action`]); it sends nothing
//! itself. Between events it wants to be woken at [`Fetch::wake_ms`].
//!
//! 1. **Transactions.** The proposer is asked for all that is missing. After about one round trip without an answer, or
//!    where it fails or is not connected, two other validators are asked as well; then the next, always two at a time.
//! 2. **The whole block, as parts,** from all peers in parallel, where more than a quarter is missing at the start, where
//!    the ids met the wrong transactions ([`Event::Collision`]), where half of the propose timeout is gone, and where smart
//!    propagation is off. A part that does not come in time is asked for elsewhere; those who kept nothing back are
//!    preferred. Transactions that arrive late still count.
//! 3. **Giving up.** One propose timeout after the round is over, and in any case four after the start.
//!
//! # Promises
//! - At most [`IN_FLIGHT_MAX`](crate::limits::IN_FLIGHT_MAX) requests are under way, at most
//!   [`IN_FLIGHT_PEER_MAX`](crate::limits::IN_FLIGHT_PEER_MAX) of them to one peer.
//! - Whoever gave something wrong is not asked again; who failed three times in a row is not either, until it gives
//!   something, or nobody else is left.
//! - With one honest peer that has the block, a fetch ends well; a peer that promises and never sends costs a fraction of a
//!   round, not a round.

mod ask;
mod event;
mod patience;
mod peers;

use std::collections::{BTreeMap, BTreeSet};

pub use event::{Action, Event, Failure, FetchParams, Need, What};
use peers::Peers;

/// Propose timeouts after which a fetch ends in any case.
const TIMEOUTS_MAX: u64 = 4;

/// A request under way: to whom, and for which part (`None`: for transactions).
type Request<P> = (P, Option<u32>);

/// One block's fetch.
#[derive(Debug, Clone)]
pub struct Fetch<P> {
    params: FetchParams,
    /// When half of the propose timeout is gone.
    half_ms: u64,
    end_ms: u64,
    whole: bool,
    /// The ids met other transactions than the proposer's: only the parts count.
    collided: bool,
    over: bool,
    /// The proposer alone is asked so far.
    proposer_only: bool,
    peers: Peers<P>,
    txs: BTreeSet<u32>,
    parts: BTreeSet<u32>,
    /// What is under way, and until when it is waited for.
    in_flight: BTreeMap<Request<P>, u64>,
}

impl<P: Clone + Ord> Fetch<P> {
    /// Begins at `now_ms`. Nobody is asked before the first [`Event::Peers`].
    #[must_use]
    pub fn new(params: FetchParams, need: Need, now_ms: u64) -> Self {
        let many = need.missing.len() * 100 > need.txs * params.whole_above_percent;
        Self {
            params,
            half_ms: now_ms.saturating_add(params.propose_timeout_ms / 2),
            end_ms: now_ms.saturating_add(params.propose_timeout_ms.saturating_mul(TIMEOUTS_MAX)),
            whole: params.whole || many,
            collided: false,
            over: false,
            proposer_only: true,
            peers: Peers::none(),
            txs: need.missing.into_iter().collect(),
            parts: (0..need.parts).collect(),
            in_flight: BTreeMap::new(),
        }
    }

    /// Whether the block can be put together: all transactions are here, or all parts.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.parts.is_empty() || (self.txs.is_empty() && !self.collided)
    }

    /// Whether the block is fetched as parts.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Requests under way that are still waited for.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// When to send [`Event::Tick`] if nothing happens before; `None` when there is nothing to wait for.
    #[must_use]
    pub fn wake_ms(&self, now_ms: u64) -> Option<u64> {
        if self.over || self.is_done() {
            return None;
        }
        let half = (!self.whole).then_some(self.half_ms);
        let moments = [self.in_flight.values().min().copied(), self.peers.next_ready_ms(now_ms), half];
        Some(moments.into_iter().flatten().fold(self.end_ms, u64::min))
    }

    /// Takes note of what happened at `now_ms` and says what to do.
    pub fn on(&mut self, now_ms: u64, event: Event<P>) -> Vec<Action<P>> {
        if self.over {
            return Vec::new();
        }
        self.note(now_ms, event);
        self.lose_patience(now_ms);
        if self.is_done() {
            self.in_flight.clear();
            return Vec::new();
        }
        self.go_on(now_ms)
    }

    /// What to do while something is missing.
    fn go_on(&mut self, now_ms: u64) -> Vec<Action<P>> {
        if now_ms >= self.end_ms {
            self.over = true;
            return vec![Action::GiveUp];
        }
        if now_ms >= self.half_ms {
            self.whole = true;
        }
        self.peers.forgive(now_ms, self.in_flight.is_empty());
        if self.whole { self.ask_parts(now_ms) } else { self.ask_txs(now_ms) }
    }

    fn note(&mut self, now_ms: u64, event: Event<P>) {
        match event {
            Event::Tick => {}
            Event::Peers { proposer, others } => {
                self.proposer_only &= proposer.is_some();
                self.peers.replace(proposer, others);
            }
            Event::Txs { peer, accepted } => self.note_txs(now_ms, &peer, &accepted),
            Event::Part { peer, index } => {
                self.parts.remove(&index);
                self.in_flight.retain(|(_, part), _| *part != Some(index));
                self.peers.gave(&peer);
            }
            Event::Failed { peer, part, failure } => self.note_failure(now_ms, peer, part, failure),
            Event::Collision => (self.whole, self.collided) = (true, true),
            Event::RoundOver => {
                self.end_ms = self.end_ms.min(now_ms.saturating_add(self.params.propose_timeout_ms));
            }
        }
    }

    /// An answer may hold less than was asked for; one that holds nothing is none.
    fn note_txs(&mut self, now_ms: u64, peer: &P, accepted: &[u32]) {
        if accepted.is_empty() {
            return self.note_failure(now_ms, peer.clone(), None, Failure::Lacks);
        }
        accepted.iter().for_each(|index| {
            self.txs.remove(index);
        });
        self.in_flight.remove(&(peer.clone(), None));
        self.peers.gave(peer);
    }

    fn note_failure(&mut self, now_ms: u64, peer: P, part: Option<u32>, failure: Failure) {
        self.peers.failed(&peer, failure, now_ms);
        self.proposer_only &= part.is_some();
        self.in_flight.remove(&(peer, part));
    }

    /// Drops what was waited for long enough. Each peer that let something wait has failed once.
    fn lose_patience(&mut self, now_ms: u64) {
        let late = self.in_flight.extract_if(.., |_, until| *until <= now_ms).map(|(request, _)| request);
        let late: BTreeMap<P, Option<u32>> = late.collect();
        for (peer, part) in late {
            self.note_failure(now_ms, peer, part, Failure::Broke);
        }
    }
}
