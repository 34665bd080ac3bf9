//! The one price of a batch.
//!
//! Demand falls and supply rises with the price, and both change only at the orders' limits. So one sweep over the limits,
//! upwards, sees every price there is: each limit, and each gap between two, in which all prices are alike but for their
//! distance from the last.

use super::queue::Entry;
use crate::units::Price;

/// Where a batch clears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Priced {
    pub(super) price: Price,
    /// Lots; not zero.
    pub(super) volume: u128,
}

/// What prices are compared with.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) last: Option<Price>,
    pub(super) lowest: Price,
    pub(super) highest: Price,
}

/// The best price so far.
struct Best {
    bounds: Bounds,
    priced: Option<Priced>,
    imbalance: u128,
}

/// The price at which most is traded; of several that with the least imbalance, then the nearest to the last, then the
/// lowest. `None` where no price trades anything. Both sides are in queue order.
pub(super) fn discover(bids: &[Entry], asks: &[Entry], bounds: Bounds) -> Option<Priced> {
    let mut best = Best { bounds, priced: None, imbalance: 0 };
    let mut demand: u128 = bids.iter().map(|bid| u128::from(bid.quantity)).sum();
    let mut supply = 0;
    let mut bids = bids.iter().rev().peekable();
    let mut asks = asks.iter().peekable();
    let mut gap = 0;
    while let Some(bid) = bids.peek() {
        let limit = asks.peek().map_or(bid.price, |ask| ask.price.min(bid.price));
        if limit.0 > gap {
            best.consider(gap, limit.0 - 1, demand, supply);
        }
        while let Some(ask) = asks.next_if(|ask| ask.price == limit) {
            supply += u128::from(ask.quantity);
        }
        best.consider(limit.0, limit.0, demand, supply);
        while let Some(bid) = bids.next_if(|bid| bid.price == limit) {
            demand -= u128::from(bid.quantity);
        }
        gap = limit.0.saturating_add(1);
    }
    best.priced
}

impl Best {
    /// All prices from `low` to `high` have this demand and supply.
    fn consider(&mut self, low: u64, high: u64, demand: u128, supply: u128) {
        let volume = demand.min(supply);
        let (low, high) = (low.max(self.bounds.lowest.0), high.min(self.bounds.highest.0));
        if volume == 0 || low > high || self.priced.is_some_and(|best| best.volume > volume) {
            return;
        }
        let price = Price(self.bounds.last.map_or(low, |last| last.0.clamp(low, high)));
        let imbalance = demand.abs_diff(supply);
        let distance = |price: Price| self.bounds.last.map_or(0, |last| last.distance(price));
        let better = self.priced.is_none_or(|best| {
            let ours = (std::cmp::Reverse(volume), imbalance, distance(price), price);
            ours < (std::cmp::Reverse(best.volume), self.imbalance, distance(best.price), best.price)
        });
        if better {
            self.priced = Some(Priced { price, volume });
            self.imbalance = imbalance;
        }
    }
}
