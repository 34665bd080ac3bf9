//! A book in memory: for tests, and as a cache of one that lies in state.
//!
//! Finding an order is a search in its block's list, placing and removing one is a step in its level's list and a look for
//! the level. What it holds depends on what was applied to it alone, never on how its memory is laid out.

mod index;
mod ladder;
mod slots;

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::ops::ControlFlow;

use foldhash::fast::FixedState;

use crate::batch::Batch;
use crate::clear::Clearer;
use crate::clearing::{Clearing, Place};
use crate::id::OrderId;
use crate::limits::Limits;
use crate::order::{Order, Resting, Side};
use crate::params::MarketParams;
use crate::trigger::{Condition, Direction, Trigger};
use crate::units::{Price, Quantity};
use crate::view::{BookView, Cursor, Found};
use index::Index;
use ladder::Ladder;
use slots::Slots;

/// One market's resting orders and waiting triggers.
#[derive(Clone, Debug)]
pub struct Book {
    params: MarketParams,
    limits: Limits,
    last: Option<Price>,
    slots: Slots,
    ladders: [Ladder; 2],
    triggers: [BTreeMap<(u64, OrderId), Trigger>; 2],
    index: Index,
    waiting: HashMap<OrderId, Condition, FixedState>,
}

impl Book {
    /// An empty book of a market that has never traded.
    pub fn new(params: MarketParams) -> Self {
        Self::with_limits(params, Limits::default())
    }

    /// The same, cleared within other limits than the usual.
    pub fn with_limits(params: MarketParams, limits: Limits) -> Self {
        Self {
            params,
            limits,
            last: None,
            slots: Slots::default(),
            ladders: [Ladder::new(Side::Bid), Ladder::new(Side::Ask)],
            triggers: [BTreeMap::new(), BTreeMap::new()],
            index: Index::default(),
            waiting: HashMap::default(),
        }
    }

    /// Clears a batch and writes its outcome down: [`crate::clear`], then [`Book::apply`].
    pub fn clear(&mut self, batch: &Batch) -> Clearing {
        let mut clearing = Clearing::default();
        self.clear_with(&mut Clearer::default(), batch, &mut clearing);
        clearing
    }

    /// The same with memory of the caller's, which is used again.
    pub fn clear_with(&mut self, clearer: &mut Clearer, batch: &Batch, clearing: &mut Clearing) {
        match clearer.clear(self, &self.params, self.limits, batch, clearing) {
            Ok(()) => self.apply(clearing),
            Err(never) => match never {},
        }
    }

    /// Writes down the outcome of a batch that was cleared against this book as it is.
    pub fn apply(&mut self, clearing: &Clearing) {
        self.last = clearing.price.or(self.last);
        for ended in &clearing.ended {
            match ended.place {
                Place::Arrived => {}
                Place::Rested => self.take(&ended.order.order),
                Place::Waited(condition) => self.forget(ended.order.order.id, condition),
            }
        }
        clearing.fired.iter().for_each(|trigger| self.forget(trigger.order.id, trigger.condition));
        for fill in clearing.fills.iter().filter(|fill| fill.place == Place::Rested) {
            self.reduce(&fill.order.order, fill.remaining());
        }
        self.index.expect(clearing.rested.len());
        clearing.rested.iter().for_each(|resting| self.rest(resting));
        clearing.waiting.iter().for_each(|trigger| self.wait(*trigger));
    }

    /// Puts an order into the book. It must not cross the other side, nor be there already.
    pub fn rest(&mut self, resting: &Resting) {
        let slot = self.ladders[resting.order.side as usize].insert(&mut self.slots, resting);
        self.index.insert(resting.order.id, slot);
    }

    fn wait(&mut self, trigger: Trigger) {
        let (list, key) = waiting_key(trigger.condition, trigger.order.id);
        self.triggers[list].insert(key, trigger);
        self.waiting.insert(trigger.order.id, trigger.condition);
    }

    /// Takes an order out that rests.
    fn take(&mut self, order: &Order) {
        if let Some(slot) = self.index.remove(order.id) {
            self.ladders[order.side as usize].remove(&mut self.slots, slot, order.price);
        }
    }

    /// Forgets a trigger.
    fn forget(&mut self, id: OrderId, condition: Condition) {
        let (list, key) = waiting_key(condition, id);
        self.waiting.remove(&id);
        self.triggers[list].remove(&key);
    }

    fn reduce(&mut self, order: &Order, remaining: Quantity) {
        if remaining == Quantity::ZERO {
            return self.take(order);
        }
        self.index.get(order.id).into_iter().for_each(|slot| self.slots.set_quantity(slot, remaining));
    }

    /// The market's scales.
    pub fn params(&self) -> &MarketParams {
        &self.params
    }

    /// The last clearing price.
    pub fn last(&self) -> Option<Price> {
        self.last
    }

    /// The best price of a side.
    pub fn best(&self, side: Side) -> Option<Price> {
        self.orders(side).next().map(|resting| resting.order.price)
    }

    /// The orders of a side, in the order in which they trade.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = Resting> {
        self.ladders[side as usize].from(&self.slots, Cursor::Best)
    }

    /// How many orders rest and triggers wait.
    pub fn len(&self) -> usize {
        self.index.len() + self.waiting.len()
    }

    /// Whether nothing rests and nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn waiting_key(condition: Condition, id: OrderId) -> (usize, (u64, OrderId)) {
    let direction = condition.direction();
    (direction as usize, (direction.rank(condition.price()), id))
}

impl BookView for Book {
    type Error = Infallible;

    fn last_price(&self) -> Result<Option<Price>, Infallible> {
        Ok(self.last)
    }

    fn find(&self, id: OrderId) -> Result<Option<Found>, Infallible> {
        let resting = self.index.get(id).map(|slot| Found::Resting(self.slots.resting(slot)));
        Ok(resting.or_else(|| {
            let (list, key) = waiting_key(*self.waiting.get(&id)?, id);
            self.triggers[list].get(&key).copied().map(Found::Waiting)
        }))
    }

    fn visit(
        &self,
        side: Side,
        from: Cursor,
        visit: &mut dyn FnMut(&Resting) -> ControlFlow<()>,
    ) -> Result<(), Infallible> {
        let _ = self.ladders[side as usize].from(&self.slots, from).try_for_each(|resting| visit(&resting));
        Ok(())
    }

    fn visit_triggers(
        &self,
        direction: Direction,
        visit: &mut dyn FnMut(&Trigger) -> ControlFlow<()>,
    ) -> Result<(), Infallible> {
        let _ = self.triggers[direction as usize].values().try_for_each(visit);
        Ok(())
    }
}
