//! What somebody wants, in a market's ticks and lots; and what the book says against it, in theirs.

use seiza_orderbook::{Condition, Expiry, Kind, Order, OrderError, OrderId, Price, SelfTrade, Side};
use seiza_types::Address;
use seiza_types::exchange::{OrderExpiry, OrderKind, PlaceOrder, Refusal, SelfTradeRule, TriggerKind};

use super::record::book_side;
use super::terms::Terms;

/// The order as the book knows it, and what it waits for.
pub(super) fn order_of(
    terms: &Terms,
    owner: Address,
    id: OrderId,
    wish: &PlaceOrder,
) -> Result<(Order, Option<Condition>), Refusal> {
    if wish.price == 0 {
        return Err(Refusal::ZeroPrice);
    }
    if wish.quantity == 0 {
        return Err(Refusal::ZeroQuantity);
    }
    let side = book_side(wish.side);
    let (price, quantity) = (terms.ticks(wish.price)?, terms.lots(wish.quantity)?);
    let condition = match wish.trigger {
        None => None,
        Some(trigger) if trigger.price == 0 => return Err(Refusal::ZeroTriggerPrice),
        Some(trigger) => Some(condition(trigger.kind, side, terms.ticks(trigger.price)?)),
    };
    let (kind, expiry, self_trade) = (kind(wish.kind), expiry(wish.expiry), rule(wish.self_trade));
    Ok((Order { id, owner, side, kind, price, quantity, expiry, self_trade, tag: 0 }, condition))
}

fn condition(kind: TriggerKind, side: Side, price: Price) -> Condition {
    match kind {
        TriggerKind::Stop => Condition::stop(side, price),
        TriggerKind::TakeProfit => Condition::take_profit(side, price),
    }
}

fn kind(kind: OrderKind) -> Kind {
    match kind {
        OrderKind::Limit => Kind::Limit,
        OrderKind::PostOnly => Kind::PostOnly,
        OrderKind::ImmediateOrCancel => Kind::ImmediateOrCancel,
        OrderKind::FillOrKill => Kind::FillOrKill,
        OrderKind::Market => Kind::Market,
    }
}

fn expiry(expiry: OrderExpiry) -> Expiry {
    match expiry {
        OrderExpiry::Never => Expiry::Never,
        OrderExpiry::Height(height) => Expiry::Height(height),
        OrderExpiry::Time(time) => Expiry::Time(time),
    }
}

fn rule(rule: SelfTradeRule) -> SelfTrade {
    match rule {
        SelfTradeRule::CancelNewest => SelfTrade::CancelNewest,
        SelfTradeRule::CancelOldest => SelfTrade::CancelOldest,
        SelfTradeRule::CancelBoth => SelfTrade::CancelBoth,
    }
}

/// A fault that the book names, in the market's units. Ids are made here, one an order, so their faults cannot be.
pub(super) fn refused(terms: &Terms, error: &OrderError) -> Refusal {
    match error {
        OrderError::ZeroPrice => Refusal::ZeroPrice,
        OrderError::ZeroQuantity => Refusal::ZeroQuantity,
        OrderError::ZeroTriggerPrice => Refusal::ZeroTriggerPrice,
        OrderError::Overflow | OrderError::ForeignId | OrderError::DuplicateId => Refusal::Overflow,
        OrderError::BelowMinNotional { notional, .. } => Refusal::BelowMinNotional {
            notional: notional.0.saturating_mul(terms.tick_lot),
            min: terms.market.min_notional,
        },
        OrderError::Expired => Refusal::Expired,
        OrderError::WouldCross { best } => Refusal::WouldCross { best: terms.price(*best) },
    }
}
