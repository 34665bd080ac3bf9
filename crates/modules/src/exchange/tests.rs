//! Stories of module exchange: a world of a few accounts and one or two markets, block by block.

mod cancelling;
mod costs;
mod fees;
mod lifecycle;
mod placing;
mod registry;

use seiza_state::{Access, Changeset, Empty, Overlay, StateRead};
use seiza_types::exchange::{
    CancelTarget, MarketId, MarketOutcome, OrderExpiry, OrderKind, OrderRef, OrderSide, PlaceOrder, Refusal,
    RegisterMarket, SelfTradeRule, Trigger, VenueId,
};
use seiza_types::{Address, Coin, Denom, Event, U256};
use std::sync::Arc;

use super::genesis::{ExchangeGenesis, GenesisMarket, GenesisVenue};
use super::{EXCHANGE_ADDRESS, Exchange, NativeRates, end_market, invariants, touched, view};
use crate::bank::{self, Bank};
use crate::{BlockInfo, Ctx, GasMeter, Module as _, ModuleError, Place};

const ALICE: Address = Address::repeat_byte(0xa1);
const BOB: Address = Address::repeat_byte(0xb0);
const CAROL: Address = Address::repeat_byte(0xc0);
const AUTHORITY: Address = Address::repeat_byte(0xee);
const RED: Address = Address::repeat_byte(0x4e);
/// usei for uusdc: 6 decimals both, a tick of 0.0001 uusdc-per-SEI units 100, lots of 0.01 SEI.
const SEI: MarketId = MarketId(1);
/// ueth for uusdc.
const ETH: MarketId = MarketId(2);

fn usei() -> Denom {
    Denom::native()
}

fn usdc() -> Denom {
    "uusdc".parse().unwrap()
}

fn eth() -> Denom {
    "ueth".parse().unwrap()
}

fn market(base: &str, base_decimals: u8, tick: u128, lot: u128) -> GenesisMarket {
    GenesisMarket {
        base: base.into(),
        quote: "uusdc".into(),
        base_decimals,
        quote_decimals: 6,
        tick,
        lot,
        min_notional: 1_000,
        maker_fee_ppm: 100,
        taker_fee_ppm: 300,
    }
}

/// A state that goes from block to block. After each the invariants are checked, and that no money came or went.
struct World {
    state: Overlay,
    height: u64,
    tx: u32,
    genesis_sums: Vec<(Denom, U256)>,
    events: Vec<Event>,
}

impl World {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut ExchangeGenesis)) -> Self {
        let mut genesis = ExchangeGenesis {
            listing_deposit: 1_000_000,
            authority: Some(AUTHORITY),
            fee_markets: [("uusdc".to_owned(), 1)].into(),
            markets: vec![market("usei", 6, 100, 10_000), market("ueth", 9, 10_000, 100_000)],
            venues: vec![GenesisVenue { owner: RED, name: "Red Dex".into(), fee_bps: 10, fee_recipient: None }],
        };
        change(&mut genesis);
        genesis.check().unwrap();
        let mut world = Self {
            state: Overlay::new(Arc::new(Empty)),
            height: 0,
            tx: 0,
            genesis_sums: Vec::new(),
            events: Vec::new(),
        };
        world.run(u64::MAX, |ctx| Exchange::init_genesis(ctx, &genesis)).0.unwrap();
        for account in [ALICE, BOB, CAROL] {
            world.fund(account, &usei(), 1_000_000_000);
            world.fund(account, &usdc(), 1_000_000_000);
            world.fund(account, &eth(), 1_000_000_000_000);
        }
        world.height = 1;
        world.genesis_sums = world.supplies();
        world
    }

    fn fund(&mut self, account: Address, denom: &Denom, amount: u64) {
        let coin = Coin { denom: denom.clone(), amount: U256::from(amount) };
        let amount = bank::kept_amount(&coin).unwrap();
        self.run(0, |ctx| Ok(bank::mint(ctx.state, &account, denom, amount)?)).0.unwrap();
    }

    fn supplies(&self) -> Vec<(Denom, U256)> {
        [usei(), usdc(), eth()].map(|denom| (denom.clone(), bank::supply(&self.state, &denom).unwrap())).to_vec()
    }

    fn info(&self) -> BlockInfo {
        BlockInfo { height: self.height, timestamp: 1_000 + self.height, nanos: 0, evm_chain_id: 1 }
    }

    /// Runs one transaction; what it wrote stays only where it succeeds. Answers the gas, too.
    fn run<T>(
        &mut self,
        gas: u64,
        work: impl FnOnce(&mut Ctx<'_>) -> Result<T, ModuleError>,
    ) -> (Result<T, ModuleError>, u64) {
        let (block, place) = (self.info(), Place { tx: self.tx, message: 0 });
        let (mut meter, mut events) = (GasMeter::new(gas), Vec::new());
        let base = self.state.clone();
        let mut access = Access::unrecorded(&base);
        let result = work(&mut Ctx { state: &mut access, block: &block, place, gas: &mut meter, events: &mut events });
        self.tx += 1;
        if result.is_ok() {
            self.absorb(access);
            self.events.extend(events);
        }
        (result, meter.used())
    }

    fn absorb(&mut self, access: Access<'_>) {
        let mut changes = Changeset::default();
        changes.absorb(access.finish().1, &self.state).unwrap();
        self.state = self.state.with(Arc::new(changes));
    }

    fn place(&mut self, owner: Address, order: &PlaceOrder) -> Result<OrderRef, Refusal> {
        self.place_all(owner, std::slice::from_ref(order)).remove(0)
    }

    fn place_all(&mut self, owner: Address, orders: &[PlaceOrder]) -> Vec<Result<OrderRef, Refusal>> {
        self.run(10_000_000, |ctx| super::place_orders(ctx, owner, orders)).0.unwrap()
    }

    fn cancel(&mut self, owner: Address, market: MarketId, target: CancelTarget) -> Result<(), Refusal> {
        self.run(10_000_000, |ctx| super::cancel_orders(ctx, owner, market, &[target])).0.unwrap().remove(0)
    }

    /// Ends the block; answers what it did to each touched market.
    fn end(&mut self) -> Vec<MarketOutcome> {
        let rates = NativeRates::read(&self.state).unwrap();
        let mut outcomes = Vec::new();
        for market in touched(&self.state).unwrap() {
            let (base, block) = (self.state.clone(), self.info());
            let mut access = Access::unrecorded(&base);
            outcomes.push(end_market(&mut access, &block, &rates, market).unwrap());
            self.absorb(access);
        }
        self.height += 1;
        self.tx = 0;
        self.check();
        outcomes
    }

    fn end_one(&mut self) -> MarketOutcome {
        let mut outcomes = self.end();
        assert_eq!(outcomes.len(), 1);
        outcomes.remove(0)
    }

    fn check(&self) {
        Bank::invariants(&self.state).unwrap();
        let needed = invariants::escrowed(&self.state).unwrap();
        for denom in [usei(), usdc(), eth()] {
            let held = self.state.get(&bank::keys::balance(&EXCHANGE_ADDRESS, &denom)).unwrap();
            let held = held.map_or(U256::ZERO, |value| U256::from_be_slice(&value));
            assert_eq!(held, needed.get(&denom).copied().unwrap_or_default(), "escrow of {denom} equals open orders");
        }
        assert_eq!(self.supplies(), self.genesis_sums);
    }

    fn balance(&self, account: Address, denom: &Denom) -> u64 {
        bank::balance(&self.state, &account, denom).unwrap().to()
    }

    fn open(&self, owner: Address) -> Vec<view::OpenOrder> {
        view::open_orders(&self.state, owner, None, None, 1_000).unwrap()
    }
}

/// A limit order on SEI: price in 100ths of a tick's worth... given in uusdc for a SEI, quantity in usei.
fn limit(side: OrderSide, quantity: u128, price: u128) -> PlaceOrder {
    PlaceOrder::limit(SEI, side, quantity, price)
}

fn buy(quantity: u128, price: u128) -> PlaceOrder {
    limit(OrderSide::Buy, quantity, price)
}

fn sell(quantity: u128, price: u128) -> PlaceOrder {
    limit(OrderSide::Sell, quantity, price)
}
