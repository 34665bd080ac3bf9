//! One side of the auction: its orders in the order in which they trade.

use crate::order::{Kind, OrderId, Resting, Side};
use crate::units::Price;

/// An order in the queue. What else is known of it stands with the auction's parties, at `at`.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    rank: u64,
    since: OrderId,
    pub(super) price: Price,
    pub(super) quantity: u64,
    pub(super) filled: u64,
    pub(super) at: u32,
    pub(super) in_full: bool,
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

    /// Adds the order of the auction's party `at`.
    pub(super) fn push(&mut self, resting: &Resting, at: usize) {
        let (rank, since) = resting.rank();
        let order = &resting.order;
        self.sorted &= self.entries.last().is_none_or(|last| (last.rank, last.since) < (rank, since));
        self.entries.push(Entry {
            rank,
            since,
            price: order.price,
            quantity: order.quantity.0,
            filled: 0,
            at: u32::try_from(at).expect("a block holds fewer than 2^32 orders"),
            in_full: order.kind == Kind::FillOrKill,
        });
    }

    /// Puts the newly pushed in their places.
    pub(super) fn sort(&mut self) {
        if !self.sorted {
            self.entries.sort_unstable_by_key(|entry| (entry.rank, entry.since));
            self.sorted = true;
        }
    }

    /// Keeps those that `stays` says, and forgets what was filled.
    pub(super) fn retain(&mut self, mut stays: impl FnMut(usize) -> bool) {
        self.entries.retain_mut(|entry| {
            entry.filled = 0;
            stays(entry.at as usize)
        });
    }

    /// Fills up to `volume` lots at `price`, in order. A fill-or-kill order that does not fit behind those before it is
    /// passed over and named.
    pub(super) fn fill(&mut self, price: Price, volume: u128) -> Vec<usize> {
        let worst = self.side.rank(price);
        let mut left = volume;
        let mut misfits = Vec::new();
        for entry in self.entries.iter_mut().take_while(|entry| entry.rank <= worst) {
            let quantity = u128::from(entry.quantity);
            if entry.in_full && quantity > left {
                misfits.push(entry.at as usize);
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
        self.entries.iter().filter(|entry| entry.in_full && entry.filled == 0).map(|entry| entry.at as usize)
    }

    /// Those that were filled.
    pub(super) fn filled(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.filled > 0)
    }
}
