//! How the outcome of a batch is written down.

use seiza_orderbook::{Clearing, EndReason, Ended, Fill, LevelDelta, Place, Price, Quantity, Resting, Side, Trigger};
use seiza_state::{Key, StateError, StateRead, StateWrite, Value};
use seiza_types::exchange::MarketId;
use seiza_types::wire::{Reader, Wire as _, put_number};

use super::book::Tags;
use super::record::{Record, name};
use super::spot::{Spot, encode_spot};
use super::{entries, keys};

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
        if ended.reason != EndReason::Cancelled {
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
        let sums = (before.lots.checked_add_signed(delta.lots), before.orders.checked_add_signed(delta.orders));
        let (Some(lots), Some(orders)) = sums else { return Err(StateError::Underflow(key)) };
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
    fn encode(self) -> Value {
        let mut out = Vec::new();
        self.lots.put(&mut out);
        put_number(&mut out, self.orders);
        out.into()
    }

    pub(super) fn decode(key: &Key, bytes: &[u8]) -> Result<Self, StateError> {
        let mut reader = Reader::new(bytes);
        let level = u128::take(&mut reader).and_then(|lots| Ok(Self { lots, orders: reader.number()? }));
        level.map_err(|_| StateError::Damaged(key.clone(), "a level is lots and orders"))
    }

    fn read(state: &dyn StateRead, key: &Key) -> Result<Self, StateError> {
        state.get(key)?.map_or(Ok(Self::default()), |value| Self::decode(key, &value))
    }
}
