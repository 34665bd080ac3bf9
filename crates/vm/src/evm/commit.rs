//! Writing back what a transaction changed, and nothing that it did not change.
//!
//! revm hands the touched accounts over in a hash map. The order does not matter here: every account is written to keys of
//! its own, the keys of two accounts differ, and a write set is ordered by key.

use std::collections::BTreeMap;

use revm::state::{Account, EvmState};
use seiza_modules::{auth, bank, fees};
use seiza_state::{Delta, StateError, StateWrite, Write};
use seiza_types::{Address, Denom};

use super::outcome::Effects;
use super::{accounts, balances, keys};

/// Writes accounts, then native effects, then fees (an add, so it may follow a put of the collector's balance).
pub(crate) fn apply(state: &mut dyn StateWrite, changed: &EvmState, effects: &Effects) -> Result<(), StateError> {
    let new_keys = apply_native(state, effects)?;
    #[expect(clippy::iter_over_hash_type, reason = "each account has keys of its own: see the head of this file")]
    for (address, account) in changed {
        if account.is_touched() {
            let new_key = new_keys.get(address).copied();
            let key = new_key.or_else(|| effects.notes.public_key(address));
            let exact = effects.notes.is_exact(address);
            Writer { state, address, account, key, key_is_new: new_key.is_some(), exact }.write()?;
        }
    }
    fees::collect(state, effects.fee)?;
    if effects.burned.is_zero() {
        return Ok(());
    }
    state.add(bank::keys::supply(&Denom::native()), Delta::debit(effects.burned))
}

/// Writes what native code wrote; answers the public keys that it learned, whose records wait for the EVM's nonces.
fn apply_native(state: &mut dyn StateWrite, effects: &Effects) -> Result<BTreeMap<Address, [u8; 33]>, StateError> {
    let mut new_keys = BTreeMap::new();
    for (key, write) in effects.writes.iter() {
        match (auth::keys::address_of_account(key), write) {
            (Some(address), Write::Put(value)) => {
                new_keys.extend(auth::Account::decode(key, value)?.public_key.map(|public_key| (address, public_key)));
            }
            (_, Write::Put(value)) => state.put(key.clone(), value.clone()),
            (_, Write::Delete) => state.delete(key.clone()),
            (_, Write::Add(delta)) => state.add(key.clone(), delta.clone())?,
        }
    }
    Ok(new_keys)
}

/// One touched account.
struct Writer<'a> {
    state: &'a mut dyn StateWrite,
    address: &'a Address,
    account: &'a Account,
    key: Option<[u8; 33]>,
    key_is_new: bool,
    /// Whether the balance is known, and not only what is added to it or taken from it.
    exact: bool,
}

impl Writer<'_> {
    fn write(&mut self) -> Result<(), StateError> {
        if self.account.is_selfdestructed() {
            return self.remove();
        }
        if self.account.is_empty() && !self.account.is_created() && self.key.is_none() {
            // EIP-158. Before it, revm has marked such accounts as created or taken the touch back.
            return self.remove();
        }
        self.write_info()?;
        self.write_slots();
        Ok(())
    }

    /// Removes the account, as far as there was one before the transaction.
    fn remove(&mut self) -> Result<(), StateError> {
        if self.account.is_loaded_as_not_existing() {
            return Ok(());
        }
        let before = self.account.original_info();
        self.state.delete(auth::keys::account(self.address));
        if !before.balance.is_zero() {
            self.state.delete(bank::keys::native(self.address));
        }
        if !before.is_empty_code_hash() {
            self.state.delete(keys::code_hash(self.address));
        }
        if self.account.is_created() {
            // What was created in this transaction has no stored slots.
            return Ok(());
        }
        accounts::clear_storage(self.state, self.address)
    }

    fn write_info(&mut self) -> Result<(), StateError> {
        let (now, before) = (&self.account.info, self.account.original_info());
        let left_empty = self.account.is_created() && self.account.is_empty();
        if now.nonce != before.nonce || self.key_is_new || left_empty {
            let record = auth::Account { nonce: now.nonce, public_key: self.key };
            auth::set_account(self.state, self.address, &record);
        }
        if now.balance != before.balance {
            balances::write(self.state, self.address, before.balance, now.balance, self.exact)?;
        }
        if now.code_hash != before.code_hash {
            accounts::write_code(self.state, self.address, now);
        }
        Ok(())
    }

    fn write_slots(&mut self) {
        // In any order: each slot has a key of its own, and a write set is ordered by key.
        for (slot, value) in self.account.changed_storage_slots() {
            accounts::set_storage(self.state, self.address, slot, value.present_value);
        }
    }
}
