//! The one price of a batch.
//!
//! Demand falls and supply rises with the price, and both change only at the orders' limits. So one sweep over the limits,
//! upwards, sees every price there is: each limit, and each gap between two, in which all prices are alike but for their
//! distance from the last.
//!
//! Of the book no more counts than its share, which is one lot more than the arrivals that reach it want, and the search
//! does not go beyond the level that completes the share. Neither changes how much trades: there, the other side is the
//! shorter. It says which of the prices that trade most is taken, without asking how deep the book is.

use super::queue::{Entry, Queue};
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
    /// Of the bids and of the asks that rest, as many lots count.
    pub(super) shares: [u128; 2],
}

/// The best price so far.
struct Best {
    bounds: Bounds,
    priced: Option<Priced>,
    imbalance: u128,
}

/// The lots of one side that accept a price.
#[derive(Default)]
struct Lots {
    arrived: u128,
    resting: u128,
}

/// The price at which most is traded; of several that with the least imbalance, then the nearest to the last, then the
/// lowest. `None` where no price trades anything. Both queues are sorted.
pub(super) fn discover(bids: &Queue, asks: &Queue, bounds: Bounds) -> Option<Priced> {
    let mut best = Best { bounds, priced: None, imbalance: 0 };
    let (mut demand, mut supply) = (Lots::default(), Lots::default());
    bids.entries.iter().for_each(|bid| demand.add(bid));
    let mut falling = bids.entries.iter().rev().peekable();
    let mut rising = asks.entries.iter().peekable();
    let mut gap = 0;
    while let Some(bid) = falling.peek().map(|bid| bids.price(bid)) {
        let limit = rising.peek().map_or(bid, |ask| asks.price(ask).min(bid));
        if limit.0 > gap {
            best.consider(gap, limit.0 - 1, &demand, &supply);
        }
        while let Some(ask) = rising.next_if(|ask| asks.price(ask) == limit) {
            supply.add(ask);
        }
        best.consider(limit.0, limit.0, &demand, &supply);
        while let Some(bid) = falling.next_if(|bid| bids.price(bid) == limit) {
            demand.subtract(bid);
        }
        gap = limit.0.saturating_add(1);
    }
    best.priced
}

impl Lots {
    fn of(&mut self, entry: &Entry) -> &mut u128 {
        if entry.arrived() { &mut self.arrived } else { &mut self.resting }
    }

    fn add(&mut self, entry: &Entry) {
        *self.of(entry) += u128::from(entry.quantity);
    }

    fn subtract(&mut self, entry: &Entry) {
        *self.of(entry) -= u128::from(entry.quantity);
    }

    /// With no more of the book than its share.
    fn within(&self, share: u128) -> u128 {
        self.arrived + self.resting.min(share)
    }
}

impl Best {
    /// All prices from `low` to `high` have this demand and supply.
    fn consider(&mut self, low: u64, high: u64, demand: &Lots, supply: &Lots) {
        let [bid_share, ask_share] = self.bounds.shares;
        let (demand, supply) = (demand.within(bid_share), supply.within(ask_share));
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
