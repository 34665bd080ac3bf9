//! Two listed markets, and coins to trade there, for chains that people try things out on.

use alloy_primitives::U256;
use seiza_chain::modules::bank::Balance;
use seiza_chain::modules::exchange::GenesisMarket;
use seiza_types::USEI;

use super::Founding;
use crate::failure::Failure;

/// What all of them are paid in: a dollar is 10^6 of it.
const DOLLAR: &str = "uusdc";
/// Coins beside the native one that each account gets: a million dollars, a thousand ether.
const COINS: [(&str, u64); 2] = [(DOLLAR, 1_000_000_000_000), ("ueth", 1_000_000_000)];

impl Founding {
    /// The same chain with the markets 1 (`usei` for `uusdc`) and 2 (`ueth` for `uusdc`), and with both coins in its founders'
    /// accounts. The first of these may halt and delist markets. Fees can be paid in the native coin.
    ///
    /// # Errors
    /// Wrong words.
    pub fn with_markets(mut self) -> Result<Self, Failure> {
        let accounts = self.founders.words.accounts(self.founders.accounts)?;
        let exchange = &mut self.genesis.exchange;
        exchange.authority = accounts.first().map(|account| account.address());
        exchange.markets = vec![market(USEI, 10, 100_000), market("ueth", 10_000, 100)];
        exchange.fee_markets = [(DOLLAR.to_owned(), 1)].into();
        let coins = accounts.iter().flat_map(|account| {
            let address = account.address();
            COINS.map(|(denom, amount)| Balance { address, denom: denom.into(), amount: U256::from(amount) })
        });
        self.genesis.bank.balances.extend(coins);
        self.genesis.exchange.check().map_err(Failure::refused)?;
        Ok(self)
    }
}

/// A market of a coin of six decimals for dollars, in steps of a millionth of a dollar: makers pay one hundredth of a per cent,
/// takers three, and an order is worth a dollar at least.
fn market(base: &str, tick: u128, lot: u128) -> GenesisMarket {
    GenesisMarket {
        base: base.into(),
        quote: DOLLAR.into(),
        base_decimals: 6,
        quote_decimals: 6,
        tick,
        lot,
        min_notional: 1_000_000,
        maker_fee_ppm: 100,
        taker_fee_ppm: 300,
    }
}
