//! How much of a transaction can be held: by what it says, and by the entries that it has left in the journal.

use revm::context::JournalEntry;
use revm::state::Account;
use seiza_types::{Address, Fork, U256};

use crate::evm::assembly::Ended;
use crate::evm::block::{BlockContext, FeePolicy};
use crate::evm::env::CallEnv;
use crate::evm::history::HISTORY_ADDRESS;
use crate::evm::parts::Core;
use crate::precompiles;

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

/// Whether the transaction is known to be one that must be alone, before it has run.
pub(super) fn is_intricate(block: &BlockContext, env: &CallEnv) -> bool {
    let calls_native = |to: &Address| block.fees == FeePolicy::Collector && precompiles::ADDRESSES.contains(to);
    block.fork < Fork::SpuriousDragon || !env.authorizations.is_empty() || env.to.as_ref().is_some_and(calls_native)
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
    let left = |address: &Address| journal.state.get(address).filter(|account| !account.is_selfdestructed());
    for entry in &journal.journal {
        for address in paid(entry).into_iter().flatten() {
            if let Some(account) = left(address) {
                notes.settle(address, account.info.balance);
            }
        }
        slots.extend(slot_set(entry).filter(|(address, slot)| left(address).is_some_and(|of| is_changed(of, slot))));
    }
}

/// The accounts whose balance the entry is about, and that may be there still.
fn paid(entry: &JournalEntry) -> [Option<&Address>; 2] {
    match entry {
        JournalEntry::BalanceChange { address, .. } => [Some(address), None],
        JournalEntry::BalanceTransfer { from, to, .. } => [Some(from), Some(to)],
        JournalEntry::AccountDestroyed { target, .. } => [Some(target), None],
        _ => [None, None],
    }
}

/// The slot that the entry is about.
fn slot_set(entry: &JournalEntry) -> Option<(Address, U256)> {
    match entry {
        JournalEntry::StorageChanged { address, key, .. } => Some((*address, *key)),
        _ => None,
    }
}

fn is_changed(account: &Account, slot: &U256) -> bool {
    account.storage.get(slot).is_some_and(|value| value.is_changed())
}
