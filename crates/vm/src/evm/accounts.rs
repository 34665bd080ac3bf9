//! Accounts as the EVM sees them, put together from three stores: nonce (auth), native balance (bank), code and slots (evm).
//! Also how genesis and state overrides set them.

use revm::primitives::{KECCAK_EMPTY, keccak256};
use revm::state::{AccountInfo, Bytecode};
use seiza_modules::{auth, bank};
use seiza_state::{Key, StateError, StateRead, StateWrite, Value, amount_from_value};
use seiza_types::{Address, B256, Bytes, U256};

use super::code_cache::codes;
use super::keys;

/// An account without its code and storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountView {
    /// Next nonce.
    pub nonce: u64,
    /// Wei.
    pub balance: U256,
    /// keccak of the code; that of no bytes where there is none.
    pub code_hash: B256,
}

/// The account at `address`. It exists where it has a nonce, a balance or code, or was left empty before EIP-158 (an auth
/// record with nonce 0 and no key); a linked address that never acted does not.
///
/// # Errors
/// Those of reading state.
pub fn account(state: &dyn StateRead, address: &Address) -> Result<Option<AccountView>, StateError> {
    let (record, balance) = (auth::account(state, address)?, bank::native_balance(state, address)?);
    Ok(put_together(state, address, record, balance)?.0)
}

/// The account, and the public key that its auth record holds. Its balance is only peeked at: whoever draws a conclusion
/// from it must say so ([`StateRead::rely`]). `turn` is the nonce that a transaction takes whose sender it is.
pub(crate) fn peek(
    state: &dyn StateRead,
    address: &Address,
    turn: Option<u64>,
) -> Result<(Option<AccountView>, Option<[u8; 33]>), StateError> {
    let record = match turn {
        Some(nonce) => auth::account_in_turn(state, address, nonce)?,
        None => auth::account(state, address)?,
    };
    let key = bank::keys::native(address);
    let balance = amount_from_value(&key, state.peek(&key)?.as_deref())?;
    put_together(state, address, record, balance)
}

fn put_together(
    state: &dyn StateRead,
    address: &Address,
    record: Option<auth::Account>,
    balance: U256,
) -> Result<(Option<AccountView>, Option<[u8; 33]>), StateError> {
    let code_hash = code_hash(state, address)?;
    let (nonce, key) = record.map_or((0, None), |record| (record.nonce, record.public_key));
    let left_empty = record.is_some() && key.is_none();
    let exists = left_empty || nonce != 0 || !balance.is_zero() || code_hash != KECCAK_EMPTY;
    Ok((exists.then_some(AccountView { nonce, balance, code_hash }), key))
}

/// The hash of the account's code; that of no bytes where there is none.
///
/// # Errors
/// Those of reading state, and damage.
pub fn code_hash(state: &dyn StateRead, address: &Address) -> Result<B256, StateError> {
    let key = keys::code_hash(address);
    let Some(value) = state.get(&key)? else { return Ok(KECCAK_EMPTY) };
    B256::try_from(&*value).map_err(|_| StateError::Damaged(key, "a code hash has 32 bytes"))
}

/// The account's code; empty where there is none.
///
/// # Errors
/// Those of reading state, and damage.
pub fn code(state: &dyn StateRead, address: &Address) -> Result<Bytes, StateError> {
    Ok(bytecode(state, code_hash(state, address)?)?.original_bytes())
}

/// Analysed code by its hash, from the shared cache where it can. What is read is held against its hash first: in states
/// that never were there may lie anything, and the cache outlives them.
pub(crate) fn bytecode(state: &dyn StateRead, hash: B256) -> Result<Bytecode, StateError> {
    if hash == KECCAK_EMPTY || hash.is_zero() {
        return Ok(Bytecode::default());
    }
    if let Some(code) = codes().get(&hash) {
        return Ok(code);
    }
    let key = keys::code(&hash);
    let Some(value) = state.get(&key)? else {
        return Err(StateError::Damaged(key, "an account names code that is not stored"));
    };
    if keccak256(&*value) != hash {
        return Err(StateError::Damaged(key, "the code has another hash"));
    }
    let code = analyse(Bytes(value.into_bytes()));
    codes().insert(hash, code.clone());
    Ok(code)
}

/// Code ready to run. What only looks like a delegation (EIP-7702) is ordinary code.
pub(crate) fn analyse(code: Bytes) -> Bytecode {
    Bytecode::new_raw_checked(code.clone()).unwrap_or_else(|_| Bytecode::new_legacy(code))
}

/// One storage slot; zero where nothing is stored.
///
/// # Errors
/// Those of reading state, and damage.
pub fn storage(state: &dyn StateRead, address: &Address, slot: &U256) -> Result<U256, StateError> {
    let key = keys::slot(address, slot);
    state.get(&key)?.map_or(Ok(U256::ZERO), |value| slot_from_value(&key, &value))
}

/// Decodes a slot's value.
pub(crate) fn slot_from_value(key: &Key, value: &[u8]) -> Result<U256, StateError> {
    U256::try_from_be_slice(value).ok_or_else(|| StateError::Damaged(key.clone(), "a slot has 32 bytes at most"))
}

/// Encodes a slot's value; zero is absence.
pub(crate) fn value_from_slot(value: U256) -> Option<Value> {
    let bytes = value.to_be_bytes::<32>();
    (!value.is_zero()).then(|| bytes[value.leading_zeros() / 8..].into())
}

/// Whether any slot of the account is set.
pub(crate) fn has_storage(state: &dyn StateRead, address: &Address) -> Result<bool, StateError> {
    let mut found = false;
    state.scan(&keys::slots(address), &mut |_, _| {
        found = true;
        false
    })?;
    Ok(found)
}

/// Sets the account's code; empty code removes it. The code is stored before the account names it.
pub fn set_code(state: &mut dyn StateWrite, address: &Address, code: Bytes) {
    if code.is_empty() {
        return state.delete(keys::code_hash(address));
    }
    let hash = keccak256(&code);
    state.put(keys::code(&hash), code.0.into());
    state.put(keys::code_hash(address), hash.as_slice().into());
}

/// Writes the code that a transaction has given to the account, or taken from it.
pub(super) fn write_code(state: &mut dyn StateWrite, address: &Address, info: &AccountInfo) {
    if info.is_empty_code_hash() {
        return state.delete(keys::code_hash(address));
    }
    state.put(keys::code_hash(address), info.code_hash.as_slice().into());
    if let Some(code) = &info.code {
        state.put(keys::code(&info.code_hash), code.original_bytes().0.into());
    }
}

/// Sets one storage slot; zero removes it.
pub fn set_storage(state: &mut dyn StateWrite, address: &Address, slot: &U256, value: U256) {
    let key = keys::slot(address, slot);
    match value_from_slot(value) {
        Some(value) => state.put(key, value),
        None => state.delete(key),
    }
}

/// Removes all storage of the account: what destruction does, and an override that replaces the whole storage.
///
/// # Errors
/// Those of reading state.
pub fn clear_storage(state: &mut dyn StateWrite, address: &Address) -> Result<(), StateError> {
    let mut found = Vec::new();
    state.scan(&keys::slots(address), &mut |key, _| {
        found.push(key.clone());
        true
    })?;
    for key in found {
        state.delete(key);
    }
    Ok(())
}

/// Sets the nonce; a known public key stays.
///
/// # Errors
/// Those of reading state.
pub fn set_nonce(state: &mut dyn StateWrite, address: &Address, nonce: u64) -> Result<(), StateError> {
    let record = auth::account(state, address)?.unwrap_or_default();
    auth::set_account(state, address, &auth::Account { nonce, ..record });
    Ok(())
}

/// Sets the native balance in wei. Supply is the caller's concern.
pub fn set_balance(state: &mut dyn StateWrite, address: &Address, wei: U256) {
    bank::set_native_balance(state, address, wei);
}
