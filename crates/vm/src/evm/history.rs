//! Block hashes: EIP-2935's history contract. BLOCKHASH and the contract read the same slots, so they cannot disagree.

use alloy_eips::eip2935::HISTORY_STORAGE_CODE;
use seiza_modules::auth;
use seiza_state::{StateError, StateRead, StateWrite};
use seiza_types::{Address, B256, U256};

use super::accounts;

/// The history contract's address (EIP-2935).
pub const HISTORY_ADDRESS: Address = alloy_eips::eip2935::HISTORY_STORAGE_ADDRESS;
/// Hashes that the ring buffer holds: one more block than contracts may ask for.
pub const HISTORY_BLOCKS: u64 = 8191;
/// Installs the history contract, with nonce 1 as on Ethereum.
pub(super) fn init_genesis(state: &mut dyn StateWrite) {
    auth::set_account(state, &HISTORY_ADDRESS, &auth::Account { nonce: 1, public_key: None });
    accounts::set_code(state, &HISTORY_ADDRESS, HISTORY_STORAGE_CODE.clone());
}

/// Records the hash of block `number`: what every block does first for its parent.
pub fn record_parent_hash(state: &mut dyn StateWrite, number: u64, hash: B256) {
    accounts::set_storage(state, &HISTORY_ADDRESS, &slot(number), hash.into());
}

/// The recorded hash of block `number`; zero where there is none. Who asks keeps to the last 8191 blocks: older numbers
/// answer with a newer block's hash.
///
/// # Errors
/// Those of reading state.
pub fn recorded_hash(state: &dyn StateRead, number: u64) -> Result<B256, StateError> {
    Ok(accounts::storage(state, &HISTORY_ADDRESS, &slot(number))?.into())
}

fn slot(number: u64) -> U256 {
    U256::from(number % HISTORY_BLOCKS)
}
