//! What a transaction takes for granted of the balances it met.
//!
//! revm needs a number for every account it loads, but hardly any transaction depends on that number: a payer must have
//! enough, a recipient may have anything. So balances are peeked at, changes of them are written as deltas, and what the
//! transaction did conclude is noted here while it runs: that a balance covered a payment, that an account was empty or
//! not, or (BALANCE, SELFBALANCE, SELFDESTRUCT, native code that asks) the exact amount. In the end the state is told, and
//! two transactions that pay from or to one account do not conflict.
//!
//! Emptiness (EIP-161) hangs on the balance only where there is neither nonce nor code. It is taken for granted as soon as
//! code may have seen it; an account that only received the transaction's value or its tip was seen by nobody.

use revm::primitives::{AddressMap, KECCAK_EMPTY};
use revm::state::{Account, AccountInfo, EvmState};
use seiza_modules::bank;
use seiza_state::{Premise, StateError, StateRead};
use seiza_types::{Address, U256};

use super::machine::EvmContext;

/// What is to be remembered of one account beside revm's journal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Note {
    /// The public key that its record holds, so that a nonce is written back with its key and without a second read.
    pub(crate) public_key: Option<[u8; 33]>,
    /// What was concluded from its balance at the start of the transaction.
    pub(crate) premise: Premise,
}

impl Note {
    fn add(&mut self, premise: Premise) {
        self.premise = self.premise.and(premise);
    }
}

/// The accounts of one transaction of which something is to be remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Notes(AddressMap<Note>);

impl Notes {
    /// The public key in the account's record, as far as the account was loaded.
    pub(crate) fn public_key(&self, address: &Address) -> Option<[u8; 33]> {
        self.0.get(address)?.public_key
    }

    /// Whether the transaction depends on the exact balance.
    pub(crate) fn is_exact(&self, address: &Address) -> bool {
        self.0.get(address).is_some_and(|note| note.premise.at_least == note.premise.at_most)
    }

    /// Notes what a loaded account's record holds.
    pub(super) fn keep_key(&mut self, address: Address, public_key: [u8; 33]) {
        self.0.entry(address).or_default().public_key = Some(public_key);
    }

    /// Notes a conclusion from the balance that the account had at first.
    pub(super) fn rely(&mut self, address: Address, premise: Premise) {
        self.0.entry(address).or_default().add(premise);
    }

    /// Notes what the end of the transaction depends on: whether an account that now looks empty to EIP-161 was something
    /// before. Accounts with a nonce or code are not empty whatever they own.
    pub(super) fn conclude(&mut self, state: &EvmState) {
        #[expect(clippy::iter_over_hash_type, reason = "each account has a note of its own")]
        for (address, account) in state {
            let (now, before) = (&account.info, account.original_info().balance);
            if !account.is_touched() || !is_bare(now) || account.is_loaded_as_not_existing() {
                continue;
            }
            if now.balance < before {
                self.rely(*address, Premise::exactly(before));
            } else if now.balance.is_zero() {
                self.rely(*address, Premise::as_empty_as(before));
            }
        }
    }

    /// Makes the transaction depend on all that was noted.
    ///
    /// # Errors
    /// Those of reading state.
    pub(super) fn tell(&self, state: &dyn StateRead) -> Result<(), StateError> {
        #[expect(clippy::iter_over_hash_type, reason = "each premise is about a key of its own")]
        for (address, note) in &self.0 {
            if !note.premise.is_empty() {
                state.rely(&bank::keys::native(address), note.premise)?;
            }
        }
        Ok(())
    }

    /// Forgets all, keeping the memory.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Whether only the balance decides if the account is empty.
pub(super) fn is_bare(info: &AccountInfo) -> bool {
    info.nonce == 0 && info.code_hash == KECCAK_EMPTY
}

/// A transaction's context that notes what code asks of balances.
pub(crate) trait ObserveBalance {
    /// The exact balance of a loaded account was seen.
    fn observe_balance(&mut self, address: Address);

    /// The balance of a loaded account is to pay `amount`: it will, or the shortfall was seen.
    fn observe_payment(&mut self, address: Address, amount: U256);

    /// What `premise` says of the present balance of a loaded account was taken for granted.
    fn rely_on_balance(&mut self, address: Address, premise: Premise);
}

impl ObserveBalance for EvmContext<'_> {
    fn observe_balance(&mut self, address: Address) {
        if let Some(before) = loaded(self, &address).map(|account| account.original_info().balance) {
            self.journaled_state.database.notes.rely(address, Premise::exactly(before));
        }
    }

    fn observe_payment(&mut self, address: Address, amount: U256) {
        match loaded(self, &address) {
            Some(account) if amount <= account.info.balance => {
                self.rely_on_balance(address, Premise::covers(amount));
            }
            _ => self.observe_balance(address),
        }
    }

    fn rely_on_balance(&mut self, address: Address, premise: Premise) {
        if let Some(account) = loaded(self, &address) {
            let at_first = moved(premise, account.info.balance, account.original_info().balance);
            self.journaled_state.database.notes.rely(address, at_first);
        }
    }
}

fn loaded<'c>(ctx: &'c EvmContext<'_>, address: &Address) -> Option<&'c Account> {
    ctx.journaled_state.inner.state.get(address)
}

/// What `premise` of the balance `now` says of the balance `before`: the transaction's own gains and payments are fixed.
fn moved(premise: Premise, now: U256, before: U256) -> Premise {
    let at_most = match premise.at_most {
        U256::MAX => U256::MAX,
        most => before.saturating_add(most.saturating_sub(now)),
    };
    Premise { at_least: before.saturating_sub(now.saturating_sub(premise.at_least)), at_most }
}
