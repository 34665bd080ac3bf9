//! What a chain needs from its genesis so that the crowd can trade: the two markets, and funds.

use alloy_primitives::{Address, U256};
use seiza_chain::Genesis;
use seiza_chain::modules::bank::Balance;
use seiza_types::{USEI, WEI_PER_USEI};

use super::account;
use super::limits::TAKERS;
use super::pair::{DOLLAR, ETHER, PAIRS};
use crate::failure::Failure;

/// Units of a whole coin, of any of the three.
const COIN: u64 = 1_000_000;
/// What each of the crowd has.
const DOLLARS: u64 = 1_000_000_000;
const ETHERS: u64 = 1_000_000;
const SEI: u64 = 100_000_000;

/// Adds the crowd's funds.
///
/// # Errors
/// A genesis that cannot found a chain.
pub fn fund(genesis: &mut Genesis) -> Result<(), Failure> {
    for address in addresses()? {
        let coins = [(DOLLAR, DOLLARS, 1), (ETHER, ETHERS, 1), (USEI, SEI, WEI_PER_USEI)];
        genesis.bank.balances.extend(coins.map(|(denom, coins, kept)| {
            let amount = U256::from(coins) * U256::from(COIN) * U256::from(kept);
            Balance { address, denom: denom.into(), amount }
        }));
    }
    Genesis::from_json(&genesis.to_json()).map_err(Failure::refused)?;
    Ok(())
}

/// Whether a chain of that genesis has the crowd's markets, and funds for it.
///
/// # Errors
/// None that can be helped.
pub fn is_funded(genesis: &Genesis) -> Result<bool, Failure> {
    let markets = &genesis.exchange.markets;
    let listed = PAIRS.iter().enumerate().all(|(at, pair)| markets.get(at).is_some_and(|market| pair.is(market)));
    let funded = |address| genesis.bank.balances.iter().any(|balance| balance.address == address);
    Ok(listed && addresses()?.into_iter().all(funded))
}

fn addresses() -> Result<Vec<Address>, Failure> {
    (0..PAIRS.len() * (TAKERS + 1)).map(|number| Ok(account(number)?.address())).collect()
}
