//! What one block brings to one market.

use seiza_types::{Address, Height};

use crate::id::OrderId;
use crate::order::{Expiry, Order};
use crate::trigger::Trigger;

/// Everything that arrived for one market in one block. The lists' own order means nothing: time is in the ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The block. A book sees each height at most once, and heights only rise.
    pub height: Height,
    /// The block's time: nanoseconds since 1970.
    pub time_ns: u64,
    /// What is to be cancelled: in the book, among the waiting triggers, or in this very batch.
    pub cancels: Vec<Cancel>,
    /// New orders, of ids in this block.
    pub orders: Vec<Order>,
    /// New triggers, of ids in this block.
    pub triggers: Vec<Trigger>,
}

impl Batch {
    /// Whether an order of that expiry is over in this block.
    pub fn is_past(&self, expiry: Expiry) -> bool {
        expiry.is_past(self.height, self.time_ns)
    }
}

/// An account's wish to have its order back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cancel {
    /// Which.
    pub id: OrderId,
    /// Who asks.
    pub owner: Address,
}
