//! Accounts: one nonce, one key, two addresses.
//!
//! State knows an account by its EVM address. The Cosmos address of the same key is *linked* to it by the key's first
//! transaction of either kind, or by the addr precompile. Until then each address stands for itself in both forms (a
//! *cast*); what was sent to the cast of the Cosmos address moves to the account when they are linked. The Cosmos sequence
//! and the EVM nonce are one number.

pub mod keys;
#[cfg(test)]
mod tests;

use seiza_state::{Key, StateError, StateRead, StateWrite, Value};
use seiza_types::tx::Signer;
use seiza_types::{Address, SeiAddress};

use crate::bank;

/// What is known of an account beside its balances and code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    /// Next nonce (EVM) and sequence (Cosmos).
    pub nonce: u64,
    /// Compressed secp256k1 key; known since the account was linked, absent for contracts and for those who never signed.
    pub public_key: Option<[u8; 33]>,
}

const NONCE_BYTES: usize = 8;
const RECORD_BYTES: usize = NONCE_BYTES + 33;

impl Account {
    /// The account's stored form.
    #[must_use]
    pub fn encode(&self) -> Value {
        let Some(public_key) = &self.public_key else { return self.nonce.to_be_bytes()[..].into() };
        let mut bytes = [0; RECORD_BYTES];
        bytes[..NONCE_BYTES].copy_from_slice(&self.nonce.to_be_bytes());
        bytes[NONCE_BYTES..].copy_from_slice(public_key);
        bytes[..].into()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`StateError::Damaged`] where it is neither 8 nor 41 bytes.
    pub fn decode(key: &Key, bytes: &[u8]) -> Result<Self, StateError> {
        let damaged = || StateError::Damaged(key.clone(), "an account is a nonce (8) and maybe a key (33)");
        let (nonce, rest) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let public_key = match rest {
            [] => None,
            rest => Some(rest.try_into().map_err(|_| damaged())?),
        };
        Ok(Self { nonce: u64::from_be_bytes(*nonce), public_key })
    }
}

/// The account at `address`, if it exists as more than a balance.
///
/// # Errors
/// Those of reading state.
pub fn account(state: &dyn StateRead, address: &Address) -> Result<Option<Account>, StateError> {
    at(state, &keys::account(address))
}

/// As [`account`], by the key of the record.
///
/// # Errors
/// Those of reading state.
pub fn at(state: &dyn StateRead, key: &Key) -> Result<Option<Account>, StateError> {
    state.get(key)?.map(|value| Account::decode(key, &value)).transpose()
}

/// As [`account`], of the sender of a transaction that takes `nonce`: where transactions before it are not done yet, they are
/// expected to leave the account so.
///
/// # Errors
/// Those of reading state.
pub fn account_in_turn(state: &dyn StateRead, address: &Address, nonce: u64) -> Result<Option<Account>, StateError> {
    at_in_turn(state, &keys::account(address), nonce)
}

/// As [`account_in_turn`], by the key of the record.
///
/// # Errors
/// Those of reading state.
pub fn at_in_turn(state: &dyn StateRead, key: &Key, nonce: u64) -> Result<Option<Account>, StateError> {
    let found = state.expect(key, &|found| in_turn(key, found?, nonce))?;
    found.map(|value| Account::decode(key, &value)).transpose()
}

/// What the transactions before that of `nonce` make of a record, if there must be any.
#[must_use]
pub fn in_turn(key: &Key, found: &Value, nonce: u64) -> Option<Value> {
    let account = Account::decode(key, found).ok()?;
    (account.nonce < nonce).then(|| Account { nonce, ..account }.encode())
}

/// Stores the account at `address`.
pub fn set_account(state: &mut dyn StateWrite, address: &Address, account: &Account) {
    state.put(keys::account(address), account.encode());
}

/// The nonce of `address`; 0 where it never acted.
///
/// # Errors
/// Those of reading state.
pub fn nonce(state: &dyn StateRead, address: &Address) -> Result<u64, StateError> {
    Ok(account(state, address)?.unwrap_or_default().nonce)
}

/// The Cosmos form of an account: its key's address once linked, else the cast.
///
/// # Errors
/// Those of reading state.
pub fn sei_address(state: &dyn StateRead, address: &Address) -> Result<SeiAddress, StateError> {
    let key = account(state, address)?.and_then(|account| account.public_key);
    Ok(key.map_or_else(|| SeiAddress::cast_from(*address), |key| SeiAddress::from_public_key(&key)))
}

/// The account that a Cosmos address names: the linked one, else the cast.
///
/// # Errors
/// Those of reading state.
pub fn evm_address(state: &dyn StateRead, address: &SeiAddress) -> Result<Address, StateError> {
    Ok(linked(state, address)?.unwrap_or_else(|| address.cast()))
}

/// The account that a Cosmos address is linked to.
///
/// # Errors
/// Those of reading state, and damage.
pub fn linked(state: &dyn StateRead, address: &SeiAddress) -> Result<Option<Address>, StateError> {
    let key = keys::link(address);
    let Some(value) = state.get(&key)? else { return Ok(None) };
    let address = Address::try_from(&*value).map_err(|_| StateError::Damaged(key, "a link is an address (20)"))?;
    Ok(Some(address))
}

/// Links the two addresses of `signer`'s key, unless they are, and moves what sits at the cast of its Cosmos address to the
/// account. Answers whether they were linked only now. Asking again sweeps what has arrived at the cast since.
///
/// # Errors
/// Those of state.
pub fn link(state: &mut dyn StateWrite, signer: &Signer) -> Result<bool, StateError> {
    let mut account = account(state, &signer.address)?.unwrap_or_default();
    let new = account.public_key.is_none();
    if new {
        account.public_key = Some(signer.public_key);
        set_account(state, &signer.address, &account);
        state.put(keys::link(&signer.sei), signer.address.as_slice().into());
    }
    bank::sweep(state, &signer.sei.cast(), &signer.address)?;
    Ok(new)
}

/// What every Cosmos transaction does first: takes the sender's nonce, and links its addresses the first time. Answers
/// whether `nonce` is the one that comes next; where it is not, nothing is written. A sender that is linked costs one read
/// and one write.
///
/// # Errors
/// Those of state.
pub fn begin_tx(state: &mut dyn StateWrite, signer: &Signer, nonce: u64) -> Result<bool, StateError> {
    let mut found = account_in_turn(state, &signer.address, nonce)?.unwrap_or_default();
    if found.nonce != nonce {
        return Ok(false);
    }
    if found.public_key.is_none() {
        link(state, signer)?;
        found.public_key = Some(signer.public_key);
    }
    found.nonce += 1;
    set_account(state, &signer.address, &found);
    Ok(true)
}
