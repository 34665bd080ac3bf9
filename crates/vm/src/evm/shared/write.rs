//! Writing what a session has changed. Native code, delegations, and accounts that were left empty have no part in it.

use revm::state::Account;
use seiza_modules::{auth, bank};
use seiza_state::{StateError, StateWrite};
use seiza_types::{Address, U256};

use crate::evm::accounts::{clear_storage, set_storage, write_code};
use crate::evm::notes::Note;
use crate::evm::parts::Core;
use crate::evm::{balances, keys};

/// Makes the session depend on what it took for granted, and writes accounts without their slots.
pub(super) fn accounts(state: &mut dyn StateWrite, core: &Core) -> Result<(), StateError> {
    core.notes.tell(&*state)?;
    for (address, note) in core.notes.iter() {
        if let Some(account) = core.journal.state.get(address) {
            Writer { state, address, account, note }.write()?;
        }
    }
    Ok(())
}

/// One account.
struct Writer<'a> {
    state: &'a mut dyn StateWrite,
    address: &'a Address,
    account: &'a Account,
    note: &'a Note,
}

impl Writer<'_> {
    fn write(&mut self) -> Result<(), StateError> {
        if !self.account.is_selfdestructed() {
            return self.write_info();
        }
        if self.account.original_info().is_empty() {
            // It was nothing before the last transaction, and is nothing again.
            return self.write_balance(self.note.settled);
        }
        self.remove()
    }

    fn write_info(&mut self) -> Result<(), StateError> {
        let info = &self.account.info;
        if info.nonce != self.note.nonce {
            let record = auth::Account { nonce: info.nonce, public_key: self.note.public_key };
            auth::set_account(self.state, self.address, &record);
        }
        if self.account.is_created() && !info.is_empty_code_hash() {
            write_code(self.state, self.address, info);
        }
        self.write_balance(info.balance)
    }

    /// Also where it is what it was at first: one by one, the transactions would have written it.
    fn write_balance(&mut self, now: U256) -> Result<(), StateError> {
        if !self.note.moved {
            return Ok(());
        }
        balances::write(self.state, self.address, self.note.loaded, now, self.note.is_exact())
    }

    /// Removes an account that was there before the last transaction.
    fn remove(&mut self) -> Result<(), StateError> {
        self.state.delete(auth::keys::account(self.address));
        if self.note.moved || !self.note.loaded.is_zero() {
            self.state.delete(bank::keys::native(self.address));
        }
        if !self.account.original_info().is_empty_code_hash() {
            self.state.delete(keys::code_hash(self.address));
        }
        if self.account.is_created() { Ok(()) } else { clear_storage(self.state, self.address) }
    }
}

/// Writes the slots, each once.
pub(super) fn slots(state: &mut dyn StateWrite, core: &mut Core, changed: &[(Address, U256)]) {
    // No transaction has this number: it marks what is written.
    let written = core.journal.transaction_id;
    for of_one in changed.chunk_by(|a, b| a.0 == b.0) {
        let address = &of_one[0].0;
        let Some(account) = core.journal.state.get_mut(address) else { continue };
        let is_gone = account.is_selfdestructed();
        for (_, slot) in of_one {
            if let Some(value) = account.storage.get_mut(slot).filter(|value| value.transaction_id != written) {
                value.transaction_id = written;
                set_storage(state, address, slot, if is_gone { U256::ZERO } else { value.present_value });
            }
        }
    }
}
