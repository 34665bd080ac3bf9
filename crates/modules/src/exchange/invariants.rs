//! What must hold of the exchange after every block.

use std::collections::BTreeMap;

use seiza_orderbook::Side;
use seiza_state::{StateError, StateRead};
use seiza_types::exchange::{MarketId, MarketStatus, OrderRef};
use seiza_types::{Address, Denom, U256};

use super::entries::{self, collect};
use super::markets::DEPOSITS;
use super::record::{Record, name};
use super::terms::{Terms, kept};
use super::write::Level;
use super::{EXCHANGE_ADDRESS, keys, view};
use crate::bank;

/// The escrow holds what open orders need (more only where somebody has sent it money), books are not crossed, levels are the sums of their orders, names lead to orders and back,
/// nothing has been left among the arrivals, and deposits lie where they should.
pub(super) fn all(state: &dyn StateRead) -> Result<(), String> {
    escrowed(state).map(|_| ())
}

/// As [`all`]; answers what open orders need, in kept units.
pub(super) fn escrowed(state: &dyn StateRead) -> Result<BTreeMap<Denom, U256>, String> {
    let count = |prefix: u8| collect(state, &keys::all(prefix), usize::MAX, |_, _| Ok(())).map(|all| all.len());
    let fault = |error: StateError| format!("exchange: {error}");
    if count(0x10).map_err(fault)? != 0 {
        return Err("exchange: arrivals are left over".into());
    }
    let mut sums = Sums::default();
    for market in view::markets(state).map_err(fault)? {
        sums.deposits += U256::from(market.deposit);
        let over = market.status == MarketStatus::Delisted;
        let terms = Terms::of(market).ok_or("exchange: a market's scales do not fit each other")?;
        sums.market(state, &terms).map_err(fault)??;
        if over && sums.orders > 0 && state.get(&keys::due(terms.market.id)).map_err(fault)?.is_none() {
            return Err(format!("exchange: market {} is over and keeps its orders", terms.market.id));
        }
    }
    for (prefix, expected, what) in
        [(0x20, sums.resting, "resting orders"), (0x21, sums.waiting, "waiting orders"), (0x22, sums.levels, "levels")]
    {
        let found = count(prefix).map_err(fault)?;
        if found != expected {
            return Err(format!("exchange: {found} {what}, {expected} of markets"));
        }
    }
    let open = sums.resting + sums.waiting;
    for (prefix, expected, what) in [(0x23, open, "spots"), (0x24, open, "owned"), (0x25, sums.named, "client ids")] {
        let found = count(prefix).map_err(fault)?;
        if found != expected {
            return Err(format!("exchange: {found} {what} for {expected} orders"));
        }
    }
    sums.money(state).map_err(fault)??;
    Ok(sums.escrow)
}

#[derive(Default)]
struct Sums {
    escrow: BTreeMap<Denom, U256>,
    deposits: U256,
    orders: usize,
    resting: usize,
    waiting: usize,
    levels: usize,
    named: usize,
}

impl Sums {
    fn market(&mut self, state: &dyn StateRead, terms: &Terms) -> Result<Result<(), String>, StateError> {
        let market = terms.market.id;
        let mut best = [None, None];
        self.orders = 0;
        for side in [Side::Bid, Side::Ask] {
            let mut levels: BTreeMap<u64, Level> = BTreeMap::new();
            let records = collect(state, &keys::side(market, side), usize::MAX, |key, value| {
                let since = keys::since_of(key).ok_or_else(|| StateError::Damaged(key.clone(), "an order's key"))?;
                Record::decode(key, value, since)
            })?;
            best[side as usize] = records.first().map(|record| record.order.price);
            for record in &records {
                let level = levels.entry(side.rank(record.order.price)).or_default();
                level.lots += u128::from(record.order.quantity.0);
                level.orders += 1;
                if let Err(wrong) = self.order(state, terms, record)? {
                    return Ok(Err(wrong));
                }
            }
            self.resting += records.len();
            self.levels += levels.len();
            let kept: BTreeMap<u64, Level> = collect(state, &keys::levels(market, side), usize::MAX, |key, value| {
                let rank = keys::rank_of(key).ok_or_else(|| StateError::Damaged(key.clone(), "a level's key"))?;
                Ok((rank, Level::decode(key, value)?))
            })?
            .into_iter()
            .collect();
            if kept != levels {
                return Ok(Err(format!("exchange: market {market}: levels {kept:?} are not the sums {levels:?}")));
            }
        }
        if let [Some(bid), Some(ask)] = best
            && bid >= ask
        {
            return Ok(Err(format!("exchange: market {market}: the book is crossed, {bid} bid, {ask} asked")));
        }
        self.waiting(state, terms)
    }

    fn waiting(&mut self, state: &dyn StateRead, terms: &Terms) -> Result<Result<(), String>, StateError> {
        for direction in seiza_orderbook::Direction::BOTH {
            let range = keys::waiting_for(terms.market.id, direction);
            let records = collect(state, &range, usize::MAX, |key, value| {
                let id = keys::waiting_id_of(key).ok_or_else(|| StateError::Damaged(key.clone(), "an order's key"))?;
                Record::decode(key, value, id)
            })?;
            self.waiting += records.len();
            for record in &records {
                if let Err(wrong) = self.order(state, terms, record)? {
                    return Ok(Err(wrong));
                }
            }
        }
        Ok(Ok(()))
    }

    /// Counts an order, and follows its names.
    fn order(
        &mut self,
        state: &dyn StateRead,
        terms: &Terms,
        record: &Record,
    ) -> Result<Result<(), String>, StateError> {
        let (order, market) = (name(record.order.id), terms.market.id);
        self.orders += 1;
        let denom = terms.escrow_denom(record.order.side);
        let held = kept(denom, terms.escrow(&record.order, record.order.quantity));
        *self.escrow.entry(denom.clone()).or_default() += held;
        self.named += usize::from(record.extras.client_id != 0);
        if entries::record(state, order)? != Some((market, *record)) {
            return Ok(Err(format!("exchange: order {order} is not where its name leads")));
        }
        if state.get(&keys::owned(&record.order.owner, market, order))?.is_none() {
            return Ok(Err(format!("exchange: order {order} is not among its owner's")));
        }
        named(state, &record.order.owner, record.extras.client_id, (market, order))
    }

    fn money(&self, state: &dyn StateRead) -> Result<Result<(), String>, StateError> {
        for (denom, held) in &self.escrow {
            let balance = held_at(state, &EXCHANGE_ADDRESS, denom)?;
            if balance < *held {
                return Ok(Err(format!("exchange: escrow of {denom} is {balance}, open orders need {held}")));
            }
        }
        let (balance, deposits) = (bank::native_balance(state, &DEPOSITS)?, self.deposits * kept(&Denom::native(), 1));
        if balance < deposits {
            return Ok(Err(format!("exchange: deposits are {balance}, markets say {deposits}")));
        }
        Ok(Ok(()))
    }
}

fn held_at(state: &dyn StateRead, account: &Address, denom: &Denom) -> Result<U256, StateError> {
    if denom.is_native() { bank::native_balance(state, account) } else { bank::balance(state, account, denom) }
}

fn named(
    state: &dyn StateRead,
    owner: &Address,
    client_id: u64,
    expected: (MarketId, OrderRef),
) -> Result<Result<(), String>, StateError> {
    if client_id != 0 && entries::named(state, owner, client_id)? != Some(expected) {
        return Ok(Err(format!("exchange: client id {client_id} of order {} leads elsewhere", expected.1)));
    }
    Ok(Ok(()))
}
