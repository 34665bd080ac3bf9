//! Balances of every denom. The native coin is kept in wei, one key per account, the same number that the EVM sees.
//!
//! Credits are commutative adds and read nothing. Debits are adds, too, and depend on one thing only: that the payer's
//! balance covers them; so many may pay, or be paid, from one account in one block without a conflict. Debits check first
//! and write after. Supply changes only by [`mint`] and [`burn`].

mod event;
mod genesis;
pub mod keys;
mod moves;
#[cfg(test)]
mod tests;
mod wrapped;

pub use genesis::{Balance, BankGenesis};
pub use moves::{burn, credit, debit, mint, release, sweep, transfer};
pub use wrapped::{WRAPPED_PREFIX, token_of, unwrap, wrap, wrapped_denom};

use seiza_state::{Key, StateError, StateRead, StateWrite, amount_from_value, value_from_amount};
use seiza_types::tx::Message;
use seiza_types::{Address, Coin, Denom, U256, usei_from_wei_down, wei_from_usei};

use crate::{Ctx, Module, ModuleError, auth};

/// Gas of a send, and of each coin beyond the first in it: a fixed price for two reads and three writes.
const SEND_GAS: u64 = 35_000;
const EXTRA_COIN_GAS: u64 = 15_000;

/// Module bank.
pub struct Bank;

impl Module for Bank {
    const NAME: &'static str = "bank";
    type Genesis = BankGenesis;
    type Msg = Message;

    fn init_genesis(ctx: &mut Ctx<'_>, genesis: &BankGenesis) -> Result<(), ModuleError> {
        genesis::init(ctx, genesis)
    }

    fn handle(ctx: &mut Ctx<'_>, sender: Address, msg: &Message) -> Result<(), ModuleError> {
        let Message::Send { from, to, amount } = msg else {
            return Err(ModuleError::Rejected("bank: this message is another module's"));
        };
        let extra = amount.len().saturating_sub(1) as u64;
        ctx.gas.charge(SEND_GAS + extra * EXTRA_COIN_GAS)?;
        if amount.is_empty() || amount.iter().any(|coin| coin.amount.is_zero()) {
            return Err(ModuleError::Rejected("bank: a send moves at least one coin, and no zero amounts"));
        }
        let recipient = auth::evm_address(ctx.state, to)?;
        for coin in amount {
            transfer(ctx.state, &sender, &recipient, coin)?;
        }
        event::transfer(ctx.events, from, to, amount);
        Ok(())
    }

    fn invariants(view: &dyn StateRead) -> Result<(), String> {
        genesis::supply_is_the_sum_of_balances(view)
    }
}

fn amount_at(state: &dyn StateRead, key: &Key) -> Result<U256, StateError> {
    amount_from_value(key, state.get(key)?.as_deref())
}

fn set_amount(state: &mut dyn StateWrite, key: Key, amount: U256) {
    match value_from_amount(amount) {
        Some(value) => state.put(key, value),
        None => state.delete(key),
    }
}

/// Native balance in wei.
///
/// # Errors
/// Those of reading state.
pub fn native_balance(state: &dyn StateRead, address: &Address) -> Result<U256, StateError> {
    amount_at(state, &keys::native(address))
}

/// Sets the native balance, in wei: for the EVM, which computes balances itself. Supply is the caller's concern.
pub fn set_native_balance(state: &mut dyn StateWrite, address: &Address, wei: U256) {
    set_amount(state, keys::native(address), wei);
}

/// Balance in the denom's own unit; native dust below one usei is not shown.
///
/// # Errors
/// Those of reading state.
pub fn balance(state: &dyn StateRead, address: &Address, denom: &Denom) -> Result<U256, StateError> {
    let amount = amount_at(state, &keys::balance(address, denom))?;
    Ok(if denom.is_native() { usei_from_wei_down(amount) } else { amount })
}

/// All balances that are not zero, in the denoms' own units, by denom.
///
/// # Errors
/// Those of reading state.
pub fn balances(state: &dyn StateRead, address: &Address) -> Result<Vec<Coin>, StateError> {
    let mut coins = Vec::new();
    let mut damaged = Ok(());
    state.scan(&keys::balances(address), &mut |key, value| match (
        keys::denom_of(key),
        amount_from_value(key, Some(value)),
    ) {
        (Some(denom), Ok(amount)) => {
            coins.push(Coin { denom, amount });
            true
        }
        _ => {
            damaged = Err(StateError::Damaged(key.clone(), "a balance has a denom and 32 bytes"));
            false
        }
    })?;
    damaged?;
    let native = balance(state, address, &Denom::native())?;
    if !native.is_zero() {
        coins.push(Coin { denom: Denom::native(), amount: native });
    }
    coins.sort_by(|a, b| a.denom.cmp(&b.denom));
    Ok(coins)
}

/// Supply in the denom's own unit.
///
/// # Errors
/// Those of reading state.
pub fn supply(state: &dyn StateRead, denom: &Denom) -> Result<U256, StateError> {
    let amount = amount_at(state, &keys::supply(denom))?;
    Ok(if denom.is_native() { usei_from_wei_down(amount) } else { amount })
}

/// A coin's amount in the unit that state keeps: wei for the native denom.
///
/// # Errors
/// [`ModuleError::Amount`] beyond 256 bits.
pub fn kept_amount(coin: &Coin) -> Result<U256, ModuleError> {
    Ok(if coin.denom.is_native() { wei_from_usei(coin.amount)? } else { coin.amount })
}
