//! What a transaction takes for granted of the balances it met.
//!
//! revm needs a number for every account it loads, but hardly any transaction depends on that number: a payer must have
//! enough, a recipient may have anything. So balances are peeked at, changes of them are written as deltas, and what the
//! transaction did conclude is noted ([`super::notes`]) while it runs: that a balance covered a payment, that an account was empty or
//! not, or (BALANCE, SELFBALANCE, SELFDESTRUCT, native code that asks) the exact amount. In the end the state is told, and
//! two transactions that pay from or to one account do not conflict.
//!
//! Emptiness (EIP-161) hangs on the balance only where there is neither nonce nor code. It is taken for granted as soon as
//! code may have seen it; an account that only received the transaction's value or its tip was seen by nobody.

use revm::primitives::KECCAK_EMPTY;
use revm::state::{Account, AccountInfo};
use seiza_modules::bank;
use seiza_state::{Delta, Premise, StateError, StateWrite};
use seiza_types::{Address, U256};

use super::machine::EvmContext;

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
        if loaded(self, &address).is_some() {
            self.journaled_state.database.notes.see(address);
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
        if let Some(balance) = loaded(self, &address).map(|account| account.info.balance) {
            self.journaled_state.database.notes.rely_later(address, premise, balance);
        }
    }
}

fn loaded<'c>(ctx: &'c EvmContext<'_>, address: &Address) -> Option<&'c Account> {
    ctx.journaled_state.inner.state.get(address)
}

/// Writes a balance that has changed: as a delta unless it is known exactly, so that payments of and to one account do not
/// conflict.
///
/// # Errors
/// Those of state.
pub(super) fn write(
    state: &mut dyn StateWrite,
    address: &Address,
    before: U256,
    now: U256,
    exact: bool,
) -> Result<(), StateError> {
    if exact {
        bank::set_native_balance(state, address, now);
        return Ok(());
    }
    let delta = if now > before { Delta::credit(now - before) } else { Delta::debit(before - now) };
    state.add(bank::keys::native(address), delta)
}
