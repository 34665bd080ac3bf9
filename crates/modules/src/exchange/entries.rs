//! What state holds of orders, read and written under the keys of [`super::keys`].

use seiza_orderbook::{OrderId, Price};
use seiza_state::{Key, KeyRange, StateError, StateRead, StateWrite, Value};
use seiza_types::Address;
use seiza_types::exchange::{MarketId, OrderRef};
use seiza_types::wire::Wire;

use super::keys::{self, What};
use super::record::{Record, id, name};
use super::spot::{Spot, Withdrawn, arrived, decode_spot, decode_withdrawn};

/// A record at `key`.
pub(super) fn read<T: Wire>(state: &dyn StateRead, key: &Key) -> Result<Option<T>, StateError> {
    let Some(value) = state.get(key)? else { return Ok(None) };
    T::decode(&value).map(Some).map_err(|_| StateError::Damaged(key.clone(), "a record of the exchange"))
}

/// All records of a range, in key order.
pub(super) fn all<T: Wire>(state: &dyn StateRead, range: &KeyRange) -> Result<Vec<T>, StateError> {
    collect(state, range, usize::MAX, |key, value| {
        T::decode(value).map_err(|_| StateError::Damaged(key.clone(), "a record of the exchange"))
    })
}

/// At most `limit` entries of a range, in key order.
pub(super) fn collect<T>(
    state: &dyn StateRead,
    range: &KeyRange,
    limit: usize,
    mut read: impl FnMut(&Key, &[u8]) -> Result<T, StateError>,
) -> Result<Vec<T>, StateError> {
    let (mut found, mut failed) = (Vec::new(), None);
    if limit == 0 {
        return Ok(found);
    }
    state.scan(range, &mut |key, value| {
        match read(key, value) {
            Ok(entry) => found.push(entry),
            Err(error) => failed = Some(error),
        }
        failed.is_none() && found.len() < limit
    })?;
    failed.map_or(Ok(found), Err)
}

/// A market's last clearing price in ticks.
pub(super) fn last_price(state: &dyn StateRead, market: MarketId) -> Result<Option<Price>, StateError> {
    let key = keys::last_price(market);
    let Some(value) = state.get(&key)? else { return Ok(None) };
    let bytes = (*value).try_into().map_err(|_| StateError::Damaged(key, "a price has 8 bytes"))?;
    Ok(Some(Price(u64::from_be_bytes(bytes))))
}

/// The open order that its owner calls so.
pub(super) fn named(
    state: &dyn StateRead,
    owner: &Address,
    client_id: u64,
) -> Result<Option<(MarketId, OrderRef)>, StateError> {
    let key = keys::client(owner, client_id);
    let Some(value) = state.get(&key)? else { return Ok(None) };
    let bytes: [u8; 20] = (*value).try_into().map_err(|_| StateError::Damaged(key, "a market (4) and an id (16)"))?;
    let (market, order) = bytes.split_first_chunk::<4>().expect("20 bytes begin with 4");
    Ok(Some((MarketId(u32::from_be_bytes(*market)), OrderRef(order.try_into().expect("16 bytes are left")))))
}

/// What stands under a client id.
fn named_value(market: MarketId, order: OrderRef) -> Value {
    [&market.0.to_be_bytes()[..], &order.0].concat().into()
}

/// An owner's open orders by market and id, from behind `from` on.
pub(super) fn owned(
    state: &dyn StateRead,
    owner: &Address,
    market: Option<MarketId>,
    from: Option<(MarketId, OrderRef)>,
    limit: usize,
) -> Result<Vec<(MarketId, OrderRef)>, StateError> {
    let mut range = market.map_or_else(|| keys::all_owned(owner), |market| keys::owned_in(owner, market));
    if let Some((market, order)) = from {
        range.start = range.start.max(keys::owned(owner, market, order).successor());
    }
    collect(state, &range, limit, |key, _| {
        keys::owned_of(key).ok_or_else(|| StateError::Damaged(key.clone(), "an owner's open order"))
    })
}

/// An order of this block that has not met the book yet.
pub(super) fn arrival(state: &dyn StateRead, market: MarketId, order: OrderRef) -> Result<Option<Record>, StateError> {
    let key = keys::arrival(market, order, What::Order);
    state.get(&key)?.map(|value| Record::decode(&key, &value, id(order))).transpose()
}

/// What is kept of the open order of that id, and in which market.
pub(super) fn record(state: &dyn StateRead, order: OrderRef) -> Result<Option<(MarketId, Record)>, StateError> {
    let key = keys::spot(order);
    let Some(value) = state.get(&key)? else { return Ok(None) };
    let (market, spot) = decode_spot(&key, &value)?;
    let (key, since) = match spot {
        Spot::Resting(side, at) => (keys::resting(market, side, at), at.since),
        Spot::Waiting(condition) => (waiting_key(market, condition, id(order)), id(order)),
    };
    let value =
        state.get(&key)?.ok_or_else(|| StateError::Damaged(key.clone(), "an open order is where it is said"))?;
    Ok(Some((market, Record::decode(&key, &value, since)?)))
}

/// The key of an order that waits.
pub(super) fn waiting_key(market: MarketId, condition: seiza_orderbook::Condition, id: OrderId) -> Key {
    let direction = condition.direction();
    keys::waiting(market, direction, direction.rank(condition.price()), id)
}

/// What arrived for one market in this block.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    /// Orders, by place.
    pub(super) orders: Vec<Record>,
    /// What their owners took back.
    pub(super) withdrawn: Vec<Withdrawn>,
}

impl Arrivals {
    fn take(&mut self, height: u64, key: &Key, value: &[u8]) -> Result<(), StateError> {
        match keys::arrival_of(key) {
            Some((_, place, What::Order)) => self.orders.push(Record::decode(key, value, arrived(height, place))?),
            Some((_, _, What::Cancel)) => self.withdrawn.extend(decode_withdrawn(key, value)?),
            None => return Err(StateError::Damaged(key.clone(), "an arrival's key")),
        }
        Ok(())
    }
}

/// Takes a market's arrivals out of the state.
pub(super) fn take_arrivals(state: &mut dyn StateWrite, market: MarketId, height: u64) -> Result<Arrivals, StateError> {
    let mut arrivals = Arrivals::default();
    let keys = collect(&*state, &keys::arrivals(market), usize::MAX, |key, value| {
        arrivals.take(height, key, value).map(|()| key.clone())
    })?;
    keys.into_iter().for_each(|key| state.delete(key));
    Ok(arrivals)
}

/// An order arrives, under its names.
pub(super) fn arrive(state: &mut dyn StateWrite, market: MarketId, record: &Record) -> OrderRef {
    let (order, owner, client_id) = (name(record.order.id), &record.order.owner, record.extras.client_id);
    state.put(keys::arrival(market, order, What::Order), record.encode());
    state.put(keys::owned(owner, market, order), client_id.encode().into());
    if client_id != 0 {
        state.put(keys::client(owner, client_id), named_value(market, order));
    }
    order
}

/// Forgets an open order's names.
pub(super) fn forget(state: &mut dyn StateWrite, market: MarketId, record: &Record) {
    let (order, owner) = (name(record.order.id), &record.order.owner);
    state.delete(keys::spot(order));
    state.delete(keys::owned(owner, market, order));
    if record.extras.client_id != 0 {
        state.delete(keys::client(owner, record.extras.client_id));
    }
}
