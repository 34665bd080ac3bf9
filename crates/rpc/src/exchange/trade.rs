//! What one block traded in one market.
//!
//! A batch has one price and no pairs: whoever buys buys from all who sell. So a trade here is the batch, not a pair; what
//! takers bought and sold of it says which side pushed, and each owner's own part is in their fills.

use seiza_types::Height;
use seiza_types::exchange::{MarketOutcome, OrderSide};
use serde::Serialize;

use super::interval::Millis;
use super::shapes::Amount;

/// What one block traded in one market, at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Trade {
    /// The block.
    pub(crate) height: Height,
    /// Its time.
    pub(crate) time: Millis,
    /// The clearing price, quote units for a whole base coin.
    pub(crate) price: Amount,
    /// Base units that changed hands.
    pub(crate) quantity: Amount,
    /// Quote units that were paid for them.
    pub(crate) quote_quantity: Amount,
    /// Base units that takers bought.
    pub(crate) taker_bought: Amount,
    /// Base units that takers sold.
    pub(crate) taker_sold: Amount,
    /// Orders that were filled, in whole or in part.
    pub(crate) fills: usize,
}

impl Trade {
    /// What a market's outcome traded; `None` where nothing was.
    pub(crate) fn of(height: Height, time: Millis, outcome: &MarketOutcome) -> Option<Self> {
        let price = outcome.price.filter(|_| outcome.volume > 0)?;
        let taken = |side: OrderSide| {
            let by_takers = outcome.fills.iter().filter(|fill| !fill.maker && fill.side == side);
            Amount(by_takers.fold(0, |sum: u128, fill| sum.saturating_add(fill.quantity)))
        };
        Some(Self {
            height,
            time,
            price: Amount(price),
            quantity: Amount(outcome.volume),
            quote_quantity: Amount(outcome.quote_volume),
            taker_bought: taken(OrderSide::Buy),
            taker_sold: taken(OrderSide::Sell),
            fills: outcome.fills.len(),
        })
    }
}
