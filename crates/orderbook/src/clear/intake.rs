//! The first steps: malformed arrivals are refused, cancellations done. What remains are the batch's arrivals in the
//! order of time.

use super::{Now, Party, holds};
use crate::batch::{Batch, Cancel};
use crate::clearing::{Clearing, EndReason, Ended, Place};
use crate::error::{CancelError, OrderError};
use crate::id::OrderId;
use crate::limits::Limits;
use crate::order::{Order, Resting};
use crate::params::MarketParams;
use crate::trigger::Trigger;
use crate::units::Price;
use crate::view::{BookView, Found};

/// What came in, and what was decided of it so far.
pub(super) struct Intake {
    pub(super) now: Now,
    pub(super) limits: Limits,
    pub(super) last: Option<Price>,
    /// Orders that take part, earliest first.
    pub(super) arrivals: Vec<Party>,
    /// New triggers, by id.
    pub(super) triggers: Vec<Trigger>,
    /// Orders and triggers of the book that this batch cancels or, for triggers, takes out otherwise; in order.
    pub(super) gone: Vec<OrderId>,
    pub(super) clearing: Clearing,
}

impl Intake {
    /// Takes the arrivals in, refusing what no market takes.
    pub(super) fn new<V: BookView + ?Sized>(
        view: &V,
        params: &MarketParams,
        limits: Limits,
        batch: &Batch,
    ) -> Result<Self, V::Error> {
        let now = Now { height: batch.height, time_ns: batch.time_ns };
        let mut intake = Self {
            now,
            limits,
            last: view.last_price()?,
            arrivals: Vec::with_capacity(batch.orders.len() + batch.orders.len() / 2),
            triggers: Vec::new(),
            gone: Vec::new(),
            clearing: Clearing::default(),
        };
        intake.take_orders(params, &batch.orders);
        intake.take_triggers(params, &batch.triggers);
        Ok(intake)
    }

    fn take_orders(&mut self, params: &MarketParams, orders: &[Order]) {
        let mut sorted;
        let mut orders = orders;
        if !orders.is_sorted_by_key(|order| order.id) {
            sorted = orders.to_vec();
            sorted.sort_by_key(|order| order.id);
            orders = &sorted;
        }
        let mut before = None;
        for order in orders {
            match self.check(params, order, self.last, before == Some(order.id)) {
                Ok(()) => self.arrivals.push(arrive(*order, order.id)),
                Err(error) => self.clearing.rejected.push((order.id, error)),
            }
            before = Some(order.id);
        }
    }

    fn take_triggers(&mut self, params: &MarketParams, triggers: &[Trigger]) {
        let mut triggers = triggers.to_vec();
        triggers.sort_by_key(|trigger| trigger.order.id);
        let mut before = None;
        for trigger in triggers {
            let (id, price) = (trigger.order.id, trigger.condition.price());
            let taken = before == Some(id) || self.arrival(id).is_some();
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

    fn arrival(&self, id: OrderId) -> Option<usize> {
        self.arrivals.binary_search_by_key(&id, |arrival| arrival.resting.since).ok()
    }

    /// Does the batch's cancellations, in the order of ids.
    pub(super) fn cancel<V: BookView + ?Sized>(&mut self, view: &V, batch: &Batch) -> Result<(), V::Error> {
        let mut cancels = batch.cancels.clone();
        cancels.sort_unstable();
        let mut done: Vec<OrderId> = Vec::with_capacity(cancels.len());
        let mut arrived = Vec::new();
        for cancel in cancels {
            let outcome = match done.last() {
                Some(id) if *id == cancel.id => Err(CancelError::Duplicate),
                _ => authorise(&cancel, self.target(view, cancel.id)?),
            };
            match outcome {
                Ok((order, place)) => {
                    self.clearing.ended.push(Ended { order, place, reason: EndReason::Cancelled });
                    done.push(cancel.id);
                    arrived.extend((cancel.id.height() == self.now.height).then_some(cancel.id));
                }
                Err(error) => self.clearing.refused.push((cancel, error)),
            }
        }
        if !arrived.is_empty() {
            for id in &arrived {
                if let Some(at) = self.arrival(*id) {
                    self.arrivals[at].ended = Some(EndReason::Cancelled);
                }
            }
            self.triggers.retain(|trigger| !holds(&arrived, trigger.order.id));
        }
        self.gone = done;
        Ok(())
    }

    /// What a cancellation is about, and where that is.
    fn target<V: BookView + ?Sized>(&self, view: &V, id: OrderId) -> Result<Option<(Resting, Place)>, V::Error> {
        if id.height() != self.now.height {
            return Ok(view.find(id)?.map(|found| match found {
                Found::Resting(resting) => (resting, Place::Rested),
                Found::Waiting(trigger) => waited(&trigger),
            }));
        }
        let order = self.arrival(id).map(|at| self.arrivals[at].resting);
        let trigger = || self.triggers.binary_search_by_key(&id, |trigger| trigger.order.id).ok();
        let order = order.or_else(|| trigger().map(|at| waited(&self.triggers[at]).0));
        Ok(order.map(|order| (order, Place::Arrived)))
    }
}

pub(super) fn arrive(order: Order, since: OrderId) -> Party {
    Party::new(Resting { order, since }, false)
}

pub(super) fn waited(trigger: &Trigger) -> (Resting, Place) {
    (Resting { order: trigger.order, since: trigger.order.id }, Place::Waited(trigger.condition))
}

fn authorise(cancel: &Cancel, target: Option<(Resting, Place)>) -> Result<(Resting, Place), CancelError> {
    match target {
        None => Err(CancelError::UnknownOrder),
        Some((resting, _)) if resting.order.owner != cancel.owner => Err(CancelError::NotOwner),
        Some(found) => Ok(found),
    }
}
