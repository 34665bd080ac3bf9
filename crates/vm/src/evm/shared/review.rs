//! What a transaction did to the journal, by the entries that it left there.

use revm::context::JournalEntry;
use seiza_types::{Address, U256};

use crate::evm::history::HISTORY_ADDRESS;
use crate::evm::parts::{Core, Ended};

/// How much of a transaction can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// It moved balances, counted nonces and set slots.
    Simple,
    /// It also created or destroyed accounts: it is the last before all is written.
    Parting,
    /// It must be the journal's only one.
    Alone,
}

/// What kind of transaction has ended.
pub(super) fn kind(ended: &Ended, core: &Core) -> Kind {
    if ended.alone || !ended.effects.writes.is_empty() {
        return Kind::Alone;
    }
    core.journal.journal.iter().map(kind_of_entry).max().unwrap_or(Kind::Simple)
}

fn kind_of_entry(entry: &JournalEntry) -> Kind {
    match entry {
        JournalEntry::AccountWarmed { .. }
        | JournalEntry::AccountTouched { .. }
        | JournalEntry::BalanceChange { .. }
        | JournalEntry::BalanceTransfer { .. }
        | JournalEntry::NonceBump { .. }
        | JournalEntry::StorageWarmed { .. }
        | JournalEntry::TransientStorageChange { .. } => Kind::Simple,
        // Block hashes are read from there without asking the journal.
        JournalEntry::StorageChanged { address, .. } if *address == HISTORY_ADDRESS => Kind::Alone,
        JournalEntry::StorageChanged { .. } => Kind::Simple,
        // Only a creation gives code: delegations are alone before they run.
        JournalEntry::AccountDestroyed { .. }
        | JournalEntry::AccountCreated { .. }
        | JournalEntry::CodeChange { .. } => Kind::Parting,
        JournalEntry::NonceChange { .. } => Kind::Alone,
    }
}

/// Notes what is to be written because of a transaction that need not be alone: balances and slots that it has left other
/// than it found them. Nonces never go back, so that they are compared when all is written. What it destroyed is written as
/// it was before.
pub(super) fn settle(core: &mut Core, slots: &mut Vec<(Address, U256)>) {
    let (journal, notes) = (&core.journal, &mut core.notes);
    let mut settle = |address: &Address| {
        if let Some(account) = journal.state.get(address).filter(|account| !account.is_selfdestructed()) {
            notes.settle(address, account.info.balance);
        }
    };
    for entry in &journal.journal {
        match entry {
            JournalEntry::BalanceChange { address, .. } => settle(address),
            JournalEntry::BalanceTransfer { from, to, .. } => [from, to].into_iter().for_each(&mut settle),
            JournalEntry::AccountDestroyed { target, .. } => settle(target),
            JournalEntry::StorageChanged { address, key, .. } => {
                let account = journal.state.get(address).filter(|account| !account.is_selfdestructed());
                if account.and_then(|account| account.storage.get(key)).is_some_and(|slot| slot.is_changed()) {
                    slots.push((*address, *key));
                }
            }
            _ => {}
        }
    }
}
