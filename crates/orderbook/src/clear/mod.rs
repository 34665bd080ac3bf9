//! Clearing a batch: a pure function from a book and what arrived to what changes.
//!
//! The steps, each a file:
//! 1. [`intake`]: what is malformed is refused, what is to be cancelled is cancelled; triggers that the last price meets
//!    [`fire`].
//! 2. [`entry`]: post-only orders enter the book or are refused; of the others those that can trade are found.
//! 3. [`window`]: as much of the book is read as they could trade with, never more.
//! 4. [`rounds`]: the batch is priced ([`price`]) and filled ([`queue`]); fill-or-kill orders that don't fit and orders
//!    that would meet their owner's are taken out, and it is priced again.
//! 5. [`finish`]: what did not trade rests, or is over.

mod entry;
mod finish;
mod fire;
mod intake;
mod owners;
mod price;
mod queue;
mod rounds;
mod window;

use seiza_types::Height;

use crate::batch::Batch;
use crate::clearing::{Clearing, EndReason, Place};
use crate::id::OrderId;
use crate::limits::Limits;
use crate::order::{Expiry, Kind, Resting};
use crate::params::MarketParams;
use crate::view::BookView;

/// Clears `batch` against the book that `view` shows. Nothing is changed: the outcome says what does.
///
/// # Errors
/// Only those of `view`. What is wrong with an order is told in the outcome.
///
/// # Cost
/// O(n log n) in the arrivals and in the resting orders that they could trade with: of each side as many lots as the
/// arrivals that reach it want, an order more, and what is expired or cancelled among them; never more than `limits`
/// allow. Each round anew is linear in these. The size of the book has no part in it, but for what the view needs to find
/// an order.
pub fn clear<V: BookView + ?Sized>(
    view: &V,
    params: &MarketParams,
    limits: Limits,
    batch: &Batch,
) -> Result<Clearing, V::Error> {
    let mut intake = intake::Intake::new(view, params, limits, batch)?;
    intake.cancel(view, batch)?;
    intake.fire(view)?;
    let mut auction = entry::enter(view, &mut intake)?;
    let outcome = auction.run(view, &mut intake)?;
    finish::finish(view, intake, auction, outcome)
}

/// The moment of the batch.
#[derive(Clone, Copy)]
struct Now {
    height: Height,
    time_ns: u64,
}

impl Now {
    fn is_past(self, expiry: Expiry) -> bool {
        expiry.is_past(self.height, self.time_ns)
    }
}

/// An order in the hands of the clearing.
struct Party {
    resting: Resting,
    rested: bool,
    /// Why it takes no part any more. A cancellation is told where it is done.
    ended: Option<EndReason>,
}

impl Party {
    fn new(resting: Resting, rested: bool) -> Self {
        Self { resting, rested, ended: None }
    }

    /// Whether it may take what rests.
    fn takes(&self) -> bool {
        !self.rested && self.ended.is_none() && self.resting.order.kind != Kind::PostOnly
    }

    fn place(&self) -> Place {
        if self.rested { Place::Rested } else { Place::Arrived }
    }
}

/// Ids in order.
fn holds(ids: &[OrderId], id: OrderId) -> bool {
    ids.binary_search(&id).is_ok()
}
