//! One side of the book in memory: levels in the order of price, each a doubly linked list in the order of time.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::order::{Resting, Side};
use crate::units::Quantity;
use crate::view::Cursor;

/// Where an order lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(u32);

/// No slot: the end of a list.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Node {
    resting: Resting,
    before: u32,
    after: u32,
}

/// The memory of both sides. A slot is used again when its order is gone.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    nodes: Vec<Node>,
    free: Vec<u32>,
}

impl Slots {
    pub(super) fn resting(&self, slot: Slot) -> &Resting {
        &self.node(slot.0).resting
    }

    pub(super) fn set_quantity(&mut self, slot: Slot, quantity: Quantity) {
        self.node_mut(slot.0).resting.order.quantity = quantity;
    }

    fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    fn node_mut(&mut self, at: u32) -> &mut Node {
        &mut self.nodes[at as usize]
    }

    fn allocate(&mut self, node: Node) -> u32 {
        if let Some(at) = self.free.pop() {
            self.nodes[at as usize] = node;
            return at;
        }
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).expect("memory for fewer than 2^32 orders")
    }
}

/// The ends of a level's list.
#[derive(Clone, Copy, Debug)]
struct Level {
    first: u32,
    last: u32,
}

/// The levels of one side, by rank: best first.
#[derive(Clone, Debug)]
pub(super) struct Ladder {
    side: Side,
    levels: BTreeMap<u64, Level>,
}

impl Ladder {
    pub(super) fn new(side: Side) -> Self {
        Self { side, levels: BTreeMap::new() }
    }

    /// Puts an order behind all of its level that are not younger.
    pub(super) fn insert(&mut self, slots: &mut Slots, resting: Resting) -> Slot {
        let at = slots.allocate(Node { resting, before: NONE, after: NONE });
        let rank = self.side.rank(resting.order.price);
        let level = self.levels.entry(rank).or_insert(Level { first: NONE, last: NONE });
        let (mut before, mut after) = (level.last, NONE);
        while before != NONE && slots.node(before).resting.since > resting.since {
            (before, after) = (slots.node(before).before, before);
        }
        let node = slots.node_mut(at);
        (node.before, node.after) = (before, after);
        link(slots, level, before, at);
        link(slots, level, at, after);
        Slot(at)
    }

    /// Takes an order out.
    pub(super) fn remove(&mut self, slots: &mut Slots, slot: Slot) {
        let Node { resting, before, after } = *slots.node(slot.0);
        slots.free.push(slot.0);
        let rank = self.side.rank(resting.order.price);
        if before == NONE && after == NONE {
            self.levels.remove(&rank);
        } else if before == NONE || after == NONE {
            let level = self.levels.get_mut(&rank).expect("an order lies in a level");
            link(slots, level, before, after);
        } else {
            slots.node_mut(before).after = after;
            slots.node_mut(after).before = before;
        }
    }

    /// The orders from a place on.
    pub(super) fn from<'a>(&'a self, slots: &'a Slots, from: Cursor) -> impl Iterator<Item = &'a Resting> {
        let (bound, same_level) = match from {
            Cursor::Best => (Bound::Unbounded, None),
            Cursor::After(key) => {
                let rank = self.side.rank(key.price);
                (Bound::Excluded(rank), self.levels.get(&rank).map(|level| (level, key.since)))
            }
        };
        let later = same_level
            .into_iter()
            .flat_map(move |(level, since)| list(slots, level.first).skip_while(move |resting| resting.since <= since));
        later.chain(self.levels.range((bound, Bound::Unbounded)).flat_map(|(_, level)| list(slots, level.first)))
    }
}

/// Makes two neighbours of a level's list know each other; beyond the list's ends is the level itself.
fn link(slots: &mut Slots, level: &mut Level, before: u32, after: u32) {
    match before {
        NONE => level.first = after,
        _ => slots.node_mut(before).after = after,
    }
    match after {
        NONE => level.last = before,
        _ => slots.node_mut(after).before = before,
    }
}

fn list(slots: &Slots, first: u32) -> impl Iterator<Item = &Resting> {
    let node = move |at: u32| (at != NONE).then(|| slots.node(at));
    std::iter::successors(node(first), move |last| node(last.after)).map(|node| &node.resting)
}
