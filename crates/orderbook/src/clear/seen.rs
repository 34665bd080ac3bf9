//! Sets that say no quickly: nearly everybody who is asked for is not in them.

use crate::id::OrderId;

/// A set that may say yes to what it does not hold, but never no to what it does: a bit for everything seen, in a table of
/// sixteen bits for each.
#[derive(Default)]
pub(super) struct Seen {
    bits: Vec<u64>,
    shift: u32,
}

impl Seen {
    pub(super) fn new(expected: usize) -> Self {
        let mut seen = Self::default();
        seen.clear(expected);
        seen
    }

    /// Forgets everything, and makes room for so many.
    fn clear(&mut self, expected: usize) {
        let log = (expected * 16).max(64).next_power_of_two().trailing_zeros();
        self.bits.clear();
        self.bits.resize(1 << (log - 6), 0);
        self.shift = 64 - log;
    }

    fn bit(&self, number: u64) -> (usize, u64) {
        let at = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        ((at >> 6) as usize, 1 << (at & 63))
    }

    pub(super) fn insert(&mut self, number: u64) {
        let (word, bit) = self.bit(number);
        self.bits[word] |= bit;
    }

    pub(super) fn may_hold(&self, number: u64) -> bool {
        let (word, bit) = self.bit(number);
        self.bits[word] & bit != 0
    }
}

/// Names of orders.
#[derive(Default)]
pub(super) struct Ids {
    sorted: Vec<OrderId>,
    seen: Seen,
}

impl Ids {
    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.sorted.clear();
    }

    /// Adds names.
    pub(super) fn extend(&mut self, ids: impl IntoIterator<Item = OrderId>) {
        self.sorted.extend(ids);
        self.sorted.sort_unstable();
        self.seen.clear(self.sorted.len());
        self.sorted.iter().for_each(|id| self.seen.insert(number(*id)));
    }

    pub(super) fn holds(&self, id: OrderId) -> bool {
        !self.sorted.is_empty() && self.seen.may_hold(number(id)) && self.sorted.binary_search(&id).is_ok()
    }
}

/// A number in which names differ: places are mostly multiples of 2^16 or 2^32.
fn number(id: OrderId) -> u64 {
    (id.place() ^ id.place() >> 32).wrapping_add(id.height().wrapping_mul(0x1_0000_0001))
}
