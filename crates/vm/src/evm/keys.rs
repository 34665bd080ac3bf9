//! Every key of the EVM's store. Nonces live in module auth, native balances in module bank.
//!
//! | key | value |
//! |---|---|
//! | `0x01, address (20)` | hash of the account's code (32); absent where it has none |
//! | `0x02, code hash (32)` | the code; never removed, because any account may share it |
//! | `0x03, address (20), slot (32, big-endian)` | the slot's value, big-endian without leading zeros; zero is absence |

use seiza_state::{Key, KeyRange, StoreId};
use seiza_types::{Address, B256, U256};

const CODE_HASH: u8 = 0x01;
const CODE: u8 = 0x02;
const SLOT: u8 = 0x03;
const ADDRESS_BYTES: usize = 20;

/// The hash of an account's code.
#[must_use]
#[inline]
pub fn code_hash(address: &Address) -> Key {
    Key::of_address(StoreId::Evm, CODE_HASH, address)
}

/// As [`code_hash`], from the key of the account's native balance, which lies beside it (module bank): costs less.
#[must_use]
#[inline]
pub fn code_hash_beside(balance: &Key) -> Key {
    balance.in_store(StoreId::Evm)
}

/// Code by its hash.
#[must_use]
pub fn code(hash: &B256) -> Key {
    Key::new(StoreId::Evm, &[&[CODE], hash.as_slice()])
}

/// One storage slot.
#[must_use]
pub fn slot(address: &Address, slot: &U256) -> Key {
    Key::new(StoreId::Evm, &[&[SLOT], address.as_slice(), &slot.to_be_bytes::<32>()])
}

/// All storage slots of an account.
#[must_use]
pub fn slots(address: &Address) -> KeyRange {
    KeyRange::prefix(Key::new(StoreId::Evm, &[&[SLOT], address.as_slice()]))
}

/// All storage slots of all accounts.
#[must_use]
pub fn all_slots() -> KeyRange {
    KeyRange::prefix(Key::new(StoreId::Evm, &[&[SLOT]]))
}

/// The code hashes of all accounts.
#[must_use]
pub fn code_hashes() -> KeyRange {
    KeyRange::prefix(Key::new(StoreId::Evm, &[&[CODE_HASH]]))
}

/// The address in the key of a code hash; `None` for other keys.
#[must_use]
pub fn address_of_code_hash(key: &Key) -> Option<Address> {
    match key.path() {
        [CODE_HASH, address @ ..] if key.store() == StoreId::Evm => Address::try_from(address).ok(),
        _ => None,
    }
}

/// The hash in the key of a code; `None` for other keys.
#[must_use]
pub fn hash_of_code(key: &Key) -> Option<B256> {
    match key.path() {
        [CODE, hash @ ..] if key.store() == StoreId::Evm => B256::try_from(hash).ok(),
        _ => None,
    }
}

/// Address and slot in a storage key; `None` for other keys.
#[must_use]
pub fn slot_of(key: &Key) -> Option<(Address, U256)> {
    match key.path() {
        [SLOT, rest @ ..] if key.store() == StoreId::Evm && rest.len() == ADDRESS_BYTES + 32 => {
            let (address, slot) = rest.split_at(ADDRESS_BYTES);
            Some((Address::from_slice(address), U256::from_be_slice(slot)))
        }
        _ => None,
    }
}
