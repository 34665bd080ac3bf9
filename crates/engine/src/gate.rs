//! How many proposals may wait for the host: a flood is dropped at the door, from one peer before it crowds out the others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use malachitebft_peer::PeerId;

use crate::limits::{PROPOSALS_WAITING, PROPOSALS_WAITING_PER_PEER};

/// Counts proposals by the peer that handed them on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<Mutex<BTreeMap<PeerId, usize>>>);

/// One proposal's place; given up when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    gate: Gate,
    peer: PeerId,
}

impl Gate {
    fn counts(&self) -> MutexGuard<'_, BTreeMap<PeerId, usize>> {
        self.0.lock().expect("nobody panics while counting")
    }

    /// A place for a proposal of `peer`, where there is one.
    pub(crate) fn enter(&self, peer: PeerId) -> Option<Place> {
        let mut counts = self.counts();
        let full = counts.values().sum::<usize>() >= PROPOSALS_WAITING;
        let count = counts.entry(peer).or_default();
        if full || *count >= PROPOSALS_WAITING_PER_PEER {
            return None;
        }
        *count += 1;
        Some(Place { gate: self.clone(), peer })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.gate.counts();
        if let Some(count) = counts.get_mut(&self.peer) {
            *count -= 1;
        }
        counts.retain(|_, count| *count > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(number: u8) -> PeerId {
        let multihash = [&[0x12, 32], &[number; 32][..]].concat();
        PeerId::from_bytes(&multihash).expect("a sha2-256 multihash")
    }

    #[test]
    fn one_peer_fills_its_own_share_only() {
        let gate = Gate::default();
        let held: Vec<_> = (0..PROPOSALS_WAITING_PER_PEER).map(|_| gate.enter(peer(1)).expect("room")).collect();
        assert!(gate.enter(peer(1)).is_none());
        assert!(gate.enter(peer(2)).is_some());
        drop(held);
        assert!(gate.enter(peer(1)).is_some());
    }

    #[test]
    fn all_peers_together_are_bounded() {
        let gate = Gate::default();
        let held: Vec<_> =
            (0..=255).flat_map(|n| (0..2).filter_map(move |_| Some(peer(n)))).filter_map(|p| gate.enter(p)).collect();
        assert_eq!(held.len(), PROPOSALS_WAITING);
        drop(held);
        assert!(gate.counts().is_empty());
    }
}
