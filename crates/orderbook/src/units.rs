//! One type for each unit, so that only meaningful arithmetic compiles: ticks times lots is a notional, nothing else is.
//!
//! Nothing here rounds. A market's scales are whole numbers of kept units, so what a buyer pays is to the unit what the
//! sellers receive. The one place where something is left over is the way *in* (how many lots does this amount buy?), and
//! what is left over there is a [`Dust`], which belongs to whoever brought it.

use std::fmt;

/// A price: ticks of its market for one lot. Zero is no price; orders that carry it are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(pub u64);

impl Price {
    /// How far apart two prices are, in ticks.
    pub fn distance(self, other: Self) -> u64 {
        self.0.abs_diff(other.0)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ticks", self.0)
    }
}

/// A size: lots of its market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(pub u64);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// What remains when `part` is taken away; `None` where it is more than there is.
    pub fn checked_sub(self, part: Self) -> Option<Self> {
        self.0.checked_sub(part.0).map(Self)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lots", self.0)
    }
}

/// A sum of sizes, in lots: wide enough for any number of orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Volume(pub u128);

impl std::iter::Sum<Quantity> for Volume {
    fn sum<I: Iterator<Item = Quantity>>(sizes: I) -> Self {
        Self(sizes.map(|size| u128::from(size.0)).sum())
    }
}

/// Price times size, in tick-lots. Always fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Notional(pub u128);

impl std::ops::Mul<Quantity> for Price {
    type Output = Notional;

    fn mul(self, quantity: Quantity) -> Notional {
        Notional(u128::from(self.0) * u128::from(quantity.0))
    }
}

/// An amount of a market's base asset, in the units in which it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BaseAmount(pub u128);

/// An amount of a market's quote asset, in the units in which it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuoteAmount(pub u128);

/// What an amount holds beyond a whole number of lots, in kept units. **Its owner is whoever brought the amount**: it is
/// never taken from their account, so no pool, fee or counterparty gains it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[must_use = "dust belongs to whoever brought the amount"]
pub struct Dust<Amount>(pub Amount);
