//! What a chain needs from its genesis so that the crowd can trade: two markets, and funds.

use alloy_primitives::{Address, U256};
use seiza_chain::Genesis;
use seiza_chain::modules::bank::Balance;
use seiza_types::USEI;

use super::limits::TAKERS;
use super::pair::{BITCOIN, DOLLAR, PAIRS};
use super::account;
use crate::failure::Failure;
use crate::founding::Founders;

/// Units of a whole coin, of any of the three.
const COIN: u64 = 1_000_000;
/// What each of the crowd has: dollars, bitcoins, SEI.
const CROWD: [u64; 3] = [1_000_000_000, 10_000, 10_000_000];
/// What each of the funded accounts has besides its SEI: dollars, bitcoins.
const FOUNDERS: [u64; 2] = [100_000, 1];

/// Adds the markets, and funds for the crowd and for the founders.
///
/// # Errors
/// Accounts that cannot be derived; a genesis that cannot found a chain.
pub fn found(genesis: &mut Genesis, founders: &Founders) -> Result<(), Failure> {
    let exchange = &mut genesis.exchange;
    exchange.markets = PAIRS.iter().map(super::pair::Pair::listed).collect();
    exchange.fee_markets.insert(DOLLAR.to_owned(), PAIRS[0].id.0);
    let balances = &mut genesis.bank.balances;
    for nth in 0..PAIRS.len() * (TAKERS + 1) {
        let address = account(nth)?.address();
        let [dollars, bitcoins, sei] = CROWD;
        balances.extend(pocket(address, dollars, bitcoins));
        let amount = U256::from(sei) * U256::from(COIN) * U256::from(seiza_types::WEI_PER_USEI);
        balances.push(Balance { address, denom: USEI.into(), amount });
    }
    for founder in founders.words.accounts(founders.accounts)? {
        let [dollars, bitcoins] = FOUNDERS;
        balances.extend(pocket(founder.address(), dollars, bitcoins));
    }
    Genesis::from_json(&genesis.to_json()).map_err(Failure::refused)?;
    Ok(())
}

/// Whether the chain has the crowd's markets.
pub fn is_founded(genesis: &Genesis) -> bool {
    genesis.exchange.markets.starts_with(&PAIRS.each_ref().map(super::pair::Pair::listed))
}

fn pocket(address: Address, dollars: u64, bitcoins: u64) -> [Balance; 2] {
    [(DOLLAR, dollars), (BITCOIN, bitcoins)].map(|(denom, coins)| {
        let amount = U256::from(coins) * U256::from(COIN);
        Balance { address, denom: denom.into(), amount }
    })
}
