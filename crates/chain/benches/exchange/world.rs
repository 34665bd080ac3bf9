//! A market with a book in a real storage, and a block of orders for it.

use std::sync::Arc;

use alloy_primitives::{Address, U256, keccak256};
use seiza_chain::modules::exchange::{
    Exchange, ExchangeGenesis, GenesisMarket, NativeRates, cancel_orders, end_market, place_orders,
};
use seiza_chain::modules::{BlockInfo, Ctx, GasMeter, Module as _, ModuleError, Place, bank};
use seiza_chain::state::{Access, Changeset, Empty, Overlay};
use seiza_storage::{GenesisRecord, Options, Storage};
use seiza_types::exchange::{CancelTarget, MarketId, MarketOutcome, OrderKind, OrderRef, OrderSide, PlaceOrder};
use seiza_types::{Denom, Time};

const MARKET: MarketId = MarketId(1);
const TICK: u128 = 10;
const LOT: u128 = 100_000;
/// Ticks.
const MID: u64 = 1_000_000;
/// How far from it the block's limit orders stand.
const NEAR: u64 = 50;
/// Orders of one message.
const TOGETHER: usize = 50;
const ACCOUNTS: u64 = 1_000;
/// Orders that are placed in one block while the book is made.
const FOUNDING_BLOCK: usize = 50_000;

/// Orders are cancelled in leaps of so many, which has no factor in common with how many there are.
const SCATTER: usize = 7_919;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % bound
    }
}

/// The state before the block.
pub struct World {
    state: Overlay,
    height: u64,
    /// Names of resting orders and whose they are.
    names: Vec<(OrderRef, u64)>,
    _folder: tempfile::TempDir,
}

fn owner(number: u64) -> Address {
    Address::from_slice(&keccak256(number.to_be_bytes())[12..])
}

fn dollar() -> Denom {
    "uusdc".parse().expect("a denom")
}

fn info(height: u64) -> BlockInfo {
    BlockInfo { height, timestamp: 1_000 + height, nanos: 0, evm_chain_id: 1 }
}

fn order(side: OrderSide, kind: OrderKind, ticks: u64, lots: u64) -> PlaceOrder {
    let (price, quantity) = (u128::from(ticks) * TICK, u128::from(lots) * LOT);
    PlaceOrder { kind, ..PlaceOrder::limit(MARKET, side, quantity, price) }
}

fn side(dice: &mut Dice) -> OrderSide {
    if dice.below(2) == 0 { OrderSide::Buy } else { OrderSide::Sell }
}

/// A limit order so many ticks from the middle, on its own side of it or across.
fn limit(side: OrderSide, away: u64, across: bool, lots: u64) -> PlaceOrder {
    let below = (side == OrderSide::Buy) != across;
    order(side, OrderKind::Limit, if below { MID - away } else { MID + away }, lots)
}

fn act<T>(
    access: &mut Access<'_>,
    height: u64,
    tx: usize,
    work: impl FnOnce(&mut Ctx<'_>) -> Result<T, ModuleError>,
) -> T {
    let (block, place) = (info(height), Place { tx: tx as u32, message: 0 });
    let (mut gas, mut events) = (GasMeter::new(u64::MAX), Vec::new());
    let mut ctx = Ctx { state: access, block: &block, place, gas: &mut gas, events: &mut events };
    work(&mut ctx).expect("the exchange takes it")
}

fn absorb(access: Access<'_>, base: &Overlay) -> Changeset {
    let mut changes = Changeset::default();
    changes.absorb(access.finish().1, base).expect("state can be read");
    changes
}

fn founded() -> Changeset {
    let market = GenesisMarket {
        base: "usei".into(),
        quote: "uusdc".into(),
        base_decimals: 6,
        quote_decimals: 6,
        tick: TICK,
        lot: LOT,
        min_notional: 1,
        maker_fee_ppm: 100,
        taker_fee_ppm: 300,
    };
    let genesis = ExchangeGenesis { markets: vec![market], ..ExchangeGenesis::default() };
    let base = Overlay::new(Arc::new(Empty));
    let mut access = Access::unrecorded(&base);
    act(&mut access, 0, 0, |ctx| Exchange::init_genesis(ctx, &genesis));
    for number in 0..ACCOUNTS {
        for denom in [Denom::native(), dollar()] {
            bank::mint(&mut access, &owner(number), &denom, U256::from(1u128 << 110)).expect("room for all");
        }
    }
    absorb(access, &base)
}

impl World {
    /// A stored market with so many resting orders, half on each side, on a hundredth as many levels of a side.
    pub fn with_book(resting: usize) -> Self {
        let mut changes = founded();
        let (mut names, mut dice, mut height) = (Vec::new(), Dice(7), 0);
        let levels = NEAR.max(resting as u64 / 100);
        while names.len() < resting {
            height += 1;
            let base = Overlay::new(Arc::new(Empty)).with(Arc::new(changes.clone()));
            let mut access = Access::unrecorded(&base);
            let count = FOUNDING_BLOCK.min(resting - names.len());
            for tx in 0..count.div_ceil(TOGETHER) {
                let (number, together) = (dice.below(ACCOUNTS), TOGETHER.min(count - tx * TOGETHER));
                let one = |nth: usize| {
                    let side = if nth.is_multiple_of(2) { OrderSide::Buy } else { OrderSide::Sell };
                    limit(side, 1 + dice.below(levels), false, 1 + dice.below(100))
                };
                let orders: Vec<_> = (0..together).map(one).collect();
                let placed = act(&mut access, height, tx, |ctx| place_orders(ctx, owner(number), &orders));
                names.extend(placed.into_iter().map(|name| (name.expect("the order is taken"), number)));
            }
            end_market(&mut access, &info(height), &NativeRates::default(), MARKET).expect("state can be read");
            let made = absorb(access, &base);
            drop(base);
            changes.merge(made);
        }
        let folder = tempfile::tempdir().expect("a folder");
        let storage = Storage::open(folder.path(), Options::without_fsync()).expect("a storage");
        let record = GenesisRecord { time: Time::unix_epoch(), meta: Default::default() };
        storage.init_genesis(record, &changes).expect("a state to begin with");
        let state = Overlay::new(Arc::new(storage.head().state.clone()));
        Self { state, height: height + 1, names, _folder: folder }
    }

    /// A block's orders: 70 % limit, one in eight of them across the middle; 20 % cancellations of what rests; 10 % market.
    pub fn place(&self, count: usize) -> Overlay {
        let (mut dice, mut access) = (Dice(11), Access::unrecorded(&self.state));
        let mut cancelled = 0;
        for tx in 0..count / TOGETHER {
            // Whoever is on both sides meets itself: a message buys, or sells.
            let (number, side) = (dice.below(ACCOUNTS), side(&mut dice));
            let mut orders = Vec::new();
            for _ in 0..TOGETHER {
                let lots = 1 + dice.below(100);
                match dice.below(10) {
                    0..7 => {
                        let across = dice.below(8) == 0;
                        let away = if across { 1 + dice.below(3) } else { 1 + dice.below(NEAR) };
                        orders.push(limit(side, away, across, lots));
                    }
                    7..9 if cancelled < self.names.len() => {
                        let (name, owned) = self.names[cancelled * SCATTER % self.names.len()];
                        cancelled += 1;
                        let targets = [CancelTarget::Id(name)];
                        let done =
                            act(&mut access, self.height, tx, |ctx| cancel_orders(ctx, owner(owned), MARKET, &targets));
                        assert!(done.iter().all(Result::is_ok), "the order rests");
                    }
                    _ => {
                        let worst = if side == OrderSide::Buy { MID + 500 } else { MID - 500 };
                        orders.push(order(side, OrderKind::Market, worst, lots));
                    }
                }
            }
            let placed = act(&mut access, self.height, tx, |ctx| place_orders(ctx, owner(number), &orders));
            assert!(placed.iter().all(Result::is_ok), "everybody can pay");
        }
        self.state.with(Arc::new(absorb(access, &self.state)))
    }

    /// The market's end of block, down to what changes.
    pub fn end(&self, arrived: &Overlay) -> MarketOutcome {
        let mut access = Access::unrecorded(arrived);
        let outcome = end_market(&mut access, &info(self.height), &NativeRates::default(), MARKET);
        absorb(access, arrived);
        outcome.expect("state can be read")
    }
}
