//! The exchange's words as contracts see them.

use seiza_types::Address;
use seiza_types::exchange::{
    Market, MarketStatus, OrderExpiry, OrderKind, OrderSide, PlaceOrder, SelfTradeRule, TriggerKind, Venue,
};

use super::abi::{IExchange, NANOS_PER_SECOND};

/// A market as contracts see it.
pub(super) fn market(market: Market) -> IExchange::Market {
    IExchange::Market {
        id: market.id.0,
        base: market.base.to_string(),
        quote: market.quote.to_string(),
        baseDecimals: market.base_decimals,
        quoteDecimals: market.quote_decimals,
        tick: market.tick,
        lot: market.lot,
        minNotional: market.min_notional,
        makerFeePpm: market.maker_fee_ppm,
        takerFeePpm: market.taker_fee_ppm,
        status: match market.status {
            MarketStatus::Active => IExchange::Status::Active,
            MarketStatus::Halted => IExchange::Status::Halted,
            MarketStatus::Delisted => IExchange::Status::Delisted,
        },
        creator: market.creator,
        deposit: market.deposit,
    }
}

/// A venue as contracts see it.
pub(super) fn venue(venue: Venue) -> IExchange::Venue {
    IExchange::Venue {
        id: venue.id.0,
        name: venue.name,
        owner: venue.owner,
        feeBps: venue.fee_bps,
        feeRecipient: venue.fee_recipient,
        callback: venue.callback.unwrap_or(Address::ZERO),
        callbackGas: venue.callback_gas,
    }
}

/// A side as contracts see it.
pub(crate) fn side(side: OrderSide) -> IExchange::Side {
    match side {
        OrderSide::Buy => IExchange::Side::Buy,
        OrderSide::Sell => IExchange::Side::Sell,
    }
}

/// A kind as contracts see it.
pub(super) fn kind(kind: OrderKind) -> IExchange::Kind {
    match kind {
        OrderKind::Limit => IExchange::Kind::Limit,
        OrderKind::PostOnly => IExchange::Kind::PostOnly,
        OrderKind::ImmediateOrCancel => IExchange::Kind::ImmediateOrCancel,
        OrderKind::FillOrKill => IExchange::Kind::FillOrKill,
        OrderKind::Market => IExchange::Kind::Market,
    }
}

/// An order as its owner would place it again.
pub(super) fn order(order: &PlaceOrder) -> IExchange::Order {
    let (expiry_kind, expiry) = match order.expiry {
        OrderExpiry::Never => (IExchange::Expiry::Never, 0),
        OrderExpiry::Height(height) => (IExchange::Expiry::Height, height),
        OrderExpiry::Time(nanos) => (IExchange::Expiry::Time, nanos / NANOS_PER_SECOND),
    };
    let trigger = order.trigger.map(|trigger| match trigger.kind {
        TriggerKind::Stop => (IExchange::Trigger::Stop, trigger.price),
        TriggerKind::TakeProfit => (IExchange::Trigger::TakeProfit, trigger.price),
    });
    let (trigger, trigger_price) = trigger.unwrap_or((IExchange::Trigger::None, 0));
    IExchange::Order {
        market: order.market.0,
        venue: order.venue.0,
        side: side(order.side),
        kind: kind(order.kind),
        price: order.price,
        quantity: order.quantity,
        trigger,
        triggerPrice: trigger_price,
        expiryKind: expiry_kind,
        expiry,
        selfTrade: match order.self_trade {
            SelfTradeRule::CancelNewest => IExchange::SelfTrade::CancelNewest,
            SelfTradeRule::CancelOldest => IExchange::SelfTrade::CancelOldest,
            SelfTradeRule::CancelBoth => IExchange::SelfTrade::CancelBoth,
        },
        clientId: order.client_id,
        feeInNative: order.fee_in_native,
    }
}
