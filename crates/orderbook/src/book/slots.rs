//! The memory of a book's orders: each in a slot, with its neighbours in its level.

use crate::id::OrderId;
use crate::order::Resting;
use crate::units::Quantity;

/// Where an order lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(pub(super) u32);

/// No slot: the end of a list.
pub(super) const NONE: u32 = u32::MAX;

/// An order's neighbours in its level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    pub(super) before: u32,
    pub(super) after: u32,
}

/// The memory of both sides. A slot is used again when its order is gone.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    orders: Vec<Resting>,
    links: Vec<Links>,
    free: Vec<u32>,
}

impl Slots {
    pub(super) fn resting(&self, slot: Slot) -> &Resting {
        &self.orders[slot.0 as usize]
    }

    pub(super) fn set_quantity(&mut self, slot: Slot, quantity: Quantity) {
        self.orders[slot.0 as usize].order.quantity = quantity;
    }

    pub(super) fn since(&self, at: u32) -> OrderId {
        self.orders[at as usize].since
    }

    pub(super) fn links(&mut self, at: u32) -> &mut Links {
        &mut self.links[at as usize]
    }

    pub(super) fn allocate(&mut self, resting: &Resting) -> u32 {
        if let Some(at) = self.free.pop() {
            self.orders[at as usize] = *resting;
            return at;
        }
        self.orders.push(*resting);
        self.links.push(Links { before: NONE, after: NONE });
        u32::try_from(self.orders.len() - 1).expect("memory for fewer than 2^32 orders")
    }

    /// Gives a slot back.
    pub(super) fn release(&mut self, slot: Slot) {
        self.free.push(slot.0);
    }

    /// A level's orders, from its first on.
    pub(super) fn list(&self, first: u32) -> impl Iterator<Item = &Resting> {
        let held = |at: u32| (at != NONE).then_some(at);
        std::iter::successors(held(first), move |at| held(self.links[*at as usize].after))
            .map(|at| &self.orders[at as usize])
    }
}
