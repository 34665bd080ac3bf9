//! The memory of a book's orders: each in a slot of 64 bytes, which is a line of a processor's cache, with its neighbours in
//! its level beside it.
//!
//! What few orders have stands elsewhere: that they expire, and that their place in the queue is not their arrival's.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use seiza_types::Address;

use crate::id::OrderId;
use crate::order::{Expiry, Kind, Order, Resting, SelfTrade, Side};
use crate::units::{Price, Quantity};

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

/// An order as most are.
#[derive(Clone, Copy, Debug)]
struct Packed {
    id: OrderId,
    owner: Address,
    tag: u32,
    price: Price,
    quantity: Quantity,
    side: Side,
    kind: Kind,
    self_trade: SelfTrade,
    /// Whether more of it stands among the rare.
    rare: bool,
}

const _: () = assert!(size_of::<Packed>() == 64);

/// The memory of both sides. A slot is used again when its order is gone.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    orders: Vec<Packed>,
    links: Vec<Links>,
    free: Vec<u32>,
    /// By slot: until when, and since when. Asked for, never gone through.
    rare: HashMap<u32, (Expiry, OrderId), FixedState>,
}

impl Slots {
    pub(super) fn resting(&self, slot: Slot) -> Resting {
        let Packed { id, owner, tag, price, quantity, side, kind, self_trade, rare } = self.orders[slot.0 as usize];
        let (expiry, since) = if rare { self.rare[&slot.0] } else { (Expiry::Never, id) };
        Resting { order: Order { id, owner, side, kind, price, quantity, expiry, self_trade, tag }, since }
    }

    pub(super) fn set_quantity(&mut self, slot: Slot, quantity: Quantity) {
        self.orders[slot.0 as usize].quantity = quantity;
    }

    pub(super) fn since(&self, at: u32) -> OrderId {
        let order = &self.orders[at as usize];
        if order.rare { self.rare[&at].1 } else { order.id }
    }

    pub(super) fn links(&mut self, at: u32) -> &mut Links {
        &mut self.links[at as usize]
    }

    pub(super) fn allocate(&mut self, resting: &Resting) -> u32 {
        let Resting { order, since } = *resting;
        let Order { id, owner, side, kind, price, quantity, expiry, self_trade, tag } = order;
        let rare = since != id || expiry != Expiry::Never;
        let packed = Packed { id, owner, tag, price, quantity, side, kind, self_trade, rare };
        let at = match self.free.pop() {
            Some(at) => {
                self.orders[at as usize] = packed;
                at
            }
            None => {
                self.orders.push(packed);
                self.links.push(Links { before: NONE, after: NONE });
                u32::try_from(self.orders.len() - 1).expect("memory for fewer than 2^32 orders")
            }
        };
        if rare {
            self.rare.insert(at, (expiry, since));
        }
        at
    }

    /// Gives a slot back.
    pub(super) fn release(&mut self, slot: Slot) {
        if !self.rare.is_empty() {
            self.rare.remove(&slot.0);
        }
        self.free.push(slot.0);
    }

    /// A level's orders, from its first on.
    pub(super) fn list(&self, first: u32) -> impl Iterator<Item = Resting> {
        let held = |at: u32| (at != NONE).then_some(at);
        std::iter::successors(held(first), move |at| held(self.links[*at as usize].after))
            .map(|at| self.resting(Slot(at)))
    }
}
