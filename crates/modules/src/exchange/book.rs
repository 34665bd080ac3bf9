//! A market's book as it lies in state: how clearing reads it, and how an outcome is written down.

use std::cell::RefCell;
use std::ops::ControlFlow;

use seiza_orderbook::{
    BookView, Clearing, Cursor, Direction, Ended, Fill, Found, LevelDelta, OrderId, Place, Price, Quantity, Resting,
    Side, Trigger,
};
use seiza_state::{KeyRange, StateError, StateRead, StateWrite};
use seiza_types::exchange::MarketId;
use seiza_types::wire::{Reader, Wire as _, put_number};

use super::record::{Extras, Record, Spot, encode_spot, name};
use super::{entries, keys};

/// What is kept of orders beside what the book looks at, by the tag that each order carries while a batch is cleared.
#[derive(Debug, Default)]
pub(super) struct Tags(Vec<Extras>);

impl Tags {
    /// The record with a tag of its own.
    pub(super) fn tagged(&mut self, mut record: Record) -> Record {
        record.order.tag = u32::try_from(self.0.len()).expect("a batch reads far fewer orders");
        self.0.push(record.extras);
        record
    }

    /// What is kept of an order that this table has tagged.
    pub(super) fn of(&self, tag: u32) -> Extras {
        self.0[tag as usize]
    }
}

/// A book in state, for one batch.
pub(super) struct StateBook<'a> {
    pub(super) state: &'a dyn StateRead,
    pub(super) market: MarketId,
    /// Whether it clears: a book that does not shows no last price, so that nothing fires.
    pub(super) clears: bool,
    /// Orders that this batch takes back, by id: the only ones that it looks for by name.
    pub(super) withdrawn: Vec<Record>,
    pub(super) tags: RefCell<Tags>,
}

impl StateBook<'_> {
    fn walk(
        &self,
        range: &KeyRange,
        since: fn(&seiza_state::Key) -> Option<OrderId>,
        visit: &mut dyn FnMut(Record) -> ControlFlow<()>,
    ) -> Result<(), StateError> {
        let mut failed = None;
        self.state.scan(range, &mut |key, value| {
            let since = since(key).ok_or_else(|| StateError::Damaged(key.clone(), "an order's key"));
            match since.and_then(|since| Record::decode(key, value, since)) {
                Ok(record) => visit(self.tags.borrow_mut().tagged(record)).is_continue(),
                Err(error) => {
                    failed = Some(error);
                    false
                }
            }
        })?;
        failed.map_or(Ok(()), Err)
    }
}

impl BookView for StateBook<'_> {
    type Error = StateError;

    fn last_price(&self) -> Result<Option<Price>, StateError> {
        if self.clears { entries::last_price(self.state, self.market) } else { Ok(None) }
    }

    fn find(&self, id: OrderId) -> Result<Option<Found>, StateError> {
        let at = self.withdrawn.binary_search_by_key(&id, |record| record.order.id).ok();
        Ok(at
            .map(|at| &self.withdrawn[at])
            .map(|record| record.waiting().map_or_else(|| Found::Resting(record.resting()), Found::Waiting)))
    }

    fn visit(
        &self,
        side: Side,
        from: Cursor,
        visit: &mut dyn FnMut(&Resting) -> ControlFlow<()>,
    ) -> Result<(), StateError> {
        let mut range = keys::side(self.market, side);
        if let Cursor::After(at) = from {
            range.start = keys::resting(self.market, side, at).successor();
        }
        self.walk(&range, keys::since_of, &mut |record| visit(&record.resting()))
    }

    fn visit_triggers(
        &self,
        direction: Direction,
        visit: &mut dyn FnMut(&Trigger) -> ControlFlow<()>,
    ) -> Result<(), StateError> {
        let range = keys::waiting_for(self.market, direction);
        self.walk(&range, keys::waiting_id_of, &mut |record| match record.waiting() {
            Some(trigger) => visit(&trigger),
            None => ControlFlow::Continue(()),
        })
    }
}

/// Writes an outcome down.
pub(super) struct Writer<'a> {
    pub(super) state: &'a mut dyn StateWrite,
    pub(super) market: MarketId,
    pub(super) tags: &'a Tags,
}

impl Writer<'_> {
    fn record(&self, resting: &Resting) -> Record {
        let extras = self.tags.of(resting.order.tag);
        Record { order: resting.order, condition: None, since: resting.since, extras }
    }

    /// Everything of an outcome but its levels; answers these.
    pub(super) fn apply(&mut self, clearing: &Clearing) -> Result<Vec<(Side, Price, Level)>, StateError> {
        clearing.fired.iter().for_each(|trigger| self.fire(trigger));
        clearing.ended.iter().for_each(|ended| self.end(ended));
        clearing.fills.iter().for_each(|fill| self.fill(fill));
        clearing.rested.iter().for_each(|resting| self.rest(resting));
        clearing.waiting.iter().for_each(|trigger| self.wait(trigger));
        if let Some(price) = clearing.price {
            self.state.put(keys::last_price(self.market), price.0.to_be_bytes()[..].into());
        }
        let deltas = clearing.level_deltas();
        deltas.into_iter().map(|((side, price), delta)| Ok((side, price, self.change(side, price, delta)?))).collect()
    }

    fn fire(&mut self, trigger: &Trigger) {
        self.state.delete(entries::waiting_key(self.market, trigger.condition, trigger.order.id));
        self.state.delete(keys::spot(name(trigger.order.id)));
    }

    fn end(&mut self, ended: &Ended) {
        match ended.place {
            Place::Arrived => {}
            Place::Rested => {
                self.state.delete(keys::resting(self.market, ended.order.order.side, ended.order.key()));
            }
            Place::Waited(condition) => {
                self.state.delete(entries::waiting_key(self.market, condition, ended.order.order.id));
            }
        }
        // Whoever cancelled has forgotten the names already, and may have given them to another order since.
        if ended.reason != seiza_orderbook::EndReason::Cancelled {
            let record = self.record(&ended.order);
            entries::forget(self.state, self.market, &record);
        }
    }

    fn fill(&mut self, fill: &Fill) {
        let (order, left) = (&fill.order, fill.remaining());
        let key = keys::resting(self.market, order.order.side, order.key());
        match fill.place {
            Place::Rested if left > Quantity::ZERO => {
                let mut record = self.record(order);
                record.order.quantity = left;
                self.state.put(key, record.encode());
            }
            Place::Rested => self.state.delete(key),
            Place::Arrived | Place::Waited(_) => {}
        }
        if left == Quantity::ZERO {
            let record = self.record(order);
            entries::forget(self.state, self.market, &record);
        }
    }

    fn rest(&mut self, resting: &Resting) {
        let (record, at) = (self.record(resting), resting.key());
        self.state.put(keys::resting(self.market, resting.order.side, at), record.encode());
        let spot = encode_spot(self.market, &Spot::Resting(resting.order.side, at));
        self.state.put(keys::spot(name(resting.order.id)), spot);
    }

    fn wait(&mut self, trigger: &Trigger) {
        let Trigger { order, condition } = *trigger;
        let extras = self.tags.of(order.tag);
        let record = Record { order, condition: Some(condition), since: order.id, extras };
        self.state.put(entries::waiting_key(self.market, condition, order.id), record.encode());
        self.state.put(keys::spot(name(order.id)), encode_spot(self.market, &Spot::Waiting(condition)));
    }

    fn change(&mut self, side: Side, price: Price, delta: LevelDelta) -> Result<Level, StateError> {
        let key = keys::level(self.market, side, side.rank(price));
        let before = Level::read(&*self.state, &key)?;
        let lots = before.lots.checked_add_signed(delta.lots);
        let orders = before.orders.checked_add_signed(delta.orders);
        let (Some(lots), Some(orders)) = (lots, orders) else { return Err(StateError::Underflow(key)) };
        let level = Level { lots, orders };
        match level.orders {
            0 => self.state.delete(key),
            _ => self.state.put(key, level.encode()),
        }
        Ok(level)
    }
}

/// What a level holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) lots: u128,
    pub(super) orders: u64,
}

impl Level {
    fn encode(self) -> seiza_state::Value {
        let mut out = Vec::new();
        self.lots.put(&mut out);
        put_number(&mut out, self.orders);
        out.into()
    }

    pub(super) fn decode(key: &seiza_state::Key, bytes: &[u8]) -> Result<Self, StateError> {
        let mut reader = Reader::new(bytes);
        let level = u128::take(&mut reader).and_then(|lots| Ok(Self { lots, orders: reader.number()? }));
        level.map_err(|_| StateError::Damaged(key.clone(), "a level is lots and orders"))
    }

    fn read(state: &dyn StateRead, key: &seiza_state::Key) -> Result<Self, StateError> {
        state.get(key)?.map_or(Ok(Self::default()), |value| Self::decode(key, &value))
    }
}
