//! Which state keys name facts that the EVM's journal holds.

use seiza_modules::{auth, bank};
use seiza_state::Key;
use seiza_types::{Address, B256, U256};

use crate::evm;

/// Which of the EVM's own facts a key names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Held {
    /// Native balance.
    Balance(Address),
    /// Auth record: nonce, and the public key once it is known.
    Record(Address),
    /// Hash of an account's code.
    CodeHash(Address),
    /// Code by its hash.
    Code(B256),
    /// Storage slot.
    Slot(Address, U256),
}

/// What the EVM holds under that key; `None` where the key is native.
pub(super) fn held(key: &Key) -> Option<Held> {
    bank::keys::address_of_native(key)
        .map(Held::Balance)
        .or_else(|| auth::keys::address_of_account(key).map(Held::Record))
        .or_else(|| evm::keys::address_of_code_hash(key).map(Held::CodeHash))
        .or_else(|| evm::keys::hash_of_code(key).map(Held::Code))
        .or_else(|| evm::keys::slot_of(key).map(|(address, slot)| Held::Slot(address, slot)))
}
