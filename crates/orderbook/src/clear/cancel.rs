//! Cancellations: of what rests, what waits, and what arrives with the same batch.

use super::intake::Intake;
use crate::batch::{Batch, Cancel};
use crate::clearing::{EndReason, Ended, Place};
use crate::error::CancelError;
use crate::id::OrderId;
use crate::order::Resting;
use crate::trigger::Trigger;
use crate::view::{BookView, Found};

impl Intake<'_> {
    /// Does the batch's cancellations, in the order of ids.
    pub(super) fn cancel<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        batch: &Batch,
        order: &mut Vec<(u128, u32)>,
    ) -> Result<(), V::Error> {
        sort(&batch.cancels, order);
        let (mut done, mut near) = (None, 0);
        for (_, at) in order {
            let cancel = batch.cancels[*at as usize];
            let target = match done {
                Some(id) if id == cancel.id => Err(CancelError::Duplicate),
                _ => authorise(&cancel, self.target(view, cancel.id, near)?),
            };
            let Target { order, place, arrival } = match target {
                Ok(target) => target,
                Err(error) => {
                    self.clearing.refused.push((cancel, error));
                    continue;
                }
            };
            self.clearing.ended.push(Ended { order, place, reason: EndReason::Cancelled });
            done = Some(cancel.id);
            match arrival {
                Some(at) => {
                    self.parties.withdraw(at);
                    near = at;
                }
                None if place == Place::Arrived => self.triggers.retain(|trigger| trigger.order.id != cancel.id),
                None => {}
            }
        }
        let old = self.clearing.ended.iter().filter(|ended| ended.place != Place::Arrived);
        self.gone.extend(old.map(|ended| ended.order.order.id));
        Ok(())
    }

    /// What a cancellation is about, and where that is.
    fn target<V: BookView + ?Sized>(&self, view: &V, id: OrderId, near: usize) -> Result<Option<Target>, V::Error> {
        if id.height() != self.now.height {
            return Ok(view.find(id)?.map(|found| match found {
                Found::Resting(order) => Target { order, place: Place::Rested, arrival: None },
                Found::Waiting(trigger) => waited(&trigger),
            }));
        }
        let arrival = self.arrival(id, near);
        let order = arrival.map(|at| *self.parties.order_of(&self.parties.arrivals()[at]));
        let trigger = || self.triggers.binary_search_by_key(&id, |trigger| trigger.order.id).ok();
        let order = order.or_else(|| trigger().map(|at| self.triggers[at].order));
        Ok(order.map(|order| Target { order: Resting { order, since: order.id }, place: Place::Arrived, arrival }))
    }
}

/// What a cancellation is about.
pub(super) struct Target {
    pub(super) order: Resting,
    pub(super) place: Place,
    /// Which of the arrivals it is.
    arrival: Option<usize>,
}

/// The cancellations in the order of ids, then of who asks: where they are listed.
fn sort(cancels: &[Cancel], order: &mut Vec<(u128, u32)>) {
    order.clear();
    order.extend(cancels.iter().zip(0..).map(|(cancel, at)| (cancel.id.number(), at)));
    let owner = |at: u32| cancels[at as usize].owner;
    if !cancels.is_sorted() {
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| owner(a.1).cmp(&owner(b.1))));
    }
}

pub(super) fn waited(trigger: &Trigger) -> Target {
    let order = Resting { order: trigger.order, since: trigger.order.id };
    Target { order, place: Place::Waited(trigger.condition), arrival: None }
}

fn authorise(cancel: &Cancel, target: Option<Target>) -> Result<Target, CancelError> {
    match target {
        None => Err(CancelError::UnknownOrder),
        Some(target) if target.order.order.owner != cancel.owner => Err(CancelError::NotOwner),
        Some(found) => Ok(found),
    }
}
