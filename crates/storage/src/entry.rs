//! The entries of the index: how keys of state, transactions, blocks and blooms become keys of one sorted map.
//!
//! State keys begin with their store's number (1 to 14) and stand for themselves; the others begin with a byte that no store
//! has. Every entry belongs to a height.
//!
//! ```text
//! state key             -> 0, or 1 and the value: what the key held before the height
//! 0xf1 transaction hash -> index in the block, 1 if it was skipped else 0; also by SHA-256 of an Ethereum transaction. Of the
//!                          hash the first 20 bytes: as many as tell addresses apart
//! 0xf2 block hash       -> nothing
//! 0xf3 height (BE)      -> block hash, location of the block, location of the commit
//! 0xf4 height (BE)      -> the block's bloom; left out where no bit is set
//! 0xf5 address          -> places in the block of the transactions it is a party of (parties.rs), ascending: the first, then how
//!                          far each lies behind the one before
//! 0xf6 address          -> numbers of the markets in which the block filled an order of its (fills.rs), likewise
//! ```

use seiza_state::Value;
use seiza_types::{Address, B256, Height};

use crate::log::Location;
use crate::wire::{Reader, WireError, put_number};

/// No key of the index below this byte is anything but a state key.
pub(crate) const FIRST_INDEX_BYTE: u8 = TX;

const TX: u8 = 0xf1;
const BLOCK: u8 = 0xf2;
const PLACE: u8 = 0xf3;
const BLOOM: u8 = 0xf4;
const PARTY: u8 = 0xf5;
const FILLS: u8 = 0xf6;
/// Bytes of a transaction's hash that are indexed.
const TX_HASH_BYTES: usize = 20;

/// One entry, not yet written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) key: Vec<u8>,
    pub(crate) height: Height,
    pub(crate) value: Vec<u8>,
}

/// Where a height's block and commit lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) hash: B256,
    pub(crate) block: Location,
    pub(crate) commit: Location,
}

/// Index key of a transaction.
pub(crate) fn tx_key(hash: &B256) -> Vec<u8> {
    [&[TX], &hash[..TX_HASH_BYTES]].concat()
}

/// Index key of a block's hash.
pub(crate) fn block_key(hash: &B256) -> Vec<u8> {
    [&[BLOCK], hash.as_slice()].concat()
}

/// Index key of a height's place.
pub(crate) fn place_key(height: Height) -> Vec<u8> {
    [&[PLACE], &height.to_be_bytes()[..]].concat()
}

/// Index key of a height's bloom.
pub(crate) fn bloom_key(height: Height) -> Vec<u8> {
    [&[BLOOM], &height.to_be_bytes()[..]].concat()
}

/// Index key of an address.
pub(crate) fn party_key(address: &Address) -> Vec<u8> {
    [&[PARTY], address.as_slice()].concat()
}

/// Index key of an owner of filled orders.
pub(crate) fn fills_key(owner: &Address) -> Vec<u8> {
    [&[FILLS], owner.as_slice()].concat()
}

/// Ascending numbers: places of transactions, or markets.
pub(crate) fn ascending(numbers: impl Iterator<Item = u32>) -> Vec<u8> {
    let (mut out, mut last) = (Vec::new(), 0);
    for number in numbers {
        put_number(&mut out, u64::from(number - last));
        last = number;
    }
    out
}

/// Reads [`ascending`].
pub(crate) fn read_ascending(bytes: &[u8]) -> Result<Vec<u32>, WireError> {
    let (mut reader, mut numbers) = (Reader::new(bytes), Vec::new());
    while reader.left() > 0 {
        let step: u32 = reader.number_as("ascending number")?;
        let last = numbers.last().copied().unwrap_or(0);
        let next = u32::checked_add(last, step).filter(|next| numbers.is_empty() || *next > last);
        numbers.push(next.ok_or(WireError::Field("ascending number"))?);
    }
    Ok(numbers)
}

/// What a state key held before a height.
pub(crate) fn old_value(value: Option<&[u8]>) -> Vec<u8> {
    value.map_or_else(|| vec![0], |value| [&[1], value].concat())
}

/// Reads [`old_value`].
pub(crate) fn read_old_value(bytes: &[u8]) -> Result<Option<Value>, WireError> {
    match bytes.split_first() {
        Some((0, [])) => Ok(None),
        Some((1, value)) => Ok(Some(Value::from(value))),
        _ => Err(WireError::Field("old value")),
    }
}

/// Where a transaction stands in its block, and whether it was skipped there.
pub(crate) fn tx_value(index: u32, skipped: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(6);
    put_number(&mut out, u64::from(index));
    out.push(u8::from(skipped));
    out
}

/// Reads [`tx_value`].
pub(crate) fn read_tx_value(bytes: &[u8]) -> Result<(u32, bool), WireError> {
    let mut reader = Reader::new(bytes);
    let index = reader.number_as("transaction index")?;
    let skipped = match reader.byte()? {
        0 => false,
        1 => true,
        _ => return Err(WireError::Field("skipped")),
    };
    reader.end()?;
    Ok((index, skipped))
}

/// A height's place.
pub(crate) fn place_value(place: &Place) -> Vec<u8> {
    let mut out = place.hash.to_vec();
    for location in [place.block, place.commit] {
        for number in [location.segment, location.offset, u64::from(location.payload_bytes)] {
            put_number(&mut out, number);
        }
    }
    out
}

/// Reads [`place_value`].
pub(crate) fn read_place_value(bytes: &[u8]) -> Result<Place, WireError> {
    let mut reader = Reader::new(bytes);
    let hash = B256::new(reader.array()?);
    let mut location = || -> Result<Location, WireError> {
        let (segment, offset) = (reader.number()?, reader.number()?);
        Ok(Location { segment, offset, payload_bytes: reader.number_as("payload length")? })
    };
    let place = Place { hash, block: location()?, commit: location()? };
    reader.end()?;
    Ok(place)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ascending_numbers_return(numbers: std::collections::BTreeSet<u32>, bytes: Vec<u8>) {
            let value = ascending(numbers.iter().copied());
            prop_assert_eq!(read_ascending(&value), Ok(numbers.into_iter().collect()));
            if let Ok(numbers) = read_ascending(&bytes) {
                prop_assert_eq!(ascending(numbers.into_iter()), bytes);
            }
        }

        #[test]
        fn values_return(index: u32, skipped: bool, hash: [u8; 32], n: [u64; 4], m: [u32; 2], old: Option<Vec<u8>>) {
            prop_assert_eq!(read_tx_value(&tx_value(index, skipped)), Ok((index, skipped)));
            let place = Place {
                hash: B256::new(hash),
                block: Location { segment: n[0], offset: n[1], payload_bytes: m[0] },
                commit: Location { segment: n[2], offset: n[3], payload_bytes: m[1] },
            };
            prop_assert_eq!(read_place_value(&place_value(&place)), Ok(place));
            prop_assert_eq!(read_old_value(&old_value(old.as_deref())), Ok(old.map(Value::from)));
        }
    }

    #[test]
    fn heights_sort_as_numbers() {
        assert!(place_key(255) < place_key(256));
        assert!(bloom_key(u64::from(u32::MAX)) < bloom_key(1 << 32));
    }

    #[test]
    fn no_store_has_an_index_byte() {
        for byte in [TX, BLOCK, PLACE, BLOOM, PARTY, FILLS] {
            assert_eq!(seiza_state::StoreId::from_byte(byte), None);
        }
    }
}
