//! What one block did to one market: what market data, events and logs are made from.
//!
//! Amounts are in the denoms' own units, prices in quote units for a whole base coin. A block has at most one outcome a
//! market, so a market's stream of outcomes is numbered by the heights.

mod over;

pub use over::{EndEvent, OrderEnd, RejectEvent};

use super::{MarketId, OrderRef, OrderSide, VenueId};
use crate::Address;
use crate::wire::{wire_enum, wire_record};

wire_record! {
    /// What one block did to one market. Its encoding is [`crate::wire::Wire`]'s.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct MarketOutcome {
        /// Which market.
        pub market: MarketId,
        /// The one price of all fills; `None` where nothing traded.
        pub price: Option<u128>,
        /// What was bought, and sold: base units.
        pub volume: u128,
        /// What was paid for it, quote units.
        pub quote_volume: u128,
        /// Who traded how much: buyers, best first, then sellers, best first.
        pub fills: Vec<FillEvent>,
        /// Orders that left without trading, or what was left of them.
        pub ended: Vec<EndEvent>,
        /// What now rests or waits that did not before, earliest first.
        pub rested: Vec<RestEvent>,
        /// Orders and cancellations that were taken when they were placed, and refused by the market.
        pub rejected: Vec<RejectEvent>,
        /// Levels of the book that changed, sides and prices ascending.
        pub levels: Vec<LevelEvent>,
    }
}

impl MarketOutcome {
    /// A market where nothing has happened.
    #[must_use]
    pub fn of(market: MarketId) -> Self {
        let (fills, ended, rested, rejected, levels) = Default::default();
        Self { market, price: None, volume: 0, quote_volume: 0, fills, ended, rested, rejected, levels }
    }

    /// Whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fills.is_empty()
            && self.ended.is_empty()
            && self.rested.is_empty()
            && self.rejected.is_empty()
            && self.levels.is_empty()
    }
}

/// In which denom a fee was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeeAsset {
    /// The market's base.
    Base,
    /// The market's quote.
    Quote,
    /// The native coin, at the discount.
    Native,
}

wire_enum!(FeeAsset { Base = 1, Quote = 2, Native = 3 });

wire_record! {
    /// One order's part of the trade.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct FillEvent {
        /// Which order.
        pub order: OrderRef,
        /// Whose.
        pub owner: Address,
        /// Through which venue.
        pub venue: VenueId,
        /// The owner's own name for it.
        pub client_id: u64,
        /// Bought or sold.
        pub side: OrderSide,
        /// At which price: the outcome's.
        pub price: u128,
        /// Base units that traded.
        pub quantity: u128,
        /// Quote units paid for them.
        pub quote: u128,
        /// Base units that are left of the order.
        pub remaining: u128,
        /// The market's fee, in units of `fee_asset`.
        pub fee: u128,
        /// What the market's fee was paid in.
        pub fee_asset: FeeAsset,
        /// The venue's fee, in units of what the owner received: base for a buyer, quote for a seller.
        pub venue_fee: u128,
        /// Whether the order waited for the trade (a maker) or came to it (a taker).
        pub maker: bool,
    }
}

wire_record! {
    /// An order that now rests in the book or waits for its trigger.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct RestEvent {
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
        /// Base units that are left.
        pub quantity: u128,
        /// Whether it waits for its trigger, and so is not in the book.
        pub waiting: bool,
    }
}

wire_record! {
    /// What a level of the book holds after the block.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct LevelEvent {
        /// Which side.
        pub side: OrderSide,
        /// Which price.
        pub price: u128,
        /// Base units that rest there now; 0 where the level is gone.
        pub quantity: u128,
        /// Orders that rest there now.
        pub orders: u64,
    }
}
