//! The exchange through the whole chain: messages, blocks, receipts, outcomes; and that how a block is run never shows.

mod door;
mod modes;
mod random;

use std::num::NonZeroUsize;

use seiza_executor::{Options, Tuning};
use seiza_modules::exchange::{Exchange, ExchangeGenesis, GenesisMarket};
use seiza_types::exchange::{
    ExchangeMsg, MarketId, MarketOutcome, OrderExpiry, OrderKind, OrderSide, PlaceOrder, SelfTradeRule, VenueId,
};

use super::*;
use crate::end::Turn;
use crate::execute::{BlockInput, BlockOutput};
use crate::{Genesis, VerifiedBlock};

const DOLLAR: &str = "uusdc";
const SEI_MARKET: MarketId = MarketId(1);

fn market(base: &str) -> GenesisMarket {
    GenesisMarket {
        base: base.into(),
        quote: DOLLAR.into(),
        base_decimals: 6,
        quote_decimals: 6,
        tick: 100,
        lot: 10_000,
        min_notional: 1_000,
        maker_fee_ppm: 100,
        taker_fee_ppm: 300,
    }
}

/// A chain with `markets` of `usei`, `ucat1`, `ucat2` and so on for dollars, and `accounts` rich in all of them. The first
/// account is the authority.
fn trading(genesis: Genesis, accounts: u8, markets: u32) -> Genesis {
    let denoms: Vec<String> =
        (0..markets).map(|nth| if nth == 0 { "usei".into() } else { format!("ucat{nth}") }).collect();
    let rich = |seed: u8| {
        let address = Wallet::new(seed).signer().address;
        let denoms = denoms.iter().cloned().chain([DOLLAR.to_owned()]);
        denoms.map(move |denom| {
            let amount = if denom == "usei" { 1_000 * u128::from(SEI) } else { 1_000_000_000_000 };
            Balance { address, denom, amount: U256::from(amount) }
        })
    };
    let exchange = ExchangeGenesis {
        listing_deposit: 1_000_000,
        authority: Some(Wallet::new(1).signer().address),
        fee_markets: [(DOLLAR.to_owned(), 1)].into(),
        markets: denoms.iter().map(|denom| market(denom)).collect(),
        venues: vec![],
    };
    Genesis { bank: BankGenesis { balances: (1..=accounts).flat_map(rich).collect() }, exchange, ..genesis }
}

fn world(accounts: u8, markets: u32) -> World {
    World::founded(|genesis| trading(genesis, accounts, markets))
}

fn limit(market: MarketId, side: OrderSide, quantity: u128, price: u128) -> PlaceOrder {
    PlaceOrder::limit(market, side, quantity, price)
}

fn place(wallet: &Wallet, orders: Vec<PlaceOrder>) -> ExchangeMsg {
    ExchangeMsg::PlaceOrders { sender: wallet.signer().sei, orders }
}

impl World {
    /// Runs a block on the head in a chosen mode, in parallel whatever it costs.
    fn rerun(&self, block: &VerifiedBlock, mode: Mode) -> BlockOutput {
        let parent = self.chain.head_overlay();
        let context = self.chain.context_of(&parent, block).unwrap();
        let input = BlockInput {
            context: &context,
            parent_hash: Some(self.chain.parent_hash(block)),
            txs: block.txs(),
            fees: &self.chain.genesis().fees,
            hints: Hints::None,
            turn: Some(Turn { height: block.height(), updates: &[], evidence: &[] }),
        };
        let options = Options { tuning: Some(&Tuning::always_parallel()), keeps_writes: false };
        input.run_with(&parent, mode, &Cancel::default(), options).unwrap()
    }

    fn outcomes(&self) -> Vec<MarketOutcome> {
        let stored = self.chain.storage().block(self.chain.head().height).unwrap().unwrap();
        stored.results.as_ref().unwrap().outcomes.clone()
    }

    fn check_exchange(&self) {
        Exchange::invariants(&self.chain.head().state).unwrap();
    }
}

fn workers(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}
