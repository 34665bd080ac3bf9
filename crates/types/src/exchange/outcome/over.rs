//! Orders that a block is done with, and why.

use super::super::{OrderRef, OrderSide, VenueId};
use crate::Address;
use crate::wire::{wire_enum, wire_record};

/// Why an order is over without having traded in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderEnd {
    /// Its owner asked for it.
    Cancelled,
    /// Its time was over when it was met.
    Expired,
    /// Immediate-or-cancel or market, and the price did not go far enough.
    Unfilled,
    /// Fill-or-kill, and there was not enough.
    NotFilledInFull,
    /// It would have traded with its owner.
    SelfTrade,
    /// The block met more of the book than it may read, and this order would have crossed what is unread.
    TooDeep,
    /// The market is over.
    Delisted,
}

wire_enum!(OrderEnd {
    Cancelled = 1,
    Expired = 2,
    Unfilled = 3,
    NotFilledInFull = 4,
    SelfTrade = 5,
    TooDeep = 6,
    Delisted = 7,
});

impl OrderEnd {
    /// The reason in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Unfilled => "unfilled",
            Self::NotFilledInFull => "not_filled_in_full",
            Self::SelfTrade => "self_trade",
            Self::TooDeep => "too_deep",
            Self::Delisted => "delisted",
        }
    }
}

wire_record! {
    /// An order that is over; what was left of it was given back.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct EndEvent {
        /// Which order.
        pub order: OrderRef,
        /// Whose.
        pub owner: Address,
        /// Through which venue.
        pub venue: VenueId,
        /// The owner's own name for it.
        pub client_id: u64,
        /// Buy or sell.
        pub side: OrderSide,
        /// Its limit.
        pub price: u128,
        /// Why.
        pub reason: OrderEnd,
        /// Base units that did not trade.
        pub remaining: u128,
    }
}

wire_record! {
    /// An order or a cancellation that the market refused at the end of the block.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct RejectEvent {
        /// The order; of a cancellation the one that was to be cancelled.
        pub order: OrderRef,
        /// Who asked.
        pub owner: Address,
        /// Through which venue; none for a cancellation.
        pub venue: VenueId,
        /// The owner's own name for it; 0 for a cancellation.
        pub client_id: u64,
        /// Whether it was a cancellation.
        pub cancel: bool,
        /// Why: the number of a [`Refusal`](crate::exchange::Refusal).
        pub code: u32,
    }
}
