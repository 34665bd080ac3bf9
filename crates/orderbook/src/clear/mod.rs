//! Clearing a batch: a pure function from a book and what arrived to what changes.
//!
//! The steps, each a file:
//! 1. [`intake`]: what is malformed is refused; [`cancel`]: what is to be cancelled is; triggers that the last price meets
//!    [`fire`].
//! 2. [`entry`]: post-only orders enter the book or are refused; of the others those that can trade are found.
//! 3. [`window`]: as much of the book is read as they could trade with, never more.
//! 4. [`rounds`]: the batch is priced ([`price`]) and filled ([`queue`]); fill-or-kill orders that don't fit and orders
//!    that would meet their owner's are taken out, and it is priced again.
//! 5. [`finish`]: what did not trade rests, or is over.

mod at;
mod cancel;
mod entry;
mod finish;
mod fire;
mod intake;
mod owners;
mod parties;
mod price;
mod queue;
mod rounds;
mod seen;
mod sort;
mod window;

use seiza_types::Height;

use crate::batch::Batch;
use crate::clearing::Clearing;
use crate::limits::Limits;
use crate::order::Expiry;
use crate::params::MarketParams;
use crate::view::BookView;

/// Clears `batch` against the book that `view` shows. Nothing is changed: the outcome says what does. Whoever clears many
/// batches keeps a [`Clearer`].
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
    let mut clearing = Clearing::default();
    Clearer::default().clear(view, params, limits, batch, &mut clearing)?;
    Ok(clearing)
}

/// Memory for clearing one batch after another, in any markets. It remembers nothing of them: a new one gives the same.
#[derive(Default)]
pub struct Clearer {
    parties: parties::Memory,
    queues: [queue::Memory; 2],
    gone: seen::Ids,
    cancels: Vec<(u128, u32)>,
}

impl Clearer {
    /// As [`clear`]; the outcome goes where the caller's last one was.
    ///
    /// # Errors
    /// Those of `view`. The outcome is without meaning then.
    pub fn clear<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        params: &MarketParams,
        limits: Limits,
        batch: &Batch,
        clearing: &mut Clearing,
    ) -> Result<(), V::Error> {
        clearing.reset();
        let mut intake = intake::Intake::new(view, params, limits, batch, clearing, self)?;
        intake.cancel(view, batch, &mut self.cancels)?;
        intake.fire(view)?;
        let mut auction = entry::enter(view, &mut intake, std::mem::take(&mut self.queues))?;
        let outcome = auction.run(view, &mut intake)?;
        finish::finish(view, &mut intake, &auction, outcome)?;
        self.queues = auction.into_memory();
        (self.parties, self.gone) = intake.into_memory();
        Ok(())
    }
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
