//! One side of the auction: its orders in the order in which they trade.

use super::parties::At;
use super::sort::sort_fresh;
use crate::order::Side;
use crate::units::Price;

/// An order in the queue. What else is known of it stands with the auction's parties.
///
/// One number says where it stands and who it is: the price's rank (64 bits), whether it arrived with the batch (1), its
/// name among the parties (32), whether it trades in full or not at all (1). What rests has been there longer than any
/// arrival, and both are numbered in the order of time, so this is price, then time.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) key: u128,
    pub(super) quantity: u64,
    pub(super) filled: u64,
}

impl Entry {
    pub(super) fn rank(&self) -> u64 {
        (self.key >> 34) as u64
    }

    /// Its party.
    pub(super) fn at(&self) -> At {
        At::numbered((self.key >> 1) as u32)
    }

    /// Whether it arrived with the batch.
    pub(super) fn arrived(&self) -> bool {
        self.key >> 33 & 1 == 1
    }

    /// Whether it trades in full or not at all.
    pub(super) fn in_full(&self) -> bool {
        self.key & 1 == 1
    }
}

/// Memory that one clearing leaves to the next.
#[derive(Default)]
pub(super) struct Memory {
    entries: Vec<Entry>,
    spare: Vec<Entry>,
    counts: Vec<u32>,
}

/// The orders of a side, best price first, then earliest.
pub(super) struct Queue {
    pub(super) side: Side,
    pub(super) entries: Vec<Entry>,
    /// So many of the entries are in their places.
    sorted: usize,
    spare: Vec<Entry>,
    counts: Vec<u32>,
}

impl Queue {
    pub(super) fn new(side: Side, memory: Memory) -> Self {
        let Memory { mut entries, spare, counts } = memory;
        entries.clear();
        Self { side, entries, sorted: 0, spare, counts }
    }

    pub(super) fn into_memory(self) -> Memory {
        let Self { entries, spare, counts, .. } = self;
        Memory { entries, spare, counts }
    }

    /// Adds the order of a party. Parties of either sort are named in the order in which they trade at equal prices, and
    /// pushed in that order; between two that are not of one sort, [`Self::sort`] is called.
    pub(super) fn push(&mut self, at: At, arrived: bool, price: Price, quantity: u64, in_full: bool) {
        let rank = u128::from(self.side.rank(price));
        let key = rank << 34 | u128::from(arrived) << 33 | u128::from(at.number()) << 1 | u128::from(in_full);
        self.entries.push(Entry { key, quantity, filled: 0 });
    }

    /// Puts the newly pushed in their places.
    pub(super) fn sort(&mut self) {
        let fresh = &mut self.entries[self.sorted..];
        if !fresh.is_sorted_by_key(|entry| entry.key) {
            sort_fresh(fresh, &mut self.spare, &mut self.counts);
        }
        self.merge();
        self.sorted = self.entries.len();
    }

    /// Merges the sorted newcomers with the others, from the back.
    fn merge(&mut self) {
        let (mut old, mut to) = (self.sorted, self.entries.len());
        if old == 0 || old == to || self.entries[old - 1].key < self.entries[old].key {
            return;
        }
        self.spare.clear();
        self.spare.extend_from_slice(&self.entries[old..]);
        while let Some(fresh) = self.spare.last() {
            to -= 1;
            if old > 0 && self.entries[old - 1].key > fresh.key {
                old -= 1;
                self.entries[to] = self.entries[old];
            } else {
                self.entries[to] = *fresh;
                self.spare.pop();
            }
        }
    }

    /// The limit of an entry.
    pub(super) fn price(&self, entry: &Entry) -> Price {
        self.side.price(entry.rank())
    }

    /// The best price of those that arrived, or of those that rest. The queue is sorted.
    pub(super) fn best(&self, arrived: bool) -> Option<Price> {
        self.entries.iter().find(|entry| entry.arrived() == arrived).map(|entry| self.price(entry))
    }

    /// The level at which those that rest hold `share` lots. The queue is sorted.
    pub(super) fn level_of(&self, share: u128) -> Option<Price> {
        let mut held = 0;
        let reaches = |entry: &&Entry| {
            held += u128::from(entry.quantity);
            held >= share
        };
        self.entries.iter().filter(|entry| !entry.arrived()).find(reaches).map(|entry| self.price(entry))
    }

    /// The lots of those that arrived and accept `price`.
    pub(super) fn arrived_lots(&self, price: Price) -> u128 {
        let worst = self.side.rank(price);
        let arrived = self.entries.iter().filter(|entry| entry.arrived() && entry.rank() <= worst);
        arrived.map(|entry| u128::from(entry.quantity)).sum()
    }

    /// Keeps those that `stays` says, and forgets what was filled.
    pub(super) fn retain(&mut self, mut stays: impl FnMut(At) -> bool) {
        self.entries.retain_mut(|entry| {
            entry.filled = 0;
            stays(entry.at())
        });
        self.sorted = self.entries.len();
    }

    /// Fills up to `volume` lots at `price`, in order. A fill-or-kill order that does not fit behind those before it is
    /// passed over and named.
    pub(super) fn fill(&mut self, price: Price, volume: u128) -> Vec<At> {
        let worst = self.side.rank(price);
        let mut left = volume;
        let mut misfits = Vec::new();
        for entry in self.entries.iter_mut().take_while(|entry| entry.rank() <= worst) {
            let quantity = u128::from(entry.quantity);
            if entry.in_full() && quantity > left {
                misfits.push(entry.at());
                continue;
            }
            let filled = quantity.min(left);
            entry.filled = u64::try_from(filled).expect("at most the order's quantity");
            left -= filled;
        }
        misfits
    }

    /// Fill-or-kill orders that were not filled.
    pub(super) fn strays(&self) -> impl Iterator<Item = At> {
        self.entries.iter().filter(|entry| entry.in_full() && entry.filled == 0).map(Entry::at)
    }

    /// Those that were filled.
    pub(super) fn filled(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.filled > 0)
    }
}
