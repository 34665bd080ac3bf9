//! Orders that wait for a price: stop and take-profit.

use crate::order::{Order, Side};
use crate::units::Price;

/// What the last clearing price must be for a trigger to fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// This price or higher.
    AtOrAbove(Price),
    /// This price or lower.
    AtOrBelow(Price),
}

/// Which way the price must go: a book keeps one list of triggers for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// [`Condition::AtOrAbove`].
    Rising,
    /// [`Condition::AtOrBelow`].
    Falling,
}

impl Direction {
    /// Both lists.
    pub const BOTH: [Self; 2] = [Self::Rising, Self::Falling];

    /// A trigger price as a number that is lower the sooner the price gets there.
    pub fn rank(self, price: Price) -> u64 {
        match self {
            Self::Rising => price.0,
            Self::Falling => !price.0,
        }
    }
}

impl Condition {
    /// A stop: buys into a rise, sells into a fall.
    pub fn stop(side: Side, price: Price) -> Self {
        match side {
            Side::Bid => Self::AtOrAbove(price),
            Side::Ask => Self::AtOrBelow(price),
        }
    }

    /// A take-profit: sells into a rise, buys into a fall.
    pub fn take_profit(side: Side, price: Price) -> Self {
        Self::stop(side.opposite(), price)
    }

    /// The list in which it waits.
    pub fn direction(self) -> Direction {
        match self {
            Self::AtOrAbove(_) => Direction::Rising,
            Self::AtOrBelow(_) => Direction::Falling,
        }
    }

    /// The price that it waits for.
    pub fn price(self) -> Price {
        match self {
            Self::AtOrAbove(price) | Self::AtOrBelow(price) => price,
        }
    }

    /// Whether it is met when the last clearing price is `last`.
    pub fn is_met(self, last: Price) -> bool {
        match self {
            Self::AtOrAbove(price) => last >= price,
            Self::AtOrBelow(price) => last <= price,
        }
    }
}

/// An order that enters the first batch before which its condition is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trigger {
    /// What it becomes; any kind.
    pub order: Order,
    /// When.
    pub condition: Condition,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_follow_the_price_and_take_profits_lean_against_it() {
        let at = Price(100);
        for (condition, below, exactly, above) in [
            (Condition::stop(Side::Bid, at), false, true, true),
            (Condition::stop(Side::Ask, at), true, true, false),
            (Condition::take_profit(Side::Bid, at), true, true, false),
            (Condition::take_profit(Side::Ask, at), false, true, true),
        ] {
            assert_eq!([99, 100, 101].map(|last| condition.is_met(Price(last))), [below, exactly, above]);
        }
    }
}
