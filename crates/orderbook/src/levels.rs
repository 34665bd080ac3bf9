//! What a batch did to the levels of a book.

use std::collections::BTreeMap;

use crate::clearing::{Clearing, LevelDelta, Place};
use crate::order::{Resting, Side};
use crate::units::{Price, Quantity};

/// Levels around the first that changed: most changes are there.
const NEAR: usize = 256;

/// The levels of one side.
#[derive(Default)]
struct Levels {
    /// The price of the table's first row.
    first: u64,
    near: Vec<LevelDelta>,
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
    fn add(&mut self, price: Price, orders: i64, lots: i128) {
        if self.near.is_empty() {
            self.first = price.0.saturating_sub(NEAR as u64 / 2);
            self.near.resize(NEAR, LevelDelta::default());
        }
        match usize::try_from(price.0.wrapping_sub(self.first)) {
            Ok(row) if row < NEAR => {
                self.touched[row / 64] |= 1 << (row % 64);
                self.near[row].add(orders, lots);
            }
            _ => self.far.entry(price.0).or_default().add(orders, lots),
        }
    }

    /// All that differ, prices ascending.
    fn changed(self) -> impl Iterator<Item = (Price, LevelDelta)> {
        let Self { first, near, touched, mut far } = self;
        let above = far.split_off(&first);
        let rows = touched
            .into_iter()
            .zip((0..).step_by(64))
            .flat_map(|(bits, from)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| from + bit));
        let near = rows.map(move |row: usize| (first + row as u64, near[row]));
        let all = far.into_iter().chain(near).chain(above);
        all.filter(|(_, delta)| *delta != LevelDelta::default()).map(|(price, delta)| (Price(price), delta))
    }
}

impl Clearing {
    /// How each level of the book changed, sides and prices ascending; levels that end as they began are left out.
    pub fn level_deltas(&self) -> Vec<((Side, Price), LevelDelta)> {
        let mut sides = [Levels::default(), Levels::default()];
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
        let sides = [Side::Bid, Side::Ask].into_iter().zip(sides);
        sides.flat_map(|(side, levels)| levels.changed().map(move |(price, delta)| ((side, price), delta))).collect()
    }
}
