//! What a batch did to a book: a value that says all that changed, and nothing that did not.

use crate::batch::Cancel;
use crate::error::{CancelError, OrderError};
use crate::id::OrderId;
use crate::order::{Kind, Resting};
use crate::trigger::{Condition, Trigger};
use crate::units::{Price, Quantity, Volume};

/// The outcome of one batch. Whoever keeps the book writes it down; until then nothing has happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clearing {
    /// The one price of all fills; `None` where nothing traded, and the last price stays what it was.
    pub price: Option<Price>,
    /// What was bought, and what was sold.
    pub volume: Volume,
    /// Who traded how much: bids, best first, then asks, best first.
    pub fills: Vec<Fill>,
    /// Orders that left without trading, or what was left of them, in the order of the steps.
    pub ended: Vec<Ended>,
    /// What now rests that did not before, earliest first.
    pub rested: Vec<Resting>,
    /// Triggers that now wait, earliest first.
    pub waiting: Vec<Trigger>,
    /// Triggers that waited and wait no longer, because they fired. Their orders are among the fills, ended and rested.
    pub fired: Vec<Trigger>,
    /// Orders and triggers that were refused, earliest first.
    pub rejected: Vec<(OrderId, OrderError)>,
    /// Cancellations that did nothing, by id.
    pub refused: Vec<(Cancel, CancelError)>,
    /// Triggers are due: the market wants a batch in the next block, even an empty one.
    pub due: bool,
}

/// One order's part of the trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The order as it was before.
    pub order: Resting,
    /// How much of it traded; at least a lot.
    pub quantity: Quantity,
    /// Where the order was.
    pub place: Place,
}

impl Fill {
    /// What is left of the order. A maker's stays in the book if it is not zero.
    pub fn remaining(&self) -> Quantity {
        self.order.order.quantity.checked_sub(self.quantity).expect("nothing fills beyond its quantity")
    }

    /// Whether it waited for the trade or came to it.
    pub fn liquidity(&self) -> Liquidity {
        match (self.place, self.order.order.kind) {
            (Place::Rested, _) | (_, Kind::PostOnly) => Liquidity::Maker,
            _ => Liquidity::Taker,
        }
    }
}

/// Who gave and who took liquidity. Two arrivals that meet are both takers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liquidity {
    /// Rested before the batch was priced: from an earlier batch, or post-only.
    Maker,
    /// Arrived with the batch, or was fired into it.
    Taker,
}

/// An order that is over, and what of it did not trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The order; its quantity is what is given back.
    pub order: Resting,
    /// Where it was.
    pub place: Place,
    /// Why.
    pub reason: EndReason,
}

/// Where an order was when it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In this batch: the book never held it.
    Arrived,
    /// In the book.
    Rested,
    /// Among the waiting triggers.
    Waited(Condition),
}

/// Why an order is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// Its owner asked for it.
    Cancelled,
    /// Its time was over when it was met.
    Expired,
    /// Immediate-or-cancel or market, and the price did not go far enough.
    Unfilled,
    /// Fill-or-kill, and there was not enough.
    NotFilledInFull,
    /// It would have traded with its owner.
    SelfTrade,
    /// The batch met more than it may read, and this order would have crossed what is unread.
    TooDeep,
}

/// How a level of the book changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LevelDelta {
    /// Orders more or fewer.
    pub orders: i64,
    /// Lots more or fewer.
    pub lots: i128,
}

impl Clearing {
    /// Nothing happened; keeps its memory.
    pub(crate) fn reset(&mut self) {
        let Self { fills, ended, rested, waiting, fired, rejected, refused, .. } = std::mem::take(self);
        *self = Self { fills, ended, rested, waiting, fired, rejected, refused, ..Self::default() };
        self.fills.clear();
        self.ended.clear();
        self.rested.clear();
        self.waiting.clear();
        self.fired.clear();
        self.rejected.clear();
        self.refused.clear();
    }
}
