//! What is remembered of accounts beside revm's journal: what was loaded, and what was concluded from it.

use revm::primitives::AddressMap;
use revm::primitives::hash_map::Entry;
use revm::state::{Account, EvmState, TransactionId};
use seiza_modules::bank;
use seiza_state::{Premise, StateError, StateRead};
use seiza_types::{Address, U256};

use super::balances::is_bare;

/// What is to be remembered of one account beside revm's journal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Note {
    /// The public key that its record holds, so that a nonce is written back with its key and without a second read.
    pub(crate) public_key: Option<[u8; 33]>,
    /// What was concluded from its balance as it was loaded.
    pub(crate) premise: Premise,
    /// Nonce and balance as they were loaded: revm forgets them when a second transaction meets the account.
    pub(super) nonce: u64,
    pub(super) loaded: U256,
    /// The balance after the last transaction of a session, and whether any of them has changed it.
    pub(super) settled: U256,
    pub(super) moved: bool,
}

impl Note {
    /// The note of an account that has just been loaded.
    pub(super) fn of(nonce: u64, balance: U256, public_key: Option<[u8; 33]>) -> Self {
        Self { public_key, nonce, loaded: balance, settled: balance, ..Self::default() }
    }

    pub(super) fn add(&mut self, premise: Premise) {
        self.premise = self.premise.and(premise);
    }

    /// Notes a conclusion from a balance that the account has had since.
    fn add_later(&mut self, premise: Premise, balance: U256) {
        self.add(moved(premise, balance, self.loaded));
    }

    /// Whether all depends on the exact balance.
    pub(super) fn is_exact(&self) -> bool {
        self.premise.at_least == self.premise.at_most
    }
}

/// The accounts that were loaded, with what is to be remembered of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Notes {
    accounts: AddressMap<Note>,
    /// Accounts that look empty or not by their balance alone and that no code has seen since an earlier transaction of the
    /// session loaded them, and those that the present one has loaded.
    unseen: Vec<Address>,
    unseen_now: Vec<Address>,
}

impl Notes {
    /// The public key in the account's record, as far as the account was loaded.
    pub(crate) fn public_key(&self, address: &Address) -> Option<[u8; 33]> {
        self.accounts.get(address)?.public_key
    }

    /// Whether the transaction depends on the exact balance.
    pub(crate) fn is_exact(&self, address: &Address) -> bool {
        self.accounts.get(address).is_some_and(Note::is_exact)
    }

    /// All accounts, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Address, &Note)> {
        self.accounts.iter()
    }

    /// Begins a further transaction on the accounts that are loaded. Who has got a nonce or code since, as senders have, is
    /// not empty whatever it owns.
    pub(super) fn begin(&mut self, state: &EvmState) {
        let bare = |address: &Address| state.get(address).is_some_and(|account| is_bare(&account.info));
        self.unseen.extend(self.unseen_now.drain(..).filter(bare));
    }

    /// Notes an account that has just been loaded; `unseen` says that no code may see whether it is empty.
    pub(super) fn load(&mut self, address: Address, note: Note, unseen: bool) {
        match self.accounts.entry(address) {
            Entry::Vacant(new) => new.insert(note),
            Entry::Occupied(known) => return known.into_mut().add(note.premise),
        };
        if unseen {
            self.unseen_now.push(address);
        }
    }

    /// Notes that a transaction of a session has ended with that balance.
    pub(super) fn settle(&mut self, address: &Address, balance: U256) {
        if let Some(note) = self.accounts.get_mut(address).filter(|note| note.settled != balance) {
            note.settled = balance;
            note.moved = true;
        }
    }

    /// Notes that a loaded account, which owned so much, has been given more between two transactions.
    pub(super) fn credit(&mut self, address: Address, owned: U256, wei: U256) {
        self.rely_later(address, Premise { at_most: U256::MAX - wei, ..Premise::default() }, owned);
        self.settle(&address, owned + wei);
    }

    /// Notes a conclusion from the balance that the account had at first.
    pub(super) fn rely(&mut self, address: Address, premise: Premise) {
        self.accounts.entry(address).or_default().add(premise);
    }

    /// Notes a conclusion from a balance that the account has had since.
    pub(super) fn rely_later(&mut self, address: Address, premise: Premise, balance: U256) {
        self.accounts.entry(address).or_default().add_later(premise, balance);
    }

    /// Notes that the exact balance was seen.
    pub(super) fn see(&mut self, address: Address) {
        let note = self.accounts.entry(address).or_default();
        note.add(Premise::exactly(note.loaded));
    }

    /// Takes for granted whether the accounts are empty that the present transaction has met again. Called when all code of
    /// it has run: only what follows is seen by nobody.
    pub(super) fn see_again(&mut self, state: &EvmState, transaction: TransactionId) {
        let met = |address: &Address| state.get(address).filter(|account| account.transaction_id == transaction);
        let accounts = &mut self.accounts;
        self.unseen.retain(|address| {
            let Some(at_first) = met(address).map(Account::original_info) else { return true };
            if let Some(note) = accounts.get_mut(address).filter(|_| is_bare(&at_first)) {
                note.add_later(Premise::as_empty_as(at_first.balance), at_first.balance);
            }
            false
        });
    }

    /// Notes what the end of the transaction depends on.
    pub(super) fn conclude(&mut self, state: &EvmState) {
        #[expect(clippy::iter_over_hash_type, reason = "each account has a note of its own")]
        for (address, account) in state {
            if let Some(premise) = concluded(account) {
                self.rely(*address, premise);
            }
        }
    }

    /// Makes the transaction depend on all that was noted.
    ///
    /// # Errors
    /// Those of reading state.
    pub(super) fn tell(&self, state: &dyn StateRead) -> Result<(), StateError> {
        #[expect(clippy::iter_over_hash_type, reason = "each premise is about a key of its own")]
        for (address, note) in &self.accounts {
            if !note.premise.is_empty() {
                state.rely(&bank::keys::native(address), note.premise)?;
            }
        }
        Ok(())
    }

    /// Forgets all, keeping the memory.
    pub(super) fn clear(&mut self) {
        self.accounts.clear();
        self.unseen.clear();
        self.unseen_now.clear();
    }
}

/// What the end of a transaction depends on: whether an account that now looks empty to EIP-161 was something before. One
/// with a nonce or code is not empty whatever it owns.
fn concluded(account: &Account) -> Option<Premise> {
    if !account.is_touched() || !is_bare(&account.info) || account.is_loaded_as_not_existing() {
        return None;
    }
    let (now, before) = (account.info.balance, account.original_info().balance);
    if now < before { Some(Premise::exactly(before)) } else { now.is_zero().then(|| Premise::as_empty_as(before)) }
}

/// What `premise` of the balance `now` says of the balance `before`: gains and payments in between are fixed.
fn moved(premise: Premise, now: U256, before: U256) -> Premise {
    let at_most = match premise.at_most {
        U256::MAX => U256::MAX,
        most => before.saturating_add(most.saturating_sub(now)),
    };
    Premise { at_least: before.saturating_sub(now.saturating_sub(premise.at_least)), at_most }
}
