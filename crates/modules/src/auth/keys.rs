//! Every key of module auth.
//!
//! | key | value |
//! |---|---|
//! | `0x01, address (20)` | account: nonce (8, big-endian), then the public key (33) once it is known |
//! | `0x02, sei address (20)` | the EVM address it is linked to (20) |

use seiza_state::{Key, KeyRange, StoreId};
use seiza_types::{Address, SeiAddress};

const ACCOUNT: u8 = 0x01;
const LINK: u8 = 0x02;

/// An account, by its EVM address.
#[must_use]
#[inline]
pub fn account(address: &Address) -> Key {
    Key::of_address(StoreId::Auth, ACCOUNT, address)
}

/// As [`account`], from the key of the account's native balance, which lies beside it (module bank): costs less.
#[must_use]
#[inline]
pub fn account_beside(balance: &Key) -> Key {
    balance.in_store(StoreId::Auth)
}

/// The EVM address that a Cosmos address is linked to.
#[must_use]
pub fn link(address: &SeiAddress) -> Key {
    Key::new(StoreId::Auth, &[&[LINK], &address.0])
}

/// All accounts.
#[must_use]
pub fn accounts() -> KeyRange {
    KeyRange::prefix(Key::new(StoreId::Auth, &[&[ACCOUNT]]))
}

/// The address in an account's key; `None` for other keys.
#[must_use]
pub fn address_of_account(key: &Key) -> Option<Address> {
    match key.path() {
        [ACCOUNT, address @ ..] if key.store() == StoreId::Auth => Address::try_from(address).ok(),
        _ => None,
    }
}
