//! Every account at once: for Ethereum's conformance tests, tools, and tests of ours.

use std::collections::{BTreeMap, BTreeSet};

use seiza_modules::{auth, bank};
use seiza_state::{Key, KeyRange, StateError, StateRead};
use seiza_types::{Address, Bytes, U256};

use super::accounts::{AccountView, account, bytecode, slot_from_value};
use super::keys;

/// An account with everything that Ethereum's state holds of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDump {
    /// Next nonce.
    pub nonce: u64,
    /// Wei.
    pub balance: U256,
    /// The code.
    pub code: Bytes,
    /// Slots that are not zero.
    pub storage: BTreeMap<U256, U256>,
}

/// Every account that the EVM knows, with code and storage, by address: what Ethereum's state root is made of.
///
/// # Errors
/// Those of reading state, and damage.
pub fn accounts(state: &dyn StateRead) -> Result<BTreeMap<Address, AccountDump>, StateError> {
    let mut dumps = BTreeMap::new();
    for address in addresses(state)? {
        if let Some(AccountView { nonce, balance, code_hash }) = account(state, &address)? {
            let code = bytecode(state, code_hash)?.original_bytes();
            dumps.insert(address, AccountDump { nonce, balance, code, storage: slots(state, &address)? });
        }
    }
    Ok(dumps)
}

/// All slots of an account that are not zero.
///
/// # Errors
/// Those of reading state, and damage.
pub fn slots(state: &dyn StateRead, address: &Address) -> Result<BTreeMap<U256, U256>, StateError> {
    let mut slots = BTreeMap::new();
    let mut damaged = Ok(());
    state.scan(&keys::slots(address), &mut |key, value| match (keys::slot_of(key), slot_from_value(key, value)) {
        (Some((_, slot)), Ok(value)) => {
            slots.insert(slot, value);
            true
        }
        _ => {
            damaged = Err(StateError::Damaged(key.clone(), "a slot has a key of 52 bytes and a value of 32 at most"));
            false
        }
    })?;
    damaged.map(|()| slots)
}

fn addresses(state: &dyn StateRead) -> Result<BTreeSet<Address>, StateError> {
    let mut found = BTreeSet::new();
    let mut collect = |range: KeyRange, address_of: fn(&Key) -> Option<Address>| {
        state.scan(&range, &mut |key, _| {
            found.extend(address_of(key));
            true
        })
    };
    collect(auth::keys::accounts(), auth::keys::address_of_account)?;
    collect(bank::keys::natives(), bank::keys::address_of_native)?;
    collect(keys::code_hashes(), keys::address_of_code_hash)?;
    collect(keys::all_slots(), |key| keys::slot_of(key).map(|(address, _)| address))?;
    Ok(found)
}
