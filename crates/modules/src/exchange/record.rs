//! Orders as bytes: one encoding for those that arrive, rest or wait.

use seiza_orderbook::{Condition, Expiry, Kind, Order, OrderId, Price, Quantity, Resting, SelfTrade, Side, Trigger};
use seiza_state::{Key, StateError, Value};
use seiza_types::Address;
use seiza_types::exchange::{OrderRef, OrderSide, VenueId};
use seiza_types::wire::{Reader, Wire, WireError, put_number};

/// What is kept of an order that the book does not look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extras {
    /// Through which venue it came.
    pub(super) venue: VenueId,
    /// Its owner's name for it; 0 is none.
    pub(super) client_id: u64,
    /// Whether its fee is to be paid in the native coin.
    pub(super) fee_in_native: bool,
}

/// An order with all that is kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    /// The order; its tag means nothing.
    pub(super) order: Order,
    /// What it waits for.
    pub(super) condition: Option<Condition>,
    /// Since when it stands in its queue.
    pub(super) since: OrderId,
    /// The rest.
    pub(super) extras: Extras,
}

/// An order's public name.
pub(super) fn name(id: OrderId) -> OrderRef {
    OrderRef(id.to_bytes())
}

/// The book's name of an order.
pub(super) fn id(order: OrderRef) -> OrderId {
    OrderId::from_bytes(order.0)
}

/// A side's public name.
pub(super) fn side(side: Side) -> OrderSide {
    match side {
        Side::Bid => OrderSide::Buy,
        Side::Ask => OrderSide::Sell,
    }
}

/// The book's name of a side.
pub(super) fn book_side(side: OrderSide) -> Side {
    match side {
        OrderSide::Buy => Side::Bid,
        OrderSide::Sell => Side::Ask,
    }
}

const SELL: u16 = 1;
const KIND: u16 = 1;
const SELF_TRADE: u16 = 4;
const EXPIRY: u16 = 6;
const CONDITION: u16 = 8;
const NATIVE: u16 = 1 << 10;
const FIRED: u16 = 1 << 11;
const ALL: u16 = (1 << 12) - 1;

impl Record {
    /// As what rests in the book.
    pub(super) fn resting(&self) -> Resting {
        Resting { order: self.order, since: self.since }
    }

    /// As what waits for its trigger, if it does.
    pub(super) fn waiting(&self) -> Option<Trigger> {
        self.condition.map(|condition| Trigger { order: self.order, condition })
    }

    /// The bytes that state keeps. The id is not among them: it is in the key, as `since` if they are the same.
    pub(super) fn encode(&self) -> Value {
        let mut out = Vec::with_capacity(48);
        self.put(&mut out);
        out.into()
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let Self { order, condition, since, extras } = self;
        out.extend(self.flags().to_be_bytes());
        order.owner.put(out);
        put_number(out, order.price.0);
        put_number(out, order.quantity.0);
        match order.expiry {
            Expiry::Never => {}
            Expiry::Height(number) | Expiry::Time(number) => put_number(out, number),
        }
        if let Some(condition) = condition {
            put_number(out, condition.price().0);
        }
        extras.venue.put(out);
        put_number(out, extras.client_id);
        if *since != order.id {
            out.extend(order.id.to_bytes());
        }
    }

    fn flags(&self) -> u16 {
        let Self { order, condition, since, extras } = self;
        let side = if order.side == Side::Ask { SELL } else { 0 };
        let kind = match order.kind {
            Kind::Limit => 0,
            Kind::PostOnly => 1,
            Kind::ImmediateOrCancel => 2,
            Kind::FillOrKill => 3,
            Kind::Market => 4,
        };
        let rule = match order.self_trade {
            SelfTrade::CancelNewest => 0,
            SelfTrade::CancelOldest => 1,
            SelfTrade::CancelBoth => 2,
        };
        let expiry = match order.expiry {
            Expiry::Never => 0,
            Expiry::Height(_) => 1,
            Expiry::Time(_) => 2,
        };
        let waits = match condition {
            None => 0,
            Some(Condition::AtOrAbove(_)) => 1,
            Some(Condition::AtOrBelow(_)) => 2,
        };
        let native = if extras.fee_in_native { NATIVE } else { 0 };
        let fired = if *since == order.id { 0 } else { FIRED };
        side | kind << KIND | rule << SELF_TRADE | expiry << EXPIRY | waits << CONDITION | native | fired
    }

    /// Reads what is kept under `key` of the order that stands there since `since`.
    pub(super) fn decode(key: &Key, bytes: &[u8], since: OrderId) -> Result<Self, StateError> {
        let mut reader = Reader::new(bytes);
        let record = Self::take(&mut reader, since);
        let whole = record.and_then(|record| reader.end().map(|()| record));
        whole.map_err(|_| StateError::Damaged(key.clone(), "an order of the exchange"))
    }

    pub(super) fn take(from: &mut Reader<'_>, since: OrderId) -> Result<Self, WireError> {
        let flags = u16::from_be_bytes(from.array()?);
        if flags > ALL {
            return Err(WireError::Field("flags"));
        }
        let owner = Address::take(from)?;
        let (price, quantity) = (Price(from.number()?), Quantity(from.number()?));
        let expiry = match flags >> EXPIRY & 3 {
            0 => Expiry::Never,
            1 => Expiry::Height(from.number()?),
            2 => Expiry::Time(from.number()?),
            _ => return Err(WireError::Field("expiry")),
        };
        let condition = match flags >> CONDITION & 3 {
            0 => None,
            1 => Some(Condition::AtOrAbove(Price(from.number()?))),
            2 => Some(Condition::AtOrBelow(Price(from.number()?))),
            _ => return Err(WireError::Field("condition")),
        };
        let (venue, client_id) = (VenueId::take(from)?, from.number()?);
        let id = if flags & FIRED == 0 { since } else { OrderId::from_bytes(from.array()?) };
        let side = if flags & SELL == 0 { Side::Bid } else { Side::Ask };
        let (kind, self_trade) = (kind(flags >> KIND & 7)?, rule(flags >> SELF_TRADE & 3)?);
        let order = Order { id, owner, side, kind, price, quantity, expiry, self_trade, tag: 0 };
        let extras = Extras { venue, client_id, fee_in_native: flags & NATIVE != 0 };
        Ok(Self { order, condition, since, extras })
    }
}

fn kind(bits: u16) -> Result<Kind, WireError> {
    match bits {
        0 => Ok(Kind::Limit),
        1 => Ok(Kind::PostOnly),
        2 => Ok(Kind::ImmediateOrCancel),
        3 => Ok(Kind::FillOrKill),
        4 => Ok(Kind::Market),
        _ => Err(WireError::Field("kind")),
    }
}

fn rule(bits: u16) -> Result<SelfTrade, WireError> {
    match bits {
        0 => Ok(SelfTrade::CancelNewest),
        1 => Ok(SelfTrade::CancelOldest),
        2 => Ok(SelfTrade::CancelBoth),
        _ => Err(WireError::Field("self-trade rule")),
    }
}
