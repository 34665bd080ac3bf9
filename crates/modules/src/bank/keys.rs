//! Every key of module bank. Amounts are 32 bytes big-endian; zero is absence (ADR 4).
//!
//! | key | value |
//! |---|---|
//! | `0x01, address (20)` | native balance in wei |
//! | `0x02, address (20), denom` | balance of any other denom |
//! | `0x03, denom` | supply (of the native denom: in wei) |

use seiza_state::{Key, KeyRange, StoreId};
use seiza_types::{Address, Denom};

const NATIVE: u8 = 0x01;
const BALANCE: u8 = 0x02;
const SUPPLY: u8 = 0x03;
const PREFIX_BYTES: usize = 1 + 20;

/// An account's native balance, in wei.
#[must_use]
#[inline]
pub fn native(address: &Address) -> Key {
    Key::of_address(StoreId::Bank, NATIVE, address)
}

/// An account's balance of `denom`, in the unit it is kept in (wei for the native denom).
#[must_use]
pub fn balance(address: &Address, denom: &Denom) -> Key {
    if denom.is_native() {
        return native(address);
    }
    Key::new(StoreId::Bank, &[&[BALANCE], address.as_slice(), denom.as_str().as_bytes()])
}

/// All of an account's balances but the native one, by denom.
#[must_use]
pub fn balances(address: &Address) -> KeyRange {
    KeyRange::prefix(Key::new(StoreId::Bank, &[&[BALANCE], address.as_slice()]))
}

/// Supply of `denom`.
#[must_use]
pub fn supply(denom: &Denom) -> Key {
    Key::new(StoreId::Bank, &[&[SUPPLY], denom.as_str().as_bytes()])
}

/// All supplies, by denom.
#[must_use]
pub fn supplies() -> KeyRange {
    KeyRange::prefix(Key::new(StoreId::Bank, &[&[SUPPLY]]))
}

/// All native balances, by address.
#[must_use]
pub fn natives() -> KeyRange {
    KeyRange::prefix(Key::new(StoreId::Bank, &[&[NATIVE]]))
}

/// All balances but native ones, by address and denom.
#[must_use]
pub fn all_balances() -> KeyRange {
    KeyRange::prefix(Key::new(StoreId::Bank, &[&[BALANCE]]))
}

/// The address in a native balance's key; `None` for other keys.
#[must_use]
pub fn address_of_native(key: &Key) -> Option<Address> {
    match key.path() {
        [NATIVE, address @ ..] if key.store() == StoreId::Bank => Address::try_from(address).ok(),
        _ => None,
    }
}

/// The denom in the key of a balance or a supply; `None` for other keys.
#[must_use]
pub fn denom_of(key: &Key) -> Option<Denom> {
    let text = match key.path() {
        path @ [BALANCE, ..] if path.len() > PREFIX_BYTES => &path[PREFIX_BYTES..],
        [SUPPLY, denom @ ..] => denom,
        _ => return None,
    };
    std::str::from_utf8(text).ok()?.parse().ok()
}
