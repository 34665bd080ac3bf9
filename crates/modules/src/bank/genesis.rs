//! Genesis of module bank, and the invariant that it founds: supply is the sum of balances.

use std::collections::BTreeMap;

use seiza_state::{StateRead, amount_from_value};
use seiza_types::{Address, Denom, U256};
use serde::{Deserialize, Serialize};

use super::{keys, mint};
use crate::{Ctx, ModuleError};

/// Balances that exist before the first block.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankGenesis {
    /// One entry per account and denom.
    pub balances: Vec<Balance>,
}

/// One genesis balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Balance {
    /// Whose.
    pub address: Address,
    /// Which denom: `usei` for the native coin.
    pub denom: String,
    /// How much in the kept unit: wei for `usei`.
    pub amount: U256,
}

pub(super) fn init(ctx: &mut Ctx<'_>, genesis: &BankGenesis) -> Result<(), ModuleError> {
    for entry in &genesis.balances {
        let denom: Denom = entry.denom.parse()?;
        mint(ctx.state, &entry.address, &denom, entry.amount)?;
    }
    Ok(())
}

pub(super) fn supply_is_the_sum_of_balances(view: &dyn StateRead) -> Result<(), String> {
    let balances = sums(view)?;
    let mut supplies = BTreeMap::new();
    scan_amounts(view, &keys::supplies(), |denom, amount| {
        supplies.insert(denom, amount);
    })?;
    if balances == supplies {
        return Ok(());
    }
    Err(format!("bank: balances sum to {balances:?}, supply says {supplies:?}"))
}

fn sums(view: &dyn StateRead) -> Result<BTreeMap<Denom, U256>, String> {
    let mut sums: BTreeMap<Denom, U256> = BTreeMap::new();
    let mut add = |denom, amount| {
        let sum = sums.entry(denom).or_default();
        *sum = sum.saturating_add(amount);
    };
    scan_amounts(view, &keys::natives(), &mut add)?;
    scan_amounts(view, &keys::all_balances(), &mut add)?;
    Ok(sums)
}

fn scan_amounts(
    view: &dyn StateRead,
    range: &seiza_state::KeyRange,
    mut each: impl FnMut(Denom, U256),
) -> Result<(), String> {
    let mut damaged = None;
    view.scan(range, &mut |key, value| {
        let denom = if keys::address_of_native(key).is_some() { Some(Denom::native()) } else { keys::denom_of(key) };
        match (denom, amount_from_value(key, Some(value))) {
            (Some(denom), Ok(amount)) => each(denom, amount),
            _ => damaged = Some(format!("bank: {key:?} is damaged")),
        }
        damaged.is_none()
    })
    .map_err(|error| error.to_string())?;
    damaged.map_or(Ok(()), Err)
}
