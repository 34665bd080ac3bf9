//! The part of one side of the book that a batch can trade with, read lazily from its best order.
//!
//! The arrivals that reach this side's best order want so and so much; that and one lot is the book's *share*. What
//! rests beyond it can't trade, and the rules for the price do not ask for it ([`super::price`]). So it need not be read.

use std::ops::ControlFlow;

use super::Now;
use super::seen::Ids;
use crate::order::{Order, Resting, Side};
use crate::units::Price;
use crate::view::{BookView, Cursor};

/// How far one side was read, and what for.
pub(super) struct Window {
    side: Side,
    /// Orders that may be read at most.
    may_read: usize,
    cursor: Cursor,
    /// Lots read that still take part.
    held: u128,
    read: usize,
    finished: bool,
    /// The first order that was not read for want of permission.
    cut: Option<Price>,
}

/// Which orders of the book are not what they seem.
#[derive(Clone, Copy)]
pub(super) struct Filter<'a> {
    pub(super) now: Now,
    pub(super) gone: &'a Ids,
}

impl Window {
    pub(super) fn new(side: Side, may_read: usize) -> Self {
        Self { side, may_read, cursor: Cursor::Best, held: 0, read: 0, finished: false, cut: None }
    }

    /// The price of the first order that the limits left unread, if they did.
    pub(super) fn cut(&self) -> Option<Price> {
        self.cut
    }

    /// An order that was read takes no part any more.
    pub(super) fn release(&mut self, order: &Order) {
        self.held -= u128::from(order.quantity.0);
    }

    /// Whether none of what was read takes part any more.
    pub(super) fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// Reads on until orders of `need` lots take part, or there are no more at `worst` or better. Gives each that takes
    /// part and each that is expired, and which of the two it is.
    pub(super) fn read<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        filter: Filter<'_>,
        worst: Price,
        need: u128,
        mut found: impl FnMut(&Resting, bool),
    ) -> Result<(), V::Error> {
        if self.finished || self.held >= need {
            return Ok(());
        }
        let (from, worst) = (self.cursor, self.side.rank(worst));
        self.finished = true;
        view.visit(self.side, from, &mut |resting| {
            if self.side.rank(resting.order.price) > worst {
                return ControlFlow::Break(());
            }
            if self.read == self.may_read {
                self.cut = Some(resting.order.price);
                return ControlFlow::Break(());
            }
            self.take(resting, filter, &mut found);
            if self.held < need {
                return ControlFlow::Continue(());
            }
            self.finished = false;
            ControlFlow::Break(())
        })
    }

    fn take(&mut self, resting: &Resting, filter: Filter<'_>, found: &mut impl FnMut(&Resting, bool)) {
        self.read += 1;
        self.cursor = Cursor::After(resting.key());
        if filter.gone.holds(resting.order.id) {
            return;
        }
        let live = !filter.now.is_past(resting.order.expiry);
        if live {
            self.held += u128::from(resting.order.quantity.0);
        }
        found(resting, live);
    }
}
