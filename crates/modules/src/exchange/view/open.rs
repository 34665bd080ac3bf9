//! Open orders as they are shown.

use seiza_orderbook::{Condition, Expiry, Kind, SelfTrade, Side};
use seiza_types::Address;
use seiza_types::exchange::{
    MarketId, OrderExpiry, OrderKind, OrderRef, OrderSide, SelfTradeRule, Trigger, TriggerKind, VenueId,
};

use super::super::record::{Extras, Record, name, side};
use super::super::terms::Terms;

/// An order that rests in a book or waits for its trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOrder {
    /// Its name.
    pub id: OrderRef,
    /// Where.
    pub market: MarketId,
    /// Whose.
    pub owner: Address,
    /// Through which venue.
    pub venue: VenueId,
    /// The owner's own name for it; 0 is none.
    pub client_id: u64,
    /// Buy or sell.
    pub side: OrderSide,
    /// What happens to it.
    pub kind: OrderKind,
    /// Its limit.
    pub price: u128,
    /// Base units that are left of it.
    pub remaining: u128,
    /// What it waits for; `None` where it rests in the book.
    pub trigger: Option<Trigger>,
    /// Until when.
    pub expiry: OrderExpiry,
    /// What happens where it would meet its owner's own order.
    pub self_trade: SelfTradeRule,
    /// Whether its fee is to be paid in the native coin.
    pub fee_in_native: bool,
    /// Its place in the level's queue: the earlier, the sooner.
    pub since: OrderRef,
}

pub(super) fn open(terms: &Terms, record: &Record) -> OpenOrder {
    let Record { order, condition, since, extras: Extras { venue, client_id, fee_in_native } } = record;
    OpenOrder {
        id: name(order.id),
        market: terms.market.id,
        owner: order.owner,
        venue: *venue,
        client_id: *client_id,
        side: side(order.side),
        kind: kind(order.kind),
        price: terms.price(order.price),
        remaining: terms.base(order.quantity),
        trigger: condition.map(|condition| trigger(terms, order.side, condition)),
        expiry: expiry(order.expiry),
        self_trade: rule(order.self_trade),
        fee_in_native: *fee_in_native,
        since: name(*since),
    }
}

fn trigger(terms: &Terms, side: Side, condition: Condition) -> Trigger {
    let is_stop = Condition::stop(side, condition.price()) == condition;
    let kind = if is_stop { TriggerKind::Stop } else { TriggerKind::TakeProfit };
    Trigger { kind, price: terms.price(condition.price()) }
}

fn kind(kind: Kind) -> OrderKind {
    match kind {
        Kind::Limit => OrderKind::Limit,
        Kind::PostOnly => OrderKind::PostOnly,
        Kind::ImmediateOrCancel => OrderKind::ImmediateOrCancel,
        Kind::FillOrKill => OrderKind::FillOrKill,
        Kind::Market => OrderKind::Market,
    }
}

fn rule(rule: SelfTrade) -> SelfTradeRule {
    match rule {
        SelfTrade::CancelNewest => SelfTradeRule::CancelNewest,
        SelfTrade::CancelOldest => SelfTradeRule::CancelOldest,
        SelfTrade::CancelBoth => SelfTradeRule::CancelBoth,
    }
}

fn expiry(expiry: Expiry) -> OrderExpiry {
    match expiry {
        Expiry::Never => OrderExpiry::Never,
        Expiry::Height(height) => OrderExpiry::Height(height),
        Expiry::Time(time) => OrderExpiry::Time(time),
    }
}
