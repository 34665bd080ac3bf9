//! What a batch did to the levels of a book.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::clearing::{Clearing, LevelDelta, Place};
use crate::order::{Resting, Side};
use crate::units::{Price, Quantity};

/// Levels around the first that changed: most changes are there.
const NEAR: usize = 256;

/// The levels of one side. Of some size, but no memory needs to be asked for.
struct Levels {
    /// The price of the table's first row, once there was a change.
    first: Option<u64>,
    near: [LevelDelta; NEAR],
    /// A bit for each row that was written.
    touched: [u64; NEAR / 64],
    far: BTreeMap<u64, LevelDelta>,
}

impl LevelDelta {
    fn add(&mut self, orders: i64, lots: i128) {
        self.orders += orders;
        self.lots += lots;
    }
}

impl Levels {
    fn new() -> Self {
        Self { first: None, near: [LevelDelta::default(); NEAR], touched: [0; NEAR / 64], far: BTreeMap::new() }
    }

    fn add(&mut self, price: Price, orders: i64, lots: i128) {
        let first = *self.first.get_or_insert(price.0.saturating_sub(NEAR as u64 / 2));
        let row = price.0.checked_sub(first).and_then(|row| usize::try_from(row).ok()).filter(|row| *row < NEAR);
        let Some(row) = row else { return self.far.entry(price.0).or_default().add(orders, lots) };
        self.touched[row / 64] |= 1 << (row % 64);
        self.near[row].add(orders, lots);
    }

    /// All that differ, prices ascending.
    fn changed(&self) -> impl Iterator<Item = (Price, LevelDelta)> {
        let first = self.first.unwrap_or(0);
        let far = |range: (Bound<u64>, Bound<u64>)| self.far.range(range).map(|(price, delta)| (*price, *delta));
        let below = far((Bound::Unbounded, Bound::Excluded(first)));
        let above = far((Bound::Included(first), Bound::Unbounded));
        let near = self.rows().map(move |row| (first + row as u64, self.near[row]));
        let all = below.chain(near).chain(above);
        all.filter(|(_, delta)| *delta != LevelDelta::default()).map(|(price, delta)| (Price(price), delta))
    }

    /// The rows that were written, ascending.
    fn rows(&self) -> impl Iterator<Item = usize> {
        let words = self.touched.iter().zip((0..).step_by(64));
        words.flat_map(|(bits, from)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| from + bit))
    }
}

impl Clearing {
    /// How each level of the book changed, sides and prices ascending; levels that end as they began are left out.
    pub fn level_deltas(&self) -> Vec<((Side, Price), LevelDelta)> {
        let mut sides = [Levels::new(), Levels::new()];
        let mut add = |Resting { order, .. }: &Resting, orders: i64, lots: i128| {
            sides[order.side as usize].add(order.price, orders, lots);
        };
        for resting in &self.rested {
            add(resting, 1, resting.order.quantity.0.into());
        }
        for fill in self.fills.iter().filter(|fill| fill.place == Place::Rested) {
            let leaves = i64::from(fill.remaining() == Quantity::ZERO);
            add(&fill.order, -leaves, -i128::from(fill.quantity.0));
        }
        for ended in self.ended.iter().filter(|ended| ended.place == Place::Rested) {
            add(&ended.order, -1, -i128::from(ended.order.order.quantity.0));
        }
        let sides = [Side::Bid, Side::Ask].into_iter().zip(&sides);
        sides.flat_map(|(side, levels)| levels.changed().map(move |(price, delta)| ((side, price), delta))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_of_both_ends_are_levels_of_one_side() {
        let mut levels = Levels::new();
        let prices = [u64::MAX, 1, u64::MAX - 128, u64::MAX - 129, 200, 7];
        prices.iter().for_each(|price| levels.add(Price(*price), 1, 5));
        levels.add(Price(7), -1, -5);
        let found: Vec<u64> = levels.changed().map(|(price, _)| price.0).collect();
        assert_eq!(found, [1, 200, u64::MAX - 129, u64::MAX - 128, u64::MAX]);
    }
}
