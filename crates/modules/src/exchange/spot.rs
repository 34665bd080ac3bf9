//! Where open orders are, and what is kept of those that their owners take back.

use seiza_orderbook::{Condition, OrderId, OrderKey, Price, Side};
use seiza_state::{Key, StateError, Value};
use seiza_types::Height;
use seiza_types::exchange::MarketId;
use seiza_types::wire::{Reader, Wire as _, WireError, put_number};

use super::record::Record;

/// Where an open order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// In the book.
    Resting(Side, OrderKey),
    /// Among the triggers.
    Waiting(Condition),
}

/// The order of the block at `height` that arrived at that place.
pub(super) fn arrived(height: Height, place: [u8; 8]) -> OrderId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&height.to_be_bytes());
    bytes[8..].copy_from_slice(&place);
    OrderId::from_bytes(bytes)
}

/// The value that says where an open order is.
pub(super) fn encode_spot(market: MarketId, spot: &Spot) -> Value {
    let mut out = Vec::with_capacity(32);
    out.extend(market.0.to_be_bytes());
    match spot {
        Spot::Resting(side, at) => {
            out.push(*side as u8);
            out.extend(at.price.0.to_be_bytes());
            out.extend(at.since.to_bytes());
        }
        Spot::Waiting(condition) => {
            out.push(2 + u8::from(matches!(condition, Condition::AtOrBelow(_))));
            out.extend(condition.price().0.to_be_bytes());
        }
    }
    out.into()
}

/// Reads where an open order is.
pub(super) fn decode_spot(key: &Key, bytes: &[u8]) -> Result<(MarketId, Spot), StateError> {
    let read = || -> Result<(MarketId, Spot), WireError> {
        let mut reader = Reader::new(bytes);
        let market = MarketId(u32::from_be_bytes(reader.array()?));
        let where_to = reader.byte()?;
        let price = Price(u64::from_be_bytes(reader.array()?));
        let spot = match where_to {
            0 | 1 => {
                let side = if where_to == 0 { Side::Bid } else { Side::Ask };
                Spot::Resting(side, OrderKey { price, since: OrderId::from_bytes(reader.array()?) })
            }
            2 => Spot::Waiting(Condition::AtOrAbove(price)),
            3 => Spot::Waiting(Condition::AtOrBelow(price)),
            _ => return Err(WireError::Field("spot")),
        };
        reader.end()?;
        Ok((market, spot))
    };
    read().map_err(|_| StateError::Damaged(key.clone(), "where an open order is"))
}

/// An order that its owner takes back: where it was (`None`: it arrived with this block), and all that was kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Withdrawn {
    pub(super) spot: Option<Spot>,
    pub(super) record: Record,
}

/// The value of an arrival that takes orders back. The orders' places in the book are theirs to tell.
pub(super) fn encode_withdrawn(withdrawn: &[Withdrawn]) -> Value {
    let mut out = Vec::with_capacity(80 * withdrawn.len());
    put_number(&mut out, withdrawn.len() as u64);
    for Withdrawn { spot, record } in withdrawn {
        out.push(u8::from(spot.is_some()));
        out.extend(record.since.to_bytes());
        record.put(&mut out);
    }
    out.into()
}

/// Reads the value of an arrival that takes orders back.
pub(super) fn decode_withdrawn(key: &Key, bytes: &[u8]) -> Result<Vec<Withdrawn>, StateError> {
    let read = || -> Result<Vec<Withdrawn>, WireError> {
        let mut reader = Reader::new(bytes);
        let count = reader.count(20)?;
        let one = |reader: &mut Reader<'_>| {
            let open = bool::take(reader)?;
            let since = OrderId::from_bytes(reader.array()?);
            let record = Record::take(reader, since)?;
            Ok(Withdrawn { spot: open.then(|| spot_of(&record)), record })
        };
        let withdrawn = (0..count).map(|_| one(&mut reader)).collect::<Result<_, _>>()?;
        reader.end()?;
        Ok(withdrawn)
    };
    read().map_err(|_| StateError::Damaged(key.clone(), "orders that are taken back"))
}

/// Where an open order is, by what is kept of it: what waits has a condition, what fired or never waited has none.
pub(super) fn spot_of(record: &Record) -> Spot {
    match record.condition {
        Some(condition) => Spot::Waiting(condition),
        None => Spot::Resting(record.order.side, record.resting().key()),
    }
}
