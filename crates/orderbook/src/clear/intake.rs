//! The first step: malformed arrivals are refused. What remains are the batch's arrivals in the order of time.

use super::parties::{Memory, Parties};
use super::seen::Ids;
use super::{Clearer, Now};
use crate::batch::Batch;
use crate::clearing::Clearing;
use crate::error::OrderError;
use crate::id::OrderId;
use crate::limits::Limits;
use crate::order::Order;
use crate::params::MarketParams;
use crate::search::position_near;
use crate::trigger::Trigger;
use crate::units::Price;
use crate::view::BookView;

/// What came in, and what was decided of it so far.
pub(super) struct Intake<'a> {
    pub(super) now: Now,
    pub(super) limits: Limits,
    pub(super) last: Option<Price>,
    /// Who takes part.
    pub(super) parties: Parties<'a>,
    /// New triggers, by id.
    pub(super) triggers: Vec<Trigger>,
    /// Orders and triggers of the book that this batch cancels or, for triggers, takes out otherwise.
    pub(super) gone: Ids,
    pub(super) clearing: &'a mut Clearing,
}

impl<'a> Intake<'a> {
    /// Takes the arrivals in, refusing what no market takes.
    pub(super) fn new<V: BookView + ?Sized>(
        view: &V,
        params: &MarketParams,
        limits: Limits,
        batch: &'a Batch,
        clearing: &'a mut Clearing,
        memory: &mut Clearer,
    ) -> Result<Self, V::Error> {
        let mut gone = std::mem::take(&mut memory.gone);
        gone.clear();
        let mut intake = Self {
            now: Now { height: batch.height, time_ns: batch.time_ns },
            limits,
            last: view.last_price()?,
            parties: Parties::new(&batch.orders, std::mem::take(&mut memory.parties)),
            triggers: Vec::new(),
            gone,
            clearing,
        };
        intake.take_orders(params, &batch.orders);
        intake.take_triggers(params, &batch.triggers);
        Ok(intake)
    }

    pub(super) fn into_memory(self) -> (Memory, Ids) {
        (self.parties.into_memory(), self.gone)
    }

    fn take_orders(&mut self, params: &MarketParams, orders: &[Order]) {
        if self.take_listed(params, orders, 0..orders.len()) {
            return;
        }
        let mut listed: Vec<usize> = (0..orders.len()).collect();
        listed.sort_by_key(|at| orders[*at].id);
        self.parties.clear();
        self.clearing.rejected.clear();
        self.take_listed(params, orders, listed);
    }

    /// Takes orders in until one is earlier than the one before it; answers whether there is none.
    fn take_listed(
        &mut self,
        params: &MarketParams,
        orders: &[Order],
        listed: impl IntoIterator<Item = usize>,
    ) -> bool {
        let mut before = None;
        for at in listed {
            let order = &orders[at];
            if before.is_some_and(|before| before > order.id) {
                return false;
            }
            match self.check(params, order, self.last, before == Some(order.id)) {
                Ok(()) => self.parties.arrive(at),
                Err(error) => self.clearing.rejected.push((order.id, error)),
            }
            before = Some(order.id);
        }
        true
    }

    fn take_triggers(&mut self, params: &MarketParams, triggers: &[Trigger]) {
        let mut triggers = triggers.to_vec();
        triggers.sort_by_key(|trigger| trigger.order.id);
        let mut before = None;
        for trigger in triggers {
            let (id, price) = (trigger.order.id, trigger.condition.price());
            let taken = before == Some(id) || self.arrival(id, 0).is_some();
            let zero = if price.0 == 0 { Err(OrderError::ZeroTriggerPrice) } else { Ok(()) };
            match zero.and_then(|()| self.check(params, &trigger.order, Some(price), taken)) {
                Ok(()) => self.triggers.push(trigger),
                Err(error) => self.clearing.rejected.push((id, error)),
            }
            before = Some(id);
        }
    }

    fn check(
        &self,
        params: &MarketParams,
        order: &Order,
        reference: Option<Price>,
        taken: bool,
    ) -> Result<(), OrderError> {
        if !order.id.is_of(self.now.height) {
            return Err(OrderError::ForeignId);
        }
        if taken {
            return Err(OrderError::DuplicateId);
        }
        if self.now.is_past(order.expiry) {
            return Err(OrderError::Expired);
        }
        params.check(order, reference)
    }

    /// The arrival of that name, before anything fired: all are of this block. `near` is where one stands that is asked for
    /// not long before it.
    pub(super) fn arrival(&self, id: OrderId, near: usize) -> Option<usize> {
        let arrivals = self.parties.arrivals();
        let place = |at: usize| self.parties.since_of(&arrivals[at]).place();
        position_near(arrivals.len(), place, id.place(), near).ok().filter(|_| id.height() == self.now.height)
    }
}
