//! What somebody asks of a market: orders, cancellations, replacements. All amounts are in the denoms' own units.

use super::{MarketId, OrderRef, VenueId};
use crate::Height;
use crate::wire::wire_enum;

/// Buy or sell the base asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderSide {
    /// Buys the base asset.
    Buy,
    /// Sells the base asset.
    Sell,
}

wire_enum!(OrderSide { Buy = 1, Sell = 2 });

impl OrderSide {
    /// `buy` or `sell`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }
}

/// What happens with an order, and with what of it does not trade at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderKind {
    /// Trades up to its price; the rest rests.
    Limit,
    /// Rests; refused where it would trade on arrival with what rests already.
    PostOnly,
    /// Trades up to its price; the rest is given back.
    ImmediateOrCancel,
    /// Trades in full in the block it arrives with, or is given back.
    FillOrKill,
    /// Trades at any price up to its worst; the rest is given back.
    Market,
}

wire_enum!(OrderKind { Limit = 1, PostOnly = 2, ImmediateOrCancel = 3, FillOrKill = 4, Market = 5 });

/// Which way a waiting order looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TriggerKind {
    /// Buys once the price has risen to the trigger, sells once it has fallen to it.
    Stop,
    /// Buys once the price has fallen to the trigger, sells once it has risen to it.
    TakeProfit,
}

wire_enum!(TriggerKind { Stop = 1, TakeProfit = 2 });

/// What an order waits for before it takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Trigger {
    /// Which way.
    pub kind: TriggerKind,
    /// The last clearing price at which it fires.
    pub price: u128,
}

/// Until when an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderExpiry {
    /// Until it is filled or cancelled.
    Never,
    /// Up to this block, and in it.
    Height(Height),
    /// Up to this block time, and at it: nanoseconds since 1970.
    Time(u64),
}

/// What is cancelled instead of a trade between an account and itself; the newest of the orders concerned decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SelfTradeRule {
    /// The newest order.
    CancelNewest,
    /// The oldest order on the other side.
    CancelOldest,
    /// Both.
    CancelBoth,
}

wire_enum!(SelfTradeRule { CancelNewest = 1, CancelOldest = 2, CancelBoth = 3 });

/// A new order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PlaceOrder {
    /// Where.
    pub market: MarketId,
    /// Through which venue it comes; [`VenueId::NONE`] for none.
    pub venue: VenueId,
    /// Buy or sell.
    pub side: OrderSide,
    /// What happens to it.
    pub kind: OrderKind,
    /// Quote units for one whole base coin: at most that for a buyer, at least that for a seller. A market order's worst.
    pub price: u128,
    /// Base units.
    pub quantity: u128,
    /// What it waits for first, if anything.
    pub trigger: Option<Trigger>,
    /// Until when.
    pub expiry: OrderExpiry,
    /// What happens where it would meet its owner's own order.
    pub self_trade: SelfTradeRule,
    /// The owner's own name for it, unique among the owner's open orders; 0 is none.
    pub client_id: u64,
    /// Whether its fee is to be paid in the native coin, at a discount.
    pub fee_in_native: bool,
}

impl PlaceOrder {
    /// A limit order with nothing special to it: no venue, name, trigger or end; where it would meet its owner's own, the
    /// newest goes.
    #[must_use]
    pub fn limit(market: MarketId, side: OrderSide, quantity: u128, price: u128) -> Self {
        let (venue, kind, self_trade) = (VenueId::NONE, OrderKind::Limit, SelfTradeRule::CancelNewest);
        let (trigger, expiry, client_id, fee_in_native) = (None, OrderExpiry::Never, 0, false);
        Self { market, venue, side, kind, price, quantity, trigger, expiry, self_trade, client_id, fee_in_native }
    }
}

/// Which orders of one's own to cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CancelTarget {
    /// That one.
    Id(OrderRef),
    /// The one of that client id.
    ClientId(u64),
    /// All in a market that were placed before.
    AllOf(MarketId),
}

/// A cancellation and a new order instead; the new one queues as new.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReplaceOrder {
    /// What goes. An order that is not there refuses the replacement; of all there may be none.
    pub cancel: CancelTarget,
    /// What comes.
    pub place: PlaceOrder,
}
