//! Triggers that the last price meets become orders of the batch.

use std::ops::ControlFlow;

use super::cancel::{Target, waited};
use super::intake::Intake;
use crate::clearing::{EndReason, Ended};
use crate::id::OrderId;
use crate::trigger::Direction;
use crate::units::Price;
use crate::view::BookView;

impl Intake<'_> {
    /// Fires the triggers that the last price meets, waiting or new; the other new ones wait from now on.
    pub(super) fn fire<V: BookView + ?Sized>(&mut self, view: &V) -> Result<(), V::Error> {
        let last = self.last;
        let new = std::mem::take(&mut self.triggers);
        let (met, waiting): (Vec<_>, Vec<_>) =
            new.into_iter().partition(|trigger| last.is_some_and(|last| trigger.condition.is_met(last)));
        self.clearing.waiting = waiting;
        if let Some(last) = last {
            for direction in Direction::BOTH {
                self.fire_waiting(view, direction, last)?;
            }
        }
        if self.clearing.fired.is_empty() && met.is_empty() {
            return Ok(());
        }
        self.clearing.fired.sort_unstable_by_key(|trigger| trigger.order.id);
        let before = self.now.height.saturating_sub(1);
        for (trigger, nth) in self.clearing.fired.iter().zip(0..) {
            self.parties.fire(trigger.order, OrderId::after(before, nth));
        }
        met.iter().for_each(|trigger| self.parties.fire(trigger.order, trigger.order.id));
        self.parties.sort();
        Ok(())
    }

    fn fire_waiting<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        direction: Direction,
        last: Price,
    ) -> Result<(), V::Error> {
        let Self { clearing, gone, now, limits, .. } = self;
        let (mut seen, mut over) = (0, Vec::new());
        view.visit_triggers(direction, &mut |trigger| {
            if !trigger.condition.is_met(last) || seen == limits.triggers {
                return ControlFlow::Break(());
            }
            seen += 1;
            if gone.holds(trigger.order.id) {
                return ControlFlow::Continue(());
            }
            if now.is_past(trigger.order.expiry) {
                let Target { order, place, .. } = waited(trigger);
                clearing.ended.push(Ended { order, place, reason: EndReason::Expired });
            } else {
                clearing.fired.push(*trigger);
            }
            over.push(trigger.order.id);
            ControlFlow::Continue(())
        })?;
        gone.extend(over);
        Ok(())
    }
}
