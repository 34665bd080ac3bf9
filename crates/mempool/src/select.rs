//! What the next block should hold.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::btree_map::Range;

use seiza_types::VerifiedTx;

use crate::entry::Entry;
use crate::limits::{MISFITS_MAX, SelectLimits};
use crate::pool::Pool;

/// A lane's next transaction, ordered by tip, then by arrival; arrivals differ, so no two are equal.
struct Head<'a> {
    tip: u128,
    arrival: Reverse<u64>,
    entry: &'a Entry,
    rest: Range<'a, u64, Entry>,
}

impl<'a> Head<'a> {
    /// The next of a run, unless it ends or its next transaction does not cover the base fee.
    fn of(mut rest: Range<'a, u64, Entry>, base_fee: u128) -> Option<Self> {
        let (_, entry) = rest.next()?;
        let tip = entry.tx.fee.tip_above(base_fee)?;
        Some(Self { tip, arrival: Reverse(entry.arrival), entry, rest })
    }

    fn key(&self) -> (u128, Reverse<u64>) {
        (self.tip, self.arrival)
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Head<'_> {}
impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl SelectLimits {
    /// What remains after `tx`, or `None` where it does not fit.
    fn after(self, tx: &VerifiedTx) -> Option<Self> {
        Some(Self {
            gas: self.gas.checked_sub(tx.gas_limit)?,
            bytes: self.bytes.checked_sub(tx.raw.len())?,
            count: self.count.checked_sub(1)?,
        })
    }
}

impl Pool {
    /// Executable transactions for a block at `base_fee` (wei per gas), in the order to run them: the highest tip first,
    /// then the earliest arrival, each lane in nonce order from its account's nonce. One that is below the base fee, or
    /// does not fit what remains of `limits`, ends its own lane only. O(lanes + selected x log lanes).
    #[must_use]
    pub fn select(&self, base_fee: u128, limits: SelectLimits) -> Vec<VerifiedTx> {
        let heads: Vec<Head<'_>> = self.lanes.values().filter_map(|lane| Head::of(lane.run(), base_fee)).collect();
        let (mut heads, mut room, mut misfits) = (BinaryHeap::from(heads), limits, 0);
        let mut selected = Vec::new();
        while room.count > 0 && misfits < MISFITS_MAX {
            let Some(head) = heads.pop() else { break };
            let Some(rest) = room.after(&head.entry.tx) else {
                misfits += 1;
                continue;
            };
            room = rest;
            selected.push(head.entry.tx.clone());
            heads.extend(Head::of(head.rest, base_fee));
        }
        selected
    }
}
