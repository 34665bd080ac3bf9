//! Orders, cancellations and replacements to and from our words.

use super::super::{
    CancelTarget, MarketId, OrderExpiry, OrderKind, OrderRef, OrderSide, PlaceOrder, ReplaceOrder, SelfTradeRule,
    Trigger, TriggerKind, VenueId,
};
use super::fields::{number, one_of};
use super::{OneTarget, Order, Replacement, Target};
use crate::tx::DecodeError;

impl Order {
    pub(in crate::exchange) fn of(order: &PlaceOrder) -> Self {
        let (expiry_height, expiry_time) = match order.expiry {
            OrderExpiry::Never => (0, 0),
            OrderExpiry::Height(height) => (height, 0),
            OrderExpiry::Time(time) => (0, time),
        };
        Self {
            market: order.market.0,
            venue: order.venue.0,
            side: order.side.number().into(),
            kind: order.kind.number().into(),
            price: order.price.to_string(),
            quantity: order.quantity.to_string(),
            trigger_kind: order.trigger.map_or(0, |trigger| trigger.kind.number().into()),
            trigger_price: order.trigger.map_or_else(String::new, |trigger| trigger.price.to_string()),
            expiry_height,
            expiry_time,
            self_trade: order.self_trade.number().into(),
            client_id: order.client_id,
            fee_in_native: order.fee_in_native,
        }
    }

    pub(in crate::exchange) fn read(&self) -> Result<PlaceOrder, DecodeError> {
        Ok(PlaceOrder {
            market: MarketId(self.market),
            venue: VenueId(self.venue),
            side: one_of("side", self.side, OrderSide::from_number)?,
            kind: one_of("kind", self.kind, OrderKind::from_number)?,
            price: number("price", &self.price)?,
            quantity: number("quantity", &self.quantity)?,
            trigger: self.trigger()?,
            expiry: match (self.expiry_height, self.expiry_time) {
                (0, 0) => OrderExpiry::Never,
                (height, 0) => OrderExpiry::Height(height),
                (0, time) => OrderExpiry::Time(time),
                _ => return Err(DecodeError::Field { field: "expiry", rule: "a height or a time, not both" }),
            },
            self_trade: match self.self_trade {
                0 => SelfTradeRule::CancelNewest,
                rule => one_of("self_trade", rule, SelfTradeRule::from_number)?,
            },
            client_id: self.client_id,
            fee_in_native: self.fee_in_native,
        })
    }

    fn trigger(&self) -> Result<Option<Trigger>, DecodeError> {
        match (self.trigger_kind, self.trigger_price.as_str()) {
            (0, "") => Ok(None),
            (0, _) => Err(DecodeError::Field { field: "trigger_price", rule: "only with a trigger_kind" }),
            (kind, price) => Ok(Some(Trigger {
                kind: one_of("trigger_kind", kind, TriggerKind::from_number)?,
                price: number("trigger_price", price)?,
            })),
        }
    }
}

impl Target {
    pub(in crate::exchange) fn of(target: &CancelTarget) -> Self {
        let target = match target {
            CancelTarget::Id(order) => OneTarget::OrderId(order.0.to_vec()),
            CancelTarget::ClientId(id) => OneTarget::ClientId(*id),
            CancelTarget::AllOf(_) => OneTarget::All(true),
        };
        Self { target: Some(target) }
    }

    pub(in crate::exchange) fn read(&self, market: MarketId) -> Result<CancelTarget, DecodeError> {
        match &self.target {
            Some(OneTarget::OrderId(bytes)) => match bytes.as_slice().try_into() {
                Ok(bytes) => Ok(CancelTarget::Id(OrderRef(bytes))),
                Err(_) => Err(DecodeError::Field { field: "order_id", rule: "16 bytes" }),
            },
            Some(OneTarget::ClientId(id)) => Ok(CancelTarget::ClientId(*id)),
            Some(OneTarget::All(true)) => Ok(CancelTarget::AllOf(market)),
            Some(OneTarget::All(false)) => Err(DecodeError::Field { field: "all", rule: "true" }),
            None => Err(DecodeError::Missing("target")),
        }
    }
}

impl Replacement {
    pub(in crate::exchange) fn of(replacement: &ReplaceOrder) -> Self {
        Self { cancel: Some(Target::of(&replacement.cancel)), place: Some(Order::of(&replacement.place)) }
    }

    pub(in crate::exchange) fn read(&self) -> Result<ReplaceOrder, DecodeError> {
        let place = self.place.as_ref().ok_or(DecodeError::Missing("place"))?.read()?;
        let cancel = self.cancel.as_ref().ok_or(DecodeError::Missing("cancel"))?.read(place.market)?;
        Ok(ReplaceOrder { cancel, place })
    }
}
