//! What a batch did to the levels of a book.

use std::collections::BTreeMap;

use crate::clearing::{Clearing, LevelDelta, Place};
use crate::order::{Resting, Side};
use crate::units::{Price, Quantity};

/// Levels lie in a table, price by price, where that needs at most so many rows for each change.
const SPREAD: u64 = 8;

/// One order's part of a change.
struct Change {
    side: Side,
    price: Price,
    delta: LevelDelta,
}

impl Change {
    fn new(resting: &Resting, orders: i64, lots: i128) -> Self {
        Self { side: resting.order.side, price: resting.order.price, delta: LevelDelta { orders, lots } }
    }
}

impl LevelDelta {
    fn add(&mut self, other: Self) {
        self.orders += other.orders;
        self.lots += other.lots;
    }
}

impl Clearing {
    /// How each level of the book changed, sides and prices ascending; levels that end as they began are left out.
    pub fn level_deltas(&self) -> Vec<((Side, Price), LevelDelta)> {
        let mut levels = Vec::new();
        for side in [Side::Bid, Side::Ask] {
            self.side_deltas(side, &mut levels);
        }
        levels
    }

    fn changes(&self) -> impl Iterator<Item = Change> {
        let rested = self.rested.iter().map(|rest| Change::new(rest, 1, i128::from(rest.order.quantity.0)));
        let fills = self.fills.iter().filter(|fill| fill.place == Place::Rested).map(|fill| {
            let leaves = i64::from(fill.remaining() == Quantity::ZERO);
            Change::new(&fill.order, -leaves, -i128::from(fill.quantity.0))
        });
        let ended = self.ended.iter().filter(|ended| ended.place == Place::Rested);
        let ended = ended.map(|ended| Change::new(&ended.order, -1, -i128::from(ended.order.order.quantity.0)));
        rested.chain(fills).chain(ended)
    }

    fn side_deltas(&self, side: Side, levels: &mut Vec<((Side, Price), LevelDelta)>) {
        let (mut low, mut high, mut count) = (u64::MAX, 0, 0);
        let of_side = || self.changes().filter(|change| change.side == side);
        of_side().for_each(|change| {
            (low, high, count) = (low.min(change.price.0), high.max(change.price.0), count + 1);
        });
        if count == 0 {
            return;
        }
        let changed = |(_, delta): &(_, LevelDelta)| *delta != LevelDelta::default();
        if (high - low) / SPREAD > count {
            let mut table: BTreeMap<Price, LevelDelta> = BTreeMap::new();
            of_side().for_each(|change| table.entry(change.price).or_default().add(change.delta));
            return levels.extend(table.into_iter().map(|(price, delta)| ((side, price), delta)).filter(changed));
        }
        let mut table = vec![LevelDelta::default(); (high - low) as usize + 1];
        of_side().for_each(|change| table[(change.price.0 - low) as usize].add(change.delta));
        levels.extend((low..=high).zip(table).map(|(price, delta)| ((side, Price(price)), delta)).filter(changed));
    }
}
