//! Genesis of module bank, and the invariant that it founds: supply is the sum of balances.

use std::collections::BTreeMap;
use std::fmt;

use seiza_state::{StateRead, amount_from_value};
use seiza_types::{Address, Denom, SeiAddress, U256};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{keys, mint};
use crate::{Ctx, ModuleError};

/// Balances that exist before the first block.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankGenesis {
    /// One entry per account and denom; several of one account and denom add up.
    #[serde(deserialize_with = "entries")]
    pub balances: Vec<Balance>,
}

/// One genesis balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Balance {
    /// Whose: `0x...`, or `sei1...` for the same 20 bytes (a cast, no link of a key's two addresses). Written as `0x...`.
    #[serde(deserialize_with = "either_form")]
    pub address: Address,
    /// Which denom: `usei` for the native coin.
    pub denom: String,
    /// How much in the kept unit: wei for `usei` (1 SEI is 10^18), a decimal or `0x` text.
    #[serde(deserialize_with = "amount")]
    pub amount: U256,
}

impl BankGenesis {
    /// Whether every entry can be minted.
    ///
    /// # Errors
    /// A sentence with the index and address of the first one that cannot: a malformed denom, or a supply beyond 2^256.
    pub fn check(&self) -> Result<(), String> {
        let mut supplies: BTreeMap<Denom, U256> = BTreeMap::new();
        for (index, Balance { address, denom, amount }) in self.balances.iter().enumerate() {
            let wrong = |what: &str| format!("bank.balances[{index}] ({address}): {what}");
            let kept: Denom = denom.parse().map_err(|error| wrong(&format!("denom {denom:?}: {error}")))?;
            let supply = supplies.entry(kept).or_default();
            *supply = supply.checked_add(*amount).ok_or_else(|| wrong(&format!("{denom}: the supply overflows")))?;
        }
        Ok(())
    }
}

/// Entries one by one, so that an error says which.
fn entries<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Balance>, D::Error> {
    from.deserialize_seq(Entries)
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Vec<Balance>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of balances")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut balances = Vec::new();
        let wrong = |index: usize, error: A::Error| A::Error::custom(format!("bank.balances[{index}]: {error}"));
        while let Some(balance) = list.next_element().map_err(|error| wrong(balances.len(), error))? {
            balances.push(balance);
        }
        Ok(balances)
    }
}

fn either_form<'de, D: Deserializer<'de>>(from: D) -> Result<Address, D::Error> {
    let text = String::deserialize(from)?;
    let wrong = |error: &dyn fmt::Display| D::Error::custom(format!("address {text:?}: {error}"));
    if text.starts_with("sei1") {
        return text.parse().map(SeiAddress::cast).map_err(|error| wrong(&error));
    }
    text.parse().map_err(|error| wrong(&format!("neither 0x and 40 hex digits nor sei1...: {error}")))
}

fn amount<'de, D: Deserializer<'de>>(from: D) -> Result<U256, D::Error> {
    U256::deserialize(from).map_err(|error| D::Error::custom(format!("amount: {error}")))
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
