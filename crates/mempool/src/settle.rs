//! What leaves the pool: the included, the stale, the expired, and what the caller drops.

use std::collections::BTreeMap;

use seiza_types::{Address, B256, U256, VerifiedTx};

use crate::entry::Entry;
use crate::pool::Pool;

/// What a committed block left of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneUpdate {
    /// The account.
    pub lane: Address,
    /// Its nonce now.
    pub nonce: u64,
    /// Wei it owns now.
    pub balance: U256,
}

/// What a call changed beside its own purpose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Left the pool, included ones too.
    pub dropped: Vec<B256>,
    /// Were queued and became executable.
    pub promoted: Vec<B256>,
}

impl Changes {
    pub(crate) fn join(&mut self, other: Self) {
        self.dropped.extend(other.dropped);
        self.promoted.extend(other.promoted);
    }
}

impl Pool {
    /// Takes note of a committed block: `updates` are the accounts it touched (all senders at least; others whose balance
    /// changed where known), `hashes` its transactions. Drops the included and the stale, lengthens and shortens the runs
    /// of the touched lanes; looks at no other lane. Also the way to correct a lane outside a block (no hashes).
    pub fn included(&mut self, updates: &[LaneUpdate], hashes: &[B256]) -> Changes {
        let mut changes = Changes::default();
        for update in updates {
            changes.join(self.advance(update));
        }
        hashes.iter().for_each(|hash| self.recent.insert(*hash));
        // A block may hold a transaction without its nonce being used (skipped): it must not be proposed for ever.
        let left = hashes.iter().filter_map(|hash| self.by_hash.get(hash)).map(|place| (place.lane, place.tx.nonce));
        let left = left.collect();
        changes.dropped.extend(self.take(left));
        changes
    }

    /// Drops one transaction, e.g. one that a proposal could not hold; those behind it in its lane wait queued.
    pub fn remove(&mut self, hash: &B256) -> Option<VerifiedTx> {
        let place = self.by_hash.get(hash)?;
        let (tx, slot) = (place.tx.clone(), (place.lane, place.tx.nonce));
        self.take(vec![slot]);
        Some(tx)
    }

    /// Drops what has waited too long at `now_ms`; those behind in their lanes wait queued. O(dropped x log n) where both
    /// lifetimes are equal; otherwise it also looks at those older than the shorter one.
    pub fn expire(&mut self, now_ms: u64) -> Vec<B256> {
        self.now_ms = self.now_ms.max(now_ms);
        let (executable_ms, queued_ms) = (self.limits.executable_lifetime_ms, self.limits.queued_lifetime_ms);
        let mut expired = Vec::new();
        for (lane, nonce) in self.by_arrival.values() {
            let held = &self.lanes[lane];
            let age = self.now_ms - held.get(*nonce).expect("by_arrival names entries of lanes").at_ms;
            if age < executable_ms.min(queued_ms) {
                break;
            }
            if age >= if held.is_executable(*nonce) { executable_ms } else { queued_ms } {
                expired.push((*lane, *nonce));
            }
        }
        self.take(expired)
    }

    /// Adopts an account's nonce and balance, if a lane of it is here.
    pub(crate) fn advance(&mut self, update: &LaneUpdate) -> Changes {
        let answer = self.update(update.lane, |lane, limits| {
            if update.nonce < lane.nonce() {
                return Default::default(); // said of an earlier head than the lane already knows
            }
            let mut left = lane.advance(update.nonce, update.balance);
            let promoted = lane.promote(limits.lane_executable);
            left.extend(lane.trim_queued(limits.lane_queued));
            (left, promoted)
        });
        let Some((left, promoted)) = answer else { return Changes::default() };
        self.sweep(update.lane);
        Changes { dropped: self.forget_all(&left), promoted }
    }

    /// Removes these places of lanes, and what then exceeds a lane's queue.
    fn take(&mut self, mut slots: Vec<(Address, u64)>) -> Vec<B256> {
        slots.sort_unstable();
        slots.dedup();
        let mut by_lane: BTreeMap<Address, Vec<u64>> = BTreeMap::new();
        for (lane, nonce) in slots {
            by_lane.entry(lane).or_default().push(nonce);
        }
        let mut dropped = Vec::new();
        for (address, nonces) in by_lane {
            let left = self.update(address, |lane, limits| {
                let mut left = lane.take(&nonces);
                left.extend(lane.trim_queued(limits.lane_queued));
                left
            });
            self.sweep(address);
            dropped.extend(self.forget_all(&left.unwrap_or_default()));
        }
        dropped
    }

    pub(crate) fn forget_all(&mut self, entries: &[Entry]) -> Vec<B256> {
        entries.iter().map(|entry| self.forget(entry)).collect()
    }
}
