//! The end of a block for one market: its arrivals meet its book, and everybody gets what is theirs.
//!
//! One market is one job. It reads and writes its own keys, credits accounts without reading them, and looks at nothing of
//! another market, so that markets run beside each other.

mod tell;
mod wind_up;

use std::cell::RefCell;

use seiza_orderbook::{Batch, Cancel, Clearing, EndReason, Limits, OrderError, OrderId, Trigger, clear};
use seiza_state::{StateError, StateRead, StateWrite};
use seiza_types::exchange::{MarketId, MarketOutcome, MarketStatus, OrderEnd, Refusal};

use super::book::{StateBook, Tags};
use super::entries::{self, Arrivals};
use super::keys;
use super::params::NativeRates;
use super::record::Record;
use super::settle::Settlement;
use super::spot::Withdrawn;
use super::terms::Terms;
use super::wish::refused;
use super::write::Writer;
use crate::BlockInfo;

/// Markets that something arrived for in this block, or that want a batch anyway, by number.
///
/// # Errors
/// Those of state.
pub fn touched(state: &dyn StateRead) -> Result<Vec<MarketId>, StateError> {
    let mut found = entries::collect(state, &keys::all_due(), usize::MAX, |key, _| {
        keys::market_of_due(key).ok_or_else(|| StateError::Damaged(key.clone(), "a market that is due"))
    })?;
    let mut damaged = None;
    state.scan(&keys::all_arrivals(), &mut |key, _| {
        match keys::arrival_of(key) {
            Some((market, ..)) if found.last() == Some(&market) => {}
            Some((market, ..)) => found.push(market),
            None => damaged = Some(StateError::Damaged(key.clone(), "an arrival's key")),
        }
        damaged.is_none()
    })?;
    found.sort_unstable();
    found.dedup();
    damaged.map_or(Ok(found), Err)
}

/// Ends the block for one market: takes its arrivals, clears them against its book, settles, and tells what happened.
///
/// # Errors
/// Those of state, and damage.
pub fn end_market(
    state: &mut dyn StateWrite,
    block: &BlockInfo,
    rates: &NativeRates,
    market: MarketId,
) -> Result<MarketOutcome, StateError> {
    let unknown = || StateError::Damaged(keys::market(market), "a market that is touched");
    let terms = Terms::read(&*state, market)?.ok_or_else(unknown)?;
    let arrivals = entries::take_arrivals(state, market, block.height)?;
    let mut end = End { terms: &terms, rates, tags: Tags::default(), outcome: MarketOutcome::of(market) };
    let (clearing, rejected) = end.clear(&*state, block, arrivals)?;
    end.write_down(state, &clearing, &rejected, None)?;
    let over = terms.market.status == MarketStatus::Delisted;
    let due = if over { end.wind_up(state)? } else { clearing.due };
    mark(state, market, due)?;
    Ok(end.outcome)
}

/// Notes whether a market wants a batch in the next block; most never did.
fn mark(state: &mut dyn StateWrite, market: MarketId, due: bool) -> Result<(), StateError> {
    let key = keys::due(market);
    match (due, state.get(&key)?.is_some()) {
        (true, _) => state.put(key, [1][..].into()),
        (false, true) => state.delete(key),
        (false, false) => {}
    }
    Ok(())
}

struct End<'a> {
    terms: &'a Terms,
    rates: &'a NativeRates,
    tags: Tags,
    outcome: MarketOutcome,
}

/// Orders that arrived and were refused, with the reason's number.
type Rejected = Vec<(Record, u32)>;

impl End<'_> {
    /// What the arrivals come to. A market that does not trade refuses the orders that came before it stopped.
    fn clear(
        &mut self,
        state: &dyn StateRead,
        block: &BlockInfo,
        arrivals: Arrivals,
    ) -> Result<(Clearing, Rejected), StateError> {
        let mut batch = Batch { height: block.height, time_ns: block.time_ns(), ..Batch::default() };
        let withdrawn = self.take_back(arrivals.withdrawn, &mut batch);
        let orders: Vec<Record> = arrivals.orders.into_iter().map(|record| self.tags.tagged(record)).collect();
        let stopped = match self.terms.market.status {
            MarketStatus::Active => None,
            MarketStatus::Halted => Some(Refusal::Halted.code()),
            MarketStatus::Delisted => Some(Refusal::Delisted.code()),
        };
        for record in orders.iter().filter(|_| stopped.is_none()) {
            match record.waiting() {
                Some(trigger) => batch.triggers.push(trigger),
                None => batch.orders.push(record.order),
            }
        }
        let (market, tags) = (self.outcome.market, RefCell::new(std::mem::take(&mut self.tags)));
        let book = StateBook { state, market, clears: stopped.is_none(), withdrawn, tags };
        let clearing = clear(&book, &self.terms.params, Limits::default(), &batch)?;
        self.tags = book.tags.into_inner();
        let rejected = match stopped {
            Some(code) => orders.into_iter().map(|record| (record, code)).collect(),
            None => self.rejected(&orders, &clearing),
        };
        Ok((clearing, rejected))
    }

    /// Puts the cancellations of what the book holds into the batch, by id; what only just arrived is over already.
    fn take_back(&mut self, withdrawn: Vec<Withdrawn>, batch: &mut Batch) -> Vec<Record> {
        let tagged = withdrawn.into_iter().map(|Withdrawn { spot, record }| (spot, self.tags.tagged(record)));
        let (open, over): (Vec<_>, Vec<_>) = tagged.partition(|(spot, _)| spot.is_some());
        over.iter().for_each(|(_, record)| self.ended(&record.resting(), OrderEnd::Cancelled));
        let mut back: Vec<Record> = open.into_iter().map(|(_, record)| record).collect();
        batch.cancels.extend(back.iter().map(|Record { order, .. }| Cancel { id: order.id, owner: order.owner }));
        back.sort_unstable_by_key(|record| record.order.id);
        back
    }

    /// What the book refused: of the arrivals, and of the triggers that fired into this batch (post-only ones may cross).
    fn rejected(&self, orders: &[Record], clearing: &Clearing) -> Rejected {
        let arrived =
            |id: OrderId| orders.binary_search_by_key(&id, |record| record.order.id).ok().map(|at| orders[at]);
        let fired = |id: OrderId| {
            let Trigger { order, condition } = *clearing.fired.iter().find(|trigger| trigger.order.id == id)?;
            let extras = self.tags.of(order.tag);
            Some(Record { order, condition: Some(condition), since: order.id, extras })
        };
        let find = |id: OrderId| arrived(id).or_else(|| fired(id));
        let refused = clearing.rejected.iter();
        refused.filter_map(|(id, error)| Some((find(*id)?, refused_code(self.terms, error)))).collect()
    }

    /// Settles, writes the book, tells of it. `why` stands for the reason of all that ended, where it is given.
    fn write_down(
        &mut self,
        state: &mut dyn StateWrite,
        clearing: &Clearing,
        rejected: &Rejected,
        why: Option<OrderEnd>,
    ) -> Result<(), StateError> {
        let mut settlement = Settlement::new(state, self.terms, self.rates);
        if let Some(price) = clearing.price {
            self.outcome.price = Some(self.terms.price(price));
            for fill in &clearing.fills {
                self.outcome.fills.push(settlement.fill(fill, price, &self.tags)?);
            }
        }
        for ended in clearing.ended.iter().filter(|ended| ended.reason != EndReason::Cancelled) {
            settlement.give_back(&ended.order.order, ended.order.order.quantity);
        }
        for (record, _) in rejected {
            settlement.give_back(&record.order, record.order.quantity);
        }
        settlement.finish()?;
        rejected.iter().for_each(|(record, _)| entries::forget(state, self.outcome.market, record));
        let levels = Writer { state, market: self.outcome.market, tags: &self.tags }.apply(clearing)?;
        self.tell(clearing, rejected, &levels, why);
        Ok(())
    }
}

fn refused_code(terms: &Terms, error: &OrderError) -> u32 {
    refused(terms, error).code()
}
