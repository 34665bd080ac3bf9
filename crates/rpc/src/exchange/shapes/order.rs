//! Open orders, as JSON.

use seiza_chain::modules::exchange::view::OpenOrder;
use seiza_types::Address;
use seiza_types::Height;
use seiza_types::exchange::{OrderExpiry, OrderRef};
use serde::{Serialize, Serializer};

use super::super::interval::Millis;
use super::super::words::{KINDS, SELF_TRADE, TRIGGERS, word};
use super::Amount;

/// An order's name, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) OrderRef);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// What an order waits for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TriggerShape {
    kind: &'static str,
    price: Amount,
}

/// An order that rests or waits.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Open {
    id: Id,
    market: u32,
    owner: Address,
    venue: u32,
    client_id: Amount,
    side: &'static str,
    kind: &'static str,
    price: Amount,
    remaining: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<TriggerShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_height: Option<Height>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_time: Option<Millis>,
    self_trade: &'static str,
    fee_in_native: bool,
    since: Id,
    status: &'static str,
}

impl From<&OpenOrder> for Open {
    fn from(order: &OpenOrder) -> Self {
        let (expiry_height, expiry_time) = match order.expiry {
            OrderExpiry::Never => (None, None),
            OrderExpiry::Height(height) => (Some(height), None),
            OrderExpiry::Time(nanos) => (None, Some(nanos / 1_000_000)),
        };
        let trigger = order.trigger.as_ref();
        Self {
            id: Id(order.id),
            market: order.market.0,
            owner: order.owner,
            venue: order.venue.0,
            client_id: Amount(order.client_id.into()),
            side: order.side.as_str(),
            kind: word(KINDS, &order.kind),
            price: Amount(order.price),
            remaining: Amount(order.remaining),
            trigger: trigger.map(|it| TriggerShape { kind: word(TRIGGERS, &it.kind), price: Amount(it.price) }),
            expiry_height,
            expiry_time,
            self_trade: word(SELF_TRADE, &order.self_trade),
            fee_in_native: order.fee_in_native,
            since: Id(order.since),
            status: if order.trigger.is_some() { "waiting" } else { "open" },
        }
    }
}
