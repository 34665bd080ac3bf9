//! The part of one side of the book that a batch can trade with, read lazily from its best order.
//!
//! Takers of `need / 2` lots can't tell a book from one that ends after `need` lots, if they also know where its next level
//! is. Let q be the price where the lots read reach `need`. At q and beyond it the other side is short, so the volume is
//! what the takers accept there: it never grows with the distance. Where it stays the same, the imbalance does not shrink,
//! and grows at the next level: that is where the search may end ([`Window::bound`]). Nearer than q everything is known,
//! and an imbalance there that is due to the takers is below `need / 2`, while that at q is at least `need / 2` on the
//! part that was read, and more on the whole: the comparison comes out the same. `windows_change_nothing` tests it.

use std::ops::ControlFlow;

use super::{Now, holds};
use crate::order::{OrderId, Resting, Side};
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
    /// The price of the last live order that was read.
    deepest: Option<Price>,
    /// The `deepest` for which `bound` was found.
    looked: Option<Price>,
    /// The worst price at which the batch may be cleared for all that is known.
    bound: Option<Price>,
}

/// Which orders of the book are not what they seem.
#[derive(Clone, Copy)]
pub(super) struct Filter<'a> {
    pub(super) now: Now,
    pub(super) gone: &'a [OrderId],
}

/// What was found.
#[derive(Default)]
pub(super) struct Read {
    pub(super) live: Vec<Resting>,
    pub(super) expired: Vec<Resting>,
}

impl Window {
    pub(super) fn new(side: Side, may_read: usize) -> Self {
        Self {
            side,
            may_read,
            cursor: Cursor::Best,
            held: 0,
            read: 0,
            finished: false,
            cut: None,
            deepest: None,
            looked: None,
            bound: None,
        }
    }

    /// The price of the first order that the limits left unread, if they did.
    pub(super) fn cut(&self) -> Option<Price> {
        self.cut
    }

    /// The worst price to look at; `None` where there is no such bound.
    pub(super) fn bound(&self) -> Option<Price> {
        self.cut.or(self.bound)
    }

    /// An order that was read takes no part any more.
    pub(super) fn release(&mut self, resting: &Resting) {
        self.held -= u128::from(resting.order.quantity.0);
    }

    /// Reads on to the first live order of the side.
    pub(super) fn read_best<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        filter: Filter<'_>,
        found: &mut Read,
    ) -> Result<(), V::Error> {
        self.read_on(view, filter, u64::MAX, 1, found)
    }

    /// Reads on until orders of `need` lots take part, or there are no more at `worst` or better.
    pub(super) fn read<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        filter: Filter<'_>,
        worst: Price,
        need: u128,
        found: &mut Read,
    ) -> Result<(), V::Error> {
        let worst = self.side.rank(worst);
        self.read_on(view, filter, worst, need, found)?;
        match self.deepest {
            Some(deepest) if !self.finished && self.looked != Some(deepest) => {
                self.looked = Some(deepest);
                self.look_beyond(view, filter, deepest, worst)
            }
            _ => Ok(()),
        }
    }

    fn read_on<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        filter: Filter<'_>,
        worst: u64,
        need: u128,
        found: &mut Read,
    ) -> Result<(), V::Error> {
        if self.finished || self.held >= need {
            return Ok(());
        }
        let from = self.cursor;
        (self.finished, self.looked, self.bound) = (true, None, None);
        view.visit(self.side, from, &mut |resting| {
            if self.side.rank(resting.order.price) > worst {
                return ControlFlow::Break(());
            }
            if self.read == self.may_read {
                self.cut = Some(resting.order.price);
                return ControlFlow::Break(());
            }
            self.take(resting, filter, found);
            if self.held < need {
                return ControlFlow::Continue(());
            }
            self.finished = false;
            ControlFlow::Break(())
        })
    }

    fn take(&mut self, resting: &Resting, filter: Filter<'_>, found: &mut Read) {
        self.read += 1;
        self.cursor = Cursor::After(resting.key());
        if filter.is_past(resting) {
            found.expired.extend((!filter.is_gone(resting)).then_some(*resting));
        } else if !filter.is_gone(resting) {
            self.held += u128::from(resting.order.quantity.0);
            self.deepest = Some(resting.order.price);
            found.live.push(*resting);
        }
    }

    /// Finds the level after `deepest`: the search for a price ends before it.
    fn look_beyond<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        filter: Filter<'_>,
        deepest: Price,
        worst: u64,
    ) -> Result<(), V::Error> {
        let side = self.side;
        let mut budget = self.may_read - self.read;
        if side.rank(deepest) >= worst {
            return Ok(());
        }
        view.visit(side, Cursor::WorseThan(deepest), &mut |resting| {
            if budget > 0 && (filter.is_gone(resting) || filter.is_past(resting)) {
                budget -= 1;
                return ControlFlow::Continue(());
            }
            self.bound = Some(one_better(side, resting.order.price));
            ControlFlow::Break(())
        })
    }
}

fn one_better(side: Side, price: Price) -> Price {
    match side {
        Side::Ask => Price(price.0 - 1),
        Side::Bid => Price(price.0 + 1),
    }
}

impl Filter<'_> {
    fn is_gone(self, resting: &Resting) -> bool {
        !self.gone.is_empty() && holds(self.gone, resting.order.id)
    }

    fn is_past(self, resting: &Resting) -> bool {
        self.now.is_past(resting.order.expiry)
    }
}
