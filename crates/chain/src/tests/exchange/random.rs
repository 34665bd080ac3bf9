//! Random blocks through the whole chain: no money comes or goes, books stay whole, and every way of running a block gives the
//! same state.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use seiza_modules::exchange::{EXCHANGE_ADDRESS, view};
use seiza_state::{Changeset, StateRead as _, StoreId};
use seiza_types::exchange::{CancelTarget, MarketStatus, OrderRef, RegisterVenue, ReplaceOrder, Trigger, TriggerKind};
use seiza_types::{Denom, SeiAddress, VerifiedTx};

use super::*;

const ACCOUNTS: u8 = 6;
const MARKETS: u32 = 3;

/// Makes transactions up: sensible ones mostly, and some of every kind of nonsense.
struct Crowd {
    dice: StdRng,
    sequences: BTreeMap<u8, u64>,
    seen: Vec<OrderRef>,
}

impl Crowd {
    fn new(seed: u64) -> Self {
        Self { dice: StdRng::seed_from_u64(seed), sequences: BTreeMap::new(), seen: Vec::new() }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.dice.random_range(0..100) < percent
    }

    fn market(&mut self) -> MarketId {
        let nonsense = self.chance(2);
        MarketId(self.dice.random_range(if nonsense { 0..9 } else { 1..MARKETS + 1 }))
    }

    fn order(&mut self) -> PlaceOrder {
        let kind = OrderKind::from_number([1, 1, 1, 1, 2, 3, 4, 5][self.dice.random_range(0..8)]).unwrap();
        let side = OrderSide::from_number(self.dice.random_range(1..=2)).unwrap();
        let (off_tick, off_lot) = (self.chance(2), self.chance(2));
        let price = 100 * self.dice.random_range(4_980..5_020u128) + u128::from(off_tick);
        let large = if self.chance(2) { 100_000_000 } else { 200 };
        let quantity = 10_000 * self.dice.random_range(1..=large) + u128::from(off_lot);
        let expiry = match self.dice.random_range(0..8) {
            0 => OrderExpiry::Height(self.dice.random_range(0..400)),
            1 => OrderExpiry::Time(self.dice.random_range(1_700_000_000..1_700_000_400) * 1_000_000_000),
            _ => OrderExpiry::Never,
        };
        let trigger = self.chance(10).then(|| Trigger {
            kind: TriggerKind::from_number(self.dice.random_range(1..=2)).unwrap(),
            price: 100 * self.dice.random_range(4_980..5_020),
        });
        let self_trade = SelfTradeRule::from_number(self.dice.random_range(1..=3)).unwrap();
        let client_id = if self.chance(30) { self.dice.random_range(1..12) } else { 0 };
        let venue = VenueId(if self.chance(30) { self.dice.random_range(1..4) } else { 0 });
        let (market, fee_in_native) = (self.market(), self.chance(30));
        let order = limit(market, side, quantity, price);
        PlaceOrder { kind, expiry, trigger, self_trade, client_id, venue, fee_in_native, ..order }
    }

    fn target(&mut self) -> CancelTarget {
        match self.dice.random_range(0..10) {
            0 => CancelTarget::AllOf(self.market()),
            1..4 => CancelTarget::ClientId(self.dice.random_range(0..12)),
            _ if self.seen.is_empty() => CancelTarget::Id(OrderRef::new(1, 0, 0, 0)),
            _ => CancelTarget::Id(self.seen[self.dice.random_range(0..self.seen.len())]),
        }
    }

    fn message(&mut self, sender: SeiAddress) -> ExchangeMsg {
        let count = self.dice.random_range(1..6);
        match self.dice.random_range(0..100) {
            0..65 => ExchangeMsg::PlaceOrders { sender, orders: (0..count).map(|_| self.order()).collect() },
            65..80 => {
                let market = self.market();
                ExchangeMsg::CancelOrders { sender, market, targets: (0..count).map(|_| self.own(market)).collect() }
            }
            80..97 => {
                let replacement = |crowd: &mut Self| {
                    let place = crowd.order();
                    ReplaceOrder { cancel: crowd.own(place.market), place }
                };
                ExchangeMsg::ReplaceOrders { sender, replacements: (0..count).map(|_| replacement(self)).collect() }
            }
            97 => {
                let status = MarketStatus::from_number(self.dice.random_range(1..=2)).unwrap();
                ExchangeMsg::SetMarketStatus { sender, market: self.market(), status }
            }
            _ => {
                let fee_recipient = Wallet::new(self.dice.random_range(1..=ACCOUNTS)).signer().address;
                let fee_bps = self.dice.random_range(0..102);
                let venue =
                    RegisterVenue { name: "Red".into(), fee_bps, fee_recipient, callback: None, callback_gas: 0 };
                ExchangeMsg::RegisterVenue { sender, venue }
            }
        }
    }

    /// A target that a message about one market can name.
    fn own(&mut self, market: MarketId) -> CancelTarget {
        match self.target() {
            CancelTarget::AllOf(_) => CancelTarget::AllOf(market),
            other => other,
        }
    }

    fn transaction(&mut self) -> VerifiedTx {
        let seed = self.dice.random_range(1..=ACCOUNTS);
        let (wallet, other) = (Wallet::new(seed), Wallet::new(self.dice.random_range(1..=ACCOUNTS)));
        let sequence = *self.sequences.entry(seed).and_modify(|next| *next += 1).or_insert(0);
        match self.dice.random_range(0..12) {
            0 => wallet.transfer(sequence, other.signer().address, self.dice.random_range(0..SEI)),
            1 => wallet.send(sequence, other.signer().sei, &[(DOLLAR, self.dice.random_range(1..1_000_000))], 100_000),
            _ => {
                let messages: Vec<_> =
                    (0..self.dice.random_range(1..4)).map(|_| self.message(wallet.signer().sei)).collect();
                wallet.exchange(sequence, &messages)
            }
        }
    }
}

/// The sum of everything that anybody has of each denom, the escrow's and the collector's included.
fn sums(world: &World) -> BTreeMap<String, U256> {
    let mut sums = BTreeMap::new();
    let state = &world.chain.head().state;
    for range in [bank::keys::natives(), bank::keys::all_balances()] {
        state
            .scan(&range, &mut |key, value| {
                let denom = bank::keys::denom_of(key).map_or_else(|| "usei".into(), |denom| denom.to_string());
                *sums.entry(denom).or_insert(U256::ZERO) += U256::from_be_slice(value);
                true
            })
            .unwrap();
    }
    sums
}

/// Escrow is exactly what open orders need, order by order.
fn escrow_equals_open_orders(world: &World) {
    let state = &world.chain.head().state;
    let needed = view::escrowed(state).unwrap();
    for nth in 0..=MARKETS {
        let denom: Denom = match nth {
            0 => DOLLAR.parse().unwrap(),
            1 => Denom::native(),
            nth => format!("ucat{}", nth - 1).parse().unwrap(),
        };
        let held = state.get(&bank::keys::balance(&EXCHANGE_ADDRESS, &denom)).unwrap();
        let held = held.map_or(U256::ZERO, |value| U256::from_be_slice(&value));
        assert_eq!(held, needed.get(&denom).copied().unwrap_or_default(), "{denom}");
    }
}

/// Arrivals and orders that came and went leave no trace in what a block changes; names of the owner's choice may, and so may a
/// market whose status was set.
fn nothing_is_removed_that_was_not_there(world: &World, changes: &Changeset) {
    let state = &world.chain.head().state;
    let ours = changes.iter().filter(|(key, value)| value.is_none() && key.store() == StoreId::Exchange);
    for (key, _) in ours.filter(|(key, _)| !matches!(key.path().first(), Some(0x11 | 0x25))) {
        assert!(state.get(key).unwrap().is_some(), "{key:?}");
    }
}

fn run(blocks: usize, seed: u64) {
    let mut world = world(ACCOUNTS, MARKETS);
    let mut crowd = Crowd::new(seed);
    let (first, mut traded, mut refusals) = (sums(&world), 0, 0);
    for nth in 0..blocks {
        let count = crowd.dice.random_range(0..12);
        let txs = (0..count).map(|_| crowd.transaction()).collect();
        let executed = world.execute(txs);
        let mode = match nth % 4 {
            0 => Mode::Declared { workers: workers(1 + nth % 7) },
            1 => Mode::Optimistic { workers: workers(1 + nth % 5) },
            2 => Mode::Optimistic { workers: workers(8) },
            _ => Mode::Declared { workers: workers(3) },
        };
        let again = world.rerun(&executed.block, mode);
        assert_eq!((&again.changes, &again.results), (&*executed.changes, &*executed.results), "block {nth}, {mode:?}");
        nothing_is_removed_that_was_not_there(&world, &again.changes);
        let layers = world.chain.head_overlay().with(Arc::new(again.changes));
        assert_eq!(world.chain.storage().root_after(layers.layers()).unwrap(), executed.app_hash, "block {nth}");
        world.decide(&executed);
        world.chain.commit(executed).unwrap();
        let outcomes = world.outcomes();
        traded += outcomes.iter().map(|outcome| outcome.fills.len()).sum::<usize>();
        refusals += outcomes.iter().filter(|outcome| !outcome.rejected.is_empty()).count();
        let rested = outcomes.iter().flat_map(|outcome| &outcome.rested).map(|rest| rest.order);
        crowd.seen.extend(rested);
        let old = crowd.seen.len().saturating_sub(200);
        crowd.seen.drain(..old);
        Bank::invariants(&world.chain.head().state).unwrap();
        world.check_exchange();
        escrow_equals_open_orders(&world);
        assert_eq!(sums(&world), first, "block {nth}: no money comes or goes");
    }
    assert!(traded > blocks && refusals > 0, "{traded} fills: the crowd trades");
}

#[test]
fn random_blocks_keep_money_books_and_names_whole_however_they_are_run() {
    run(250, 1);
}

#[test]
#[ignore = "ten thousand blocks take minutes"]
fn ten_thousand_random_blocks_keep_money_books_and_names_whole() {
    for seed in 2..12 {
        run(1_000, seed);
    }
}
