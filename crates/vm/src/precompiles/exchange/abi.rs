//! The published interfaces as Rust types, the large one read from its Solidity file itself; and the exchange's words in them.

use alloy_sol_types::sol;
use seiza_types::exchange::{
    CancelTarget, MarketId, MarketStatus, OrderExpiry, OrderKind, OrderRef, OrderSide, PlaceOrder, SelfTradeRule,
    Trigger, TriggerKind, VenueId,
};

/// What the macro makes of the file.
#[allow(missing_docs, clippy::too_many_arguments, reason = "the Solidity has them")]
mod solidity {
    alloy_sol_types::sol!(
        #![sol(all_derives)]
        "../../contracts/IExchange.sol"
    );
}

pub use solidity::IExchange;

sol! {
    /// `contracts/IVenue.sol`; the exchange's enum is a number here, as it is in the ABI.
    interface IVenue {
        struct Fill {
            uint128 orderId;
            address owner;
            uint64 clientId;
            uint8 side;
            bool maker;
            uint128 price;
            uint128 quantity;
            uint128 quote;
            uint128 remaining;
            uint128 venueFee;
        }
        function onSettlement(uint32 venue, uint32 market, Fill[] calldata fills) external;
    }

    /// What the custody's EVM code asks of the native side.
    interface ILedger {
        function creditWrapped(address token, address owner, uint256 amount) external;
        function debitWrapped(address token, address owner, uint256 amount) external;
    }
}

pub(super) const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// The order that a contract asks for.
///
/// # Errors
/// The name of the field that says nothing.
pub fn order(order: &IExchange::Order) -> Result<PlaceOrder, &'static str> {
    Ok(PlaceOrder {
        market: MarketId(order.market),
        venue: VenueId(order.venue),
        side: side(order.side).ok_or("side")?,
        kind: kind(order.kind).ok_or("kind")?,
        price: order.price,
        quantity: order.quantity,
        trigger: trigger(order)?,
        expiry: match order.expiryKind {
            IExchange::Expiry::Never => OrderExpiry::Never,
            IExchange::Expiry::Height => OrderExpiry::Height(order.expiry),
            IExchange::Expiry::Time => OrderExpiry::Time(order.expiry.saturating_mul(NANOS_PER_SECOND)),
            IExchange::Expiry::__Invalid => return Err("expiryKind"),
        },
        self_trade: match order.selfTrade {
            IExchange::SelfTrade::CancelNewest => SelfTradeRule::CancelNewest,
            IExchange::SelfTrade::CancelOldest => SelfTradeRule::CancelOldest,
            IExchange::SelfTrade::CancelBoth => SelfTradeRule::CancelBoth,
            IExchange::SelfTrade::__Invalid => return Err("selfTrade"),
        },
        client_id: order.clientId,
        fee_in_native: order.feeInNative,
    })
}

/// A side; `None` where it is neither.
#[must_use]
pub fn side(side: IExchange::Side) -> Option<OrderSide> {
    match side {
        IExchange::Side::Buy => Some(OrderSide::Buy),
        IExchange::Side::Sell => Some(OrderSide::Sell),
        _ => None,
    }
}

fn kind(kind: IExchange::Kind) -> Option<OrderKind> {
    match kind {
        IExchange::Kind::Limit => Some(OrderKind::Limit),
        IExchange::Kind::PostOnly => Some(OrderKind::PostOnly),
        IExchange::Kind::ImmediateOrCancel => Some(OrderKind::ImmediateOrCancel),
        IExchange::Kind::FillOrKill => Some(OrderKind::FillOrKill),
        IExchange::Kind::Market => Some(OrderKind::Market),
        IExchange::Kind::__Invalid => None,
    }
}

fn trigger(order: &IExchange::Order) -> Result<Option<Trigger>, &'static str> {
    let kind = match order.trigger {
        IExchange::Trigger::None => return Ok(None),
        IExchange::Trigger::Stop => TriggerKind::Stop,
        IExchange::Trigger::TakeProfit => TriggerKind::TakeProfit,
        IExchange::Trigger::__Invalid => return Err("trigger"),
    };
    Ok(Some(Trigger { kind, price: order.triggerPrice }))
}

/// What a contract asks to be cancelled in `market`.
///
/// # Errors
/// The name of the field that should have been left out.
pub fn target(market: u32, target: &IExchange::Cancel) -> Result<CancelTarget, &'static str> {
    match (target.orderId, target.clientId) {
        (0, 0) => Ok(CancelTarget::AllOf(MarketId(market))),
        (order, 0) => Ok(CancelTarget::Id(OrderRef::from_number(order))),
        (0, client) => Ok(CancelTarget::ClientId(client)),
        _ => Err("clientId"),
    }
}

/// A status; `None` where it is none.
#[must_use]
pub fn status(status: IExchange::Status) -> Option<MarketStatus> {
    match status {
        IExchange::Status::Active => Some(MarketStatus::Active),
        IExchange::Status::Halted => Some(MarketStatus::Halted),
        IExchange::Status::Delisted => Some(MarketStatus::Delisted),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use alloy_sol_types::SolCall as _;
    use serde_json::Value;

    use super::*;

    /// A parameter's type as signatures have it.
    fn kind(parameter: &Value) -> String {
        let name = parameter["type"].as_str().unwrap();
        match (name.strip_prefix("tuple"), parameter["components"].as_array()) {
            (Some(list), Some(parts)) => format!("({}){list}", parts.iter().map(kind).collect::<Vec<_>>().join(",")),
            _ => name.to_owned(),
        }
    }

    #[test]
    fn the_call_back_is_the_published_one() {
        let published: Value = serde_json::from_str(include_str!("../../../../../contracts/abi/IVenue.json")).unwrap();
        let function = &published.as_array().unwrap()[0];
        let inputs: Vec<String> = function["inputs"].as_array().unwrap().iter().map(kind).collect();
        let signature = format!("{}({})", function["name"].as_str().unwrap(), inputs.join(","));
        assert_eq!(signature, IVenue::onSettlementCall::SIGNATURE);
    }
}
