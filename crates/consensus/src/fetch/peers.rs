//! What a fetch remembers of the peers that it can ask.

use super::event::Failure;
use crate::limits::{FAILURES_MAX, FETCH_PEERS_MAX};

/// Least pause before a peer that lacked something is asked again.
const PAUSE_MS: u64 = 20;

/// One peer.
#[derive(Debug, Clone)]
pub(super) struct Peer<P> {
    pub id: P,
    pub rtt_ms: u64,
    /// Times in a row that it gave nothing when it should have.
    failures: u32,
    /// Times in a row that it had not got it: no fault, but others come first, or two that lack it could keep asking busy.
    lacks: u32,
    /// It gave something wrong.
    barred: bool,
    /// It is not asked before.
    ready_ms: u64,
}

impl<P> Peer<P> {
    pub fn usable(&self, now_ms: u64) -> bool {
        self.in_play() && self.ready_ms <= now_ms
    }

    /// Times in a row that it gave nothing when it should have.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    fn in_play(&self) -> bool {
        !self.barred && self.failures < FAILURES_MAX
    }
}

/// All of them: the proposer first, then by their round-trip time.
#[derive(Debug, Clone)]
pub(super) struct Peers<P> {
    list: Vec<Peer<P>>,
}

impl<P: Clone + Ord> Peers<P> {
    pub fn none() -> Self {
        Self { list: Vec::new() }
    }

    /// Takes the present list; what is remembered of those that stay is kept.
    pub fn replace(&mut self, proposer: Option<(P, u64)>, others: Vec<(P, u64)>) {
        let mut others: Vec<(P, u64)> =
            others.into_iter().filter(|(id, _)| proposer.as_ref().is_none_or(|(first, _)| first != id)).collect();
        others.sort_by_key(|(_, rtt_ms)| *rtt_ms);
        let present = proposer.into_iter().chain(others).take(FETCH_PEERS_MAX);
        self.list = present.map(|(id, rtt_ms)| self.renewed(id, rtt_ms)).collect();
    }

    fn renewed(&self, id: P, rtt_ms: u64) -> Peer<P> {
        match self.find(&id) {
            Some(known) => Peer { rtt_ms, ..known.clone() },
            None => Peer { id, rtt_ms, failures: 0, lacks: 0, barred: false, ready_ms: 0 },
        }
    }

    pub fn find(&self, id: &P) -> Option<&Peer<P>> {
        self.list.iter().find(|peer| peer.id == *id)
    }

    /// Peers that may be asked now: those that failed least first, then those that lacked least.
    pub fn ranked(&self, now_ms: u64) -> Vec<&Peer<P>> {
        let mut ranked: Vec<&Peer<P>> = self.list.iter().filter(|peer| peer.usable(now_ms)).collect();
        ranked.sort_by_key(|peer| (peer.failures, peer.lacks));
        ranked
    }

    /// When the first pause ends that has not ended at `now_ms`.
    pub fn next_ready_ms(&self, now_ms: u64) -> Option<u64> {
        let pausing = self.list.iter().filter(|peer| peer.in_play() && peer.ready_ms > now_ms);
        pausing.map(|peer| peer.ready_ms).min()
    }

    /// Where all have failed too often and nothing is under way, it is the links that are slow: all but those that gave
    /// something wrong begin anew, after a pause.
    pub fn forgive(&mut self, now_ms: u64, idle: bool) {
        if idle && !self.list.iter().any(Peer::in_play) {
            self.list.iter_mut().for_each(|peer| (peer.failures, peer.ready_ms) = (0, now_ms + PAUSE_MS));
        }
    }

    pub fn gave(&mut self, id: &P) {
        self.change(id, |peer| (peer.failures, peer.lacks) = (0, 0));
    }

    pub fn failed(&mut self, id: &P, failure: Failure, now_ms: u64) {
        self.change(id, |peer| {
            peer.ready_ms = now_ms + PAUSE_MS.max(peer.rtt_ms / 2);
            match failure {
                Failure::Lacks => peer.lacks += 1,
                Failure::Broke => peer.failures += 1,
                Failure::Wrong => peer.barred = true,
            }
        });
    }

    fn change(&mut self, id: &P, change: impl FnOnce(&mut Peer<P>)) {
        if let Some(peer) = self.list.iter_mut().find(|peer| peer.id == *id) {
            change(peer);
        }
    }
}
