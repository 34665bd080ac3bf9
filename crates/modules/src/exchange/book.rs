//! A market's book as it lies in state: how clearing reads it.

use std::cell::RefCell;
use std::ops::ControlFlow;

use seiza_orderbook::{BookView, Cursor, Direction, Found, OrderId, Price, Resting, Side, Trigger};
use seiza_state::{KeyRange, StateError, StateRead};
use seiza_types::exchange::MarketId;

use super::record::{Extras, Record};
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
