//! Writing what a session has changed. Accounts that were created, removed or given code do not come here.

use revm::state::Account;
use seiza_modules::{auth, bank};
use seiza_state::{Delta, StateError, StateWrite};
use seiza_types::{Address, U256};

use crate::evm::accounts::set_storage;
use crate::evm::balances::Note;
use crate::evm::machine::Core;

/// Makes the session depend on what it took for granted, and writes nonces and balances.
pub(super) fn accounts(state: &mut dyn StateWrite, core: &Core) -> Result<(), StateError> {
    core.notes.tell(&*state)?;
    for (address, note) in core.notes.iter() {
        if let Some(account) = core.journal.state.get(address) {
            write_account(state, address, account, note)?;
        }
    }
    Ok(())
}

fn write_account(
    state: &mut dyn StateWrite,
    address: &Address,
    account: &Account,
    note: &Note,
) -> Result<(), StateError> {
    let (nonce, balance) = (account.info.nonce, account.info.balance);
    if nonce != note.nonce {
        auth::set_account(state, address, &auth::Account { nonce, public_key: note.public_key });
    }
    if !note.moved {
        return Ok(());
    }
    if note.is_exact() {
        bank::set_native_balance(state, address, balance);
        return Ok(());
    }
    // Also where the sum is what it was: one by one, the transactions would have written it.
    let before = note.loaded;
    let delta = if balance > before { Delta::credit(balance - before) } else { Delta::debit(before - balance) };
    state.add(bank::keys::native(address), delta)
}

/// Writes the slots, each once.
pub(super) fn slots(state: &mut dyn StateWrite, core: &mut Core, changed: &[(Address, U256)]) {
    // No transaction has this number: it marks what is written.
    let written = core.journal.transaction_id;
    for of_one in changed.chunk_by(|a, b| a.0 == b.0) {
        let address = &of_one[0].0;
        let Some(account) = core.journal.state.get_mut(address) else { continue };
        for (_, slot) in of_one {
            if let Some(value) = account.storage.get_mut(slot).filter(|value| value.transaction_id != written) {
                value.transaction_id = written;
                set_storage(state, address, slot, value.present_value);
            }
        }
    }
}
