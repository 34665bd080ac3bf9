//! What clearing asks of a book: little at a time, best first, so that a book may lie in state and be as deep as it likes.

use std::ops::ControlFlow;

use crate::id::OrderId;
use crate::order::{OrderKey, Resting, Side};
use crate::trigger::{Direction, Trigger};
use crate::units::Price;

/// From where a side is read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// From its best order.
    Best,
    /// From the order that follows this one.
    After(OrderKey),
}

/// Where an order is, and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// In the book.
    Resting(Resting),
    /// Among the triggers.
    Waiting(Trigger),
}

/// A book to be read. What it shows must be in order and must not change while a batch is cleared; bids and asks must not
/// cross. What clearing reports keeps both so.
pub trait BookView {
    /// Why reading failed. Clearing stops with it.
    type Error;

    /// The last clearing price; `None` before the first trade.
    fn last_price(&self) -> Result<Option<Price>, Self::Error>;

    /// The order of that name.
    fn find(&self, id: OrderId) -> Result<Option<Found>, Self::Error>;

    /// Shows the orders of one side, best price first, then earliest `since`, until `visit` breaks.
    fn visit(
        &self,
        side: Side,
        from: Cursor,
        visit: &mut dyn FnMut(&Resting) -> ControlFlow<()>,
    ) -> Result<(), Self::Error>;

    /// Shows the triggers of one direction, the price that is met soonest first, then the lowest id, until `visit` breaks.
    fn visit_triggers(
        &self,
        direction: Direction,
        visit: &mut dyn FnMut(&Trigger) -> ControlFlow<()>,
    ) -> Result<(), Self::Error>;
}
