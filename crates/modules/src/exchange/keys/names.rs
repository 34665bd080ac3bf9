//! What keys say of what stands under them.

use seiza_orderbook::OrderId;
use seiza_state::{Key, StoreId};
use seiza_types::Height;
use seiza_types::exchange::{MarketId, OrderRef};

use super::{ARRIVAL, DUE, What};

/// Whether a key is of an arrival: it is gone again when the block is over.
#[must_use]
pub fn is_arrival(key: &Key) -> bool {
    key.store() == StoreId::Exchange && key.path().first() == Some(&ARRIVAL)
}

/// Whether a key that is removed when the block of that height is over was not there before it either: of an arrival, or of
/// an order that came with this very block and did not stay.
#[must_use]
pub fn came_and_went(key: &Key, height: Height) -> bool {
    let named = match key.path() {
        path @ [0x23, ..] if path.len() == 17 => last_id(path),
        path @ [0x24, ..] if path.len() == 41 => last_id(path),
        _ => return is_arrival(key),
    };
    key.store() == StoreId::Exchange && named.is_some_and(|id| id.height() == height)
}

/// Market, place in the block and kind of an arrival; `None` for other keys.
#[must_use]
pub fn arrival_of(key: &Key) -> Option<(MarketId, [u8; 8], What)> {
    let path: &[u8; 14] = key.path().try_into().ok().filter(|_| is_arrival(key))?;
    let what = match path[13] {
        1 => What::Order,
        2 => What::Cancel,
        _ => return None,
    };
    Some((market_in(&path[1..5])?, path[5..13].try_into().ok()?, what))
}

fn market_in(bytes: &[u8]) -> Option<MarketId> {
    bytes.try_into().ok().map(|bytes| MarketId(u32::from_be_bytes(bytes)))
}

/// The market in the key of one that is due; `None` for other keys.
#[must_use]
pub fn market_of_due(key: &Key) -> Option<MarketId> {
    match key.path() {
        [DUE, market @ ..] => market_in(market),
        _ => None,
    }
}

/// Since when the order of a resting order's key stands in its queue; `None` for other keys.
#[must_use]
pub fn since_of(key: &Key) -> Option<OrderId> {
    match key.path() {
        path @ [0x20, ..] if path.len() == 30 => last_id(path),
        _ => None,
    }
}

fn last_id(path: &[u8]) -> Option<OrderId> {
    path.last_chunk::<16>().map(|bytes| OrderId::from_bytes(*bytes))
}

/// The id in the key of an order that waits; `None` for other keys.
#[must_use]
pub fn waiting_id_of(key: &Key) -> Option<OrderId> {
    match key.path() {
        path @ [0x21, ..] if path.len() == 30 => last_id(path),
        _ => None,
    }
}

/// The rank in a level's key; `None` for other keys.
#[must_use]
pub fn rank_of(key: &Key) -> Option<u64> {
    match key.path() {
        path @ [0x22, ..] if path.len() == 14 => path.last_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes)),
        _ => None,
    }
}

/// Market and id in the key of an owner's open order; `None` for other keys.
#[must_use]
pub fn owned_of(key: &Key) -> Option<(MarketId, OrderRef)> {
    match key.path() {
        path @ [0x24, ..] if path.len() == 41 => Some((market_in(&path[21..25])?, OrderRef(*path.last_chunk()?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use seiza_types::Address;

    use super::*;
    use crate::exchange::keys;

    #[test]
    fn what_comes_and_goes_with_a_block_is_arrivals_and_names_of_its_own_orders() {
        let (owner, market) = (Address::repeat_byte(7), MarketId(3));
        let order = |height| OrderRef::new(height, 1, 2, 3);
        for (key, expected) in [
            (keys::arrival(market, order(9), What::Order), true),
            (keys::spot(order(9)), true),
            (keys::spot(order(8)), false),
            (keys::owned(&owner, market, order(9)), true),
            (keys::owned(&owner, market, order(8)), false),
            (keys::client(&owner, 9), false),
            (keys::due(market), false),
            (Key::new(StoreId::Bank, &[keys::spot(order(9)).path()]), false),
        ] {
            assert_eq!(came_and_went(&key, 9), expected, "{key:?}");
        }
    }
}
