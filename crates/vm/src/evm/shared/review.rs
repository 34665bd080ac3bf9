//! What a transaction did to the journal, by the entries that it left there.

use revm::context::JournalEntry;
use seiza_types::{Address, U256};

use crate::evm::history::HISTORY_ADDRESS;
use crate::evm::machine::{Core, Ended};

/// Whether the transaction did more than to move balances, count nonces and set slots.
pub(super) fn is_intricate(ended: &Ended, core: &Core) -> bool {
    let effects = &ended.effects;
    let native = !effects.writes.is_empty() || !effects.burned.is_zero();
    native || core.journal.journal.iter().any(is_intricate_entry)
}

fn is_intricate_entry(entry: &JournalEntry) -> bool {
    match entry {
        JournalEntry::AccountWarmed { .. }
        | JournalEntry::AccountTouched { .. }
        | JournalEntry::BalanceChange { .. }
        | JournalEntry::BalanceTransfer { .. }
        | JournalEntry::NonceBump { .. }
        | JournalEntry::StorageWarmed { .. }
        | JournalEntry::TransientStorageChange { .. } => false,
        // Block hashes are read from there without asking the journal.
        JournalEntry::StorageChanged { address, .. } => *address == HISTORY_ADDRESS,
        JournalEntry::AccountDestroyed { .. }
        | JournalEntry::AccountCreated { .. }
        | JournalEntry::CodeChange { .. }
        | JournalEntry::NonceChange { .. } => true,
    }
}

/// Notes what is to be written because of a transaction that was not intricate: balances and slots that it has left other
/// than it found them. (Nonces never go back, so that they are compared when all is written.)
pub(super) fn settle(core: &mut Core, slots: &mut Vec<(Address, U256)>) {
    let (journal, notes) = (&core.journal, &mut core.notes);
    let mut settle = |address: &Address| {
        if let Some(account) = journal.state.get(address) {
            notes.settle(address, account.info.balance);
        }
    };
    for entry in &journal.journal {
        match entry {
            JournalEntry::BalanceChange { address, .. } => settle(address),
            JournalEntry::BalanceTransfer { from, to, .. } => [from, to].into_iter().for_each(&mut settle),
            JournalEntry::StorageChanged { address, key, .. } => {
                let slot = journal.state.get(address).and_then(|account| account.storage.get(key));
                if slot.is_some_and(|slot| slot.is_changed()) {
                    slots.push((*address, *key));
                }
            }
            _ => {}
        }
    }
}
