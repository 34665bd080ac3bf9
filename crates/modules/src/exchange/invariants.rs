//! What must hold of the exchange after every block.

use std::collections::BTreeMap;

use seiza_orderbook::{Direction, OrderId, Price, Side};
use seiza_state::{Key, KeyRange, StateError, StateRead};
use seiza_types::exchange::{Market, MarketId, MarketStatus};
use seiza_types::{Address, Denom, U256};

use super::entries::{self, collect};
use super::markets::DEPOSITS;
use super::record::{Record, name};
use super::terms::{Terms, kept};
use super::write::Level;
use super::{EXCHANGE_ADDRESS, keys, view};
use crate::bank;

/// The escrow holds what open orders need (more only where somebody has sent it money), books are not crossed, levels are the
/// sums of their orders, names lead to orders and back, nothing has been left among the arrivals, and deposits lie where they
/// should.
pub(super) fn all(state: &dyn StateRead) -> Result<(), String> {
    escrowed(state).map(|_| ())
}

/// As [`all`]; answers what open orders need, in kept units.
pub(super) fn escrowed(state: &dyn StateRead) -> Result<BTreeMap<Denom, U256>, String> {
    let mut sums = Sums::default();
    for market in view::markets(state).map_err(fault)? {
        sums.market(state, market)?;
    }
    sums.counts(state)?;
    sums.money(state)?;
    Ok(sums.escrow)
}

fn fault(error: StateError) -> String {
    format!("exchange: {error}")
}

#[derive(Default)]
struct Sums {
    escrow: BTreeMap<Denom, U256>,
    deposits: U256,
    resting: usize,
    waiting: usize,
    levels: usize,
    named: usize,
}

impl Sums {
    fn market(&mut self, state: &dyn StateRead, market: Market) -> Result<(), String> {
        self.deposits += U256::from(market.deposit);
        let before = self.resting + self.waiting;
        let terms = Terms::of(market).ok_or("exchange: a market's scales do not fit each other")?;
        let bid = self.side(state, &terms, Side::Bid)?;
        let ask = self.side(state, &terms, Side::Ask)?;
        self.waiting(state, &terms)?;
        let id = terms.market.id;
        if let (Some(bid), Some(ask)) = (bid, ask)
            && bid >= ask
        {
            return Err(format!("exchange: market {id}: the book is crossed, {bid} bid, {ask} asked"));
        }
        let keeps = terms.market.status == MarketStatus::Delisted && self.resting + self.waiting > before;
        if keeps && state.get(&keys::due(id)).map_err(fault)?.is_none() {
            return Err(format!("exchange: market {id} is over and keeps its orders"));
        }
        Ok(())
    }

    /// One side of a book; answers its best price.
    fn side(&mut self, state: &dyn StateRead, terms: &Terms, side: Side) -> Result<Option<Price>, String> {
        let market = terms.market.id;
        let records = records(state, &keys::side(market, side), keys::since_of)?;
        let mut levels: BTreeMap<u64, Level> = BTreeMap::new();
        for record in &records {
            let level = levels.entry(side.rank(record.order.price)).or_default();
            level.lots += u128::from(record.order.quantity.0);
            level.orders += 1;
            self.order(state, terms, record)?;
        }
        self.resting += records.len();
        self.levels += levels.len();
        let kept = kept_levels(state, market, side).map_err(fault)?;
        if kept != levels {
            return Err(format!("exchange: market {market}: levels {kept:?} are not the sums {levels:?}"));
        }
        Ok(records.first().map(|record| record.order.price))
    }

    fn waiting(&mut self, state: &dyn StateRead, terms: &Terms) -> Result<(), String> {
        for direction in Direction::BOTH {
            let records = records(state, &keys::waiting_for(terms.market.id, direction), keys::waiting_id_of)?;
            self.waiting += records.len();
            records.iter().try_for_each(|record| self.order(state, terms, record))?;
        }
        Ok(())
    }

    /// Counts an order, and follows its names.
    fn order(&mut self, state: &dyn StateRead, terms: &Terms, record: &Record) -> Result<(), String> {
        let denom = terms.escrow_denom(record.order.side);
        let held = kept(denom, terms.escrow(&record.order, record.order.quantity));
        *self.escrow.entry(denom.clone()).or_default() += held;
        self.named += usize::from(record.extras.client_id != 0);
        let wrong = astray(state, terms.market.id, record).map_err(fault)?;
        wrong.map_or(Ok(()), |wrong| Err(format!("exchange: order {}{wrong}", name(record.order.id))))
    }

    /// Whether there is nothing but what belongs to the orders of markets.
    fn counts(&self, state: &dyn StateRead) -> Result<(), String> {
        let open = self.resting + self.waiting;
        for (prefix, expected, what) in [
            (0x10, 0, "arrivals"),
            (0x20, self.resting, "resting orders"),
            (0x21, self.waiting, "waiting orders"),
            (0x22, self.levels, "levels"),
            (0x23, open, "places of orders"),
            (0x24, open, "orders of owners"),
            (0x25, self.named, "client ids"),
        ] {
            let found = collect(state, &keys::all(prefix), usize::MAX, |_, _| Ok(())).map_err(fault)?.len();
            if found != expected {
                return Err(format!("exchange: {found} {what} where there should be {expected}"));
            }
        }
        Ok(())
    }

    fn money(&self, state: &dyn StateRead) -> Result<(), String> {
        let deposits = (&DEPOSITS, Denom::native(), self.deposits * kept(&Denom::native(), 1));
        let escrow = self.escrow.iter().map(|(denom, held)| (&EXCHANGE_ADDRESS, denom.clone(), *held));
        for (account, denom, needed) in escrow.chain([deposits]) {
            let balance = bank_balance(state, account, &denom).map_err(fault)?;
            if balance < needed {
                return Err(format!("exchange: {account} has {balance} of {denom}, orders and markets need {needed}"));
            }
        }
        Ok(())
    }
}

/// The orders of a range; `id` reads from the key since when they stand.
fn records(state: &dyn StateRead, range: &KeyRange, id: fn(&Key) -> Option<OrderId>) -> Result<Vec<Record>, String> {
    let records = collect(state, range, usize::MAX, |key, value| {
        let id = id(key).ok_or_else(|| StateError::Damaged(key.clone(), "an order's key"))?;
        Record::decode(key, value, id)
    });
    records.map_err(fault)
}

fn kept_levels(state: &dyn StateRead, market: MarketId, side: Side) -> Result<BTreeMap<u64, Level>, StateError> {
    let levels = collect(state, &keys::levels(market, side), usize::MAX, |key, value| {
        let rank = keys::rank_of(key).ok_or_else(|| StateError::Damaged(key.clone(), "a level's key"))?;
        Ok((rank, Level::decode(key, value)?))
    })?;
    Ok(levels.into_iter().collect())
}

/// Where a name of an order does not lead to it, if one does not.
fn astray(state: &dyn StateRead, market: MarketId, record: &Record) -> Result<Option<&'static str>, StateError> {
    let (order, owner, client_id) = (name(record.order.id), &record.order.owner, record.extras.client_id);
    if entries::record(state, order)? != Some((market, *record)) {
        return Ok(Some(" is not where its name leads"));
    }
    if state.get(&keys::owned(owner, market, order))?.is_none() {
        return Ok(Some(" is not among its owner's"));
    }
    let astray = client_id != 0 && entries::named(state, owner, client_id)? != Some((market, order));
    Ok(astray.then_some(" is not what its client id leads to"))
}

fn bank_balance(state: &dyn StateRead, account: &Address, denom: &Denom) -> Result<U256, StateError> {
    if denom.is_native() { bank::native_balance(state, account) } else { bank::balance(state, account, denom) }
}
