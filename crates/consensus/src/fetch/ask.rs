//! Who is asked next for what is missing: transactions of the best peers that are idle, parts of the least loaded.

use std::collections::BTreeSet;

use super::event::{Action, What};
use super::{Fetch, patience};
use crate::limits::{IN_FLIGHT_MAX, IN_FLIGHT_PEER_MAX, INDEXES_PER_ASK};

/// Peers that are asked for the same transactions at one time, when the proposer alone does not do.
const WIDTH: usize = 2;

impl<P: Clone + Ord> Fetch<P> {
    pub(super) fn ask_txs(&mut self, now_ms: u64) -> Vec<Action<P>> {
        let width = if self.proposer_only { 1 } else { WIDTH };
        let free = width.saturating_sub(self.in_flight.len());
        let indexes: Vec<u32> = self.txs.iter().copied().take(INDEXES_PER_ASK).collect();
        let ranked = self.peers.ranked(now_ms);
        let idle = ranked.into_iter().filter(|peer| !self.in_flight.contains_key(&(peer.id.clone(), None)));
        let asked: Vec<(P, u64)> = idle.take(free).map(|peer| (peer.id.clone(), peer.rtt_ms)).collect();
        let ask = |(peer, rtt_ms): (P, u64)| {
            let patience = patience::for_txs(rtt_ms, indexes.len(), self.params.propose_timeout_ms);
            self.in_flight.insert((peer.clone(), None), now_ms.saturating_add(patience));
            Action::Ask { peer, what: What::Txs(indexes.clone()) }
        };
        asked.into_iter().map(ask).collect()
    }

    pub(super) fn ask_parts(&mut self, now_ms: u64) -> Vec<Action<P>> {
        let under_way: BTreeSet<u32> = self.in_flight.keys().filter_map(|(_, part)| *part).collect();
        let todo: Vec<u32> = self.parts.difference(&under_way).copied().collect();
        let mut loads = self.loads(now_ms);
        let mut actions = Vec::new();
        for index in todo.into_iter().take(IN_FLIGHT_MAX - self.in_flight.len()) {
            // The least loaded, and among those the best: the first one, since they are in order.
            let Some((id, rtt_ms, load)) = loads.iter_mut().min_by_key(|(_, _, load)| *load) else { break };
            if *load >= IN_FLIGHT_PEER_MAX {
                break;
            }
            let patience = patience::for_part(*rtt_ms, *load, self.params.propose_timeout_ms);
            self.in_flight.insert((id.clone(), Some(index)), now_ms.saturating_add(patience));
            *load += 1;
            actions.push(Action::Ask { peer: id.clone(), what: What::Part(index) });
        }
        actions
    }

    /// Peers that parts are asked of: those that failed least, with their round-trip time and what they are asked already.
    fn loads(&self, now_ms: u64) -> Vec<(P, u64, usize)> {
        let ranked = self.peers.ranked(now_ms);
        let least = ranked.first().map_or(0, |peer| peer.failures());
        let best = ranked.into_iter().take_while(|peer| peer.failures() == least);
        let load = |id: &P| self.in_flight.keys().filter(|(peer, _)| peer == id).count();
        best.map(|peer| (peer.id.clone(), peer.rtt_ms, load(&peer.id))).collect()
    }
}
