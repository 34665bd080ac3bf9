//! One side of the auction: its orders in the order in which they trade.

use crate::order::{Kind, Resting, Side};
use crate::units::Price;

/// An order in the queue. What else is known of it stands with the auction's parties.
///
/// One number says where it stands and who it is: the price's rank (64 bits), whether it arrived with the batch (1), its
/// index among the parties (32), whether it trades in full or not at all (1). What rests has been there longer than any
/// arrival, and both are numbered in the order of time, so this is price, then time.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    key: u128,
    pub(super) quantity: u64,
    pub(super) filled: u64,
}

impl Entry {
    fn new(resting: &Resting, at: usize, arrived: bool) -> Self {
        let order = &resting.order;
        let at = u32::try_from(at).expect("a block holds fewer than 2^32 orders");
        let in_full = u128::from(order.kind == Kind::FillOrKill);
        let rank = u128::from(order.side.rank(order.price));
        let key = rank << 34 | u128::from(arrived) << 33 | u128::from(at) << 1 | in_full;
        Self { key, quantity: order.quantity.0, filled: 0 }
    }

    fn rank(&self) -> u64 {
        (self.key >> 34) as u64
    }

    /// The index of its party.
    pub(super) fn at(&self) -> usize {
        (self.key >> 1) as u32 as usize
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

/// The orders of a side, best price first, then earliest.
pub(super) struct Queue {
    pub(super) side: Side,
    pub(super) entries: Vec<Entry>,
    sorted: bool,
}

impl Queue {
    pub(super) fn new(side: Side) -> Self {
        Self { side, entries: Vec::new(), sorted: true }
    }

    /// Adds the order of the auction's party `at`. Parties of either sort are numbered in the order in which they trade at
    /// equal prices.
    pub(super) fn push(&mut self, resting: &Resting, at: usize, arrived: bool) {
        let entry = Entry::new(resting, at, arrived);
        self.sorted &= self.entries.last().is_none_or(|last| last.key < entry.key);
        self.entries.push(entry);
    }

    /// Puts the newly pushed in their places.
    pub(super) fn sort(&mut self) {
        if !self.sorted {
            self.entries.sort_unstable_by_key(|entry| entry.key);
            self.sorted = true;
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
    pub(super) fn retain(&mut self, mut stays: impl FnMut(usize) -> bool) {
        self.entries.retain_mut(|entry| {
            entry.filled = 0;
            stays(entry.at())
        });
    }

    /// Fills up to `volume` lots at `price`, in order. A fill-or-kill order that does not fit behind those before it is
    /// passed over and named.
    pub(super) fn fill(&mut self, price: Price, volume: u128) -> Vec<usize> {
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
    pub(super) fn strays(&self) -> impl Iterator<Item = usize> {
        self.entries.iter().filter(|entry| entry.in_full() && entry.filled == 0).map(Entry::at)
    }

    /// Those that were filled.
    pub(super) fn filled(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.filled > 0)
    }
}
