//! One side of the book in memory: levels in the order of price, each a doubly linked list in the order of time.
//!
//! Neighbouring levels lie together in a rung, with a bit for each that holds orders. A book's business is near its best
//! price, so most of what happens is in a few rungs, and those of last time are found at once. Orders mostly come in the order
//! of time: a level remembers how young its youngest was, so that nothing of the others need be looked at.

use std::collections::BTreeMap;

use super::slots::{Links, NONE, Slot, Slots};
use crate::id::OrderId;
use crate::order::{Resting, Side};
use crate::units::Price;
use crate::view::Cursor;

/// The ends of a level's list.
#[derive(Clone, Copy, Debug)]
struct Level {
    first: u32,
    last: u32,
    /// No order of the level is younger.
    youngest: OrderId,
}

/// A level without orders.
const EMPTY: Level = Level { first: NONE, last: NONE, youngest: OrderId::new(0, 0, 0, 0) };
/// The levels of a rung are a power of two.
const LEVELS_LOG: u32 = 5;
const LEVELS: usize = 1 << LEVELS_LOG;

/// Neighbouring levels.
#[derive(Clone, Debug)]
struct Rung {
    held: u32,
    levels: [Level; LEVELS],
}

/// The levels of one side, by rank: best first.
#[derive(Clone, Debug)]
pub(super) struct Ladder {
    side: Side,
    /// Where each rung lies that holds orders, by rank.
    order: BTreeMap<u64, u32>,
    rungs: Vec<Rung>,
    free: Vec<u32>,
    /// Rungs of last time, each at its rank's last bits.
    near: [(u64, u32); NEAR],
}

/// Rungs that are found at once; a power of two.
const NEAR: usize = 8;
/// No rung has this rank.
const NOWHERE: (u64, u32) = (u64::MAX, NONE);

fn split(rank: u64) -> (u64, usize) {
    (rank >> LEVELS_LOG, rank as usize % LEVELS)
}

impl Ladder {
    pub(super) fn new(side: Side) -> Self {
        Self { side, order: BTreeMap::new(), rungs: Vec::new(), free: Vec::new(), near: [NOWHERE; NEAR] }
    }

    fn rung(&mut self, rank: u64) -> u32 {
        let (near, at) = self.near[rank as usize % NEAR];
        if near == rank {
            return at;
        }
        let (rungs, free) = (&mut self.rungs, &mut self.free);
        let at = *self.order.entry(rank).or_insert_with(|| free.pop().unwrap_or_else(|| another(rungs)));
        self.near[rank as usize % NEAR] = (rank, at);
        at
    }

    /// Puts an order behind all of its level that are not younger.
    pub(super) fn insert(&mut self, slots: &mut Slots, resting: &Resting) -> Slot {
        let at = slots.allocate(resting);
        let (rung, level) = split(self.side.rank(resting.order.price));
        let rung = self.rung(rung) as usize;
        let rung = &mut self.rungs[rung];
        rung.held |= 1 << level;
        let level = &mut rung.levels[level];
        let (mut before, mut after) = (level.last, NONE);
        if resting.since >= level.youngest {
            level.youngest = resting.since;
        } else {
            while before != NONE && slots.since(before) > resting.since {
                (before, after) = (slots.links(before).before, before);
            }
        }
        *slots.links(at) = Links { before, after };
        link(slots, level, before, at);
        link(slots, level, at, after);
        Slot(at)
    }

    /// Takes an order of that price out.
    pub(super) fn remove(&mut self, slots: &mut Slots, slot: Slot, price: Price) {
        let Links { before, after } = *slots.links(slot.0);
        slots.release(slot);
        if before != NONE && after != NONE {
            slots.links(before).after = after;
            slots.links(after).before = before;
            return;
        }
        let (rank, at) = split(self.side.rank(price));
        let place = self.rung(rank);
        let rung = &mut self.rungs[place as usize];
        let level = &mut rung.levels[at];
        if before != NONE || after != NONE {
            return link(slots, level, before, after);
        }
        *level = EMPTY;
        rung.held &= !(1 << at);
        if rung.held == 0 {
            self.order.remove(&rank);
            self.free.push(place);
            self.near[rank as usize % NEAR] = NOWHERE;
        }
    }

    /// The orders from a place on.
    pub(super) fn from<'a>(&'a self, slots: &'a Slots, from: Cursor) -> impl Iterator<Item = Resting> + 'a {
        let (next, same_level) = match from {
            Cursor::Best => (Some(0), None),
            Cursor::After(key) => {
                let rank = self.side.rank(key.price);
                (rank.checked_add(1), self.level(rank).map(|level| (level, key.since)))
            }
        };
        let later = same_level
            .into_iter()
            .flat_map(move |(level, since)| slots.list(level.first).skip_while(move |resting| resting.since <= since));
        let worse = next.into_iter().flat_map(|next| self.levels(next));
        later.chain(worse.flat_map(|level| slots.list(level.first)))
    }

    fn level(&self, rank: u64) -> Option<&Level> {
        let (rung, level) = split(rank);
        self.order.get(&rung).map(|at| &self.rungs[*at as usize].levels[level])
    }

    /// The levels of that rank and worse that hold orders.
    fn levels(&self, from: u64) -> impl Iterator<Item = &Level> {
        let (first, level) = split(from);
        self.order.range(first..).flat_map(move |(rank, at)| {
            let rung = &self.rungs[*at as usize];
            let skipped = if *rank == first { level } else { 0 };
            bits(rung.held & u32::MAX << skipped).map(|level| &rung.levels[level])
        })
    }
}

/// One rung more, without orders.
fn another(rungs: &mut Vec<Rung>) -> u32 {
    rungs.push(Rung { held: 0, levels: [EMPTY; LEVELS] });
    u32::try_from(rungs.len() - 1).expect("memory for fewer than 2^32 levels")
}

/// The bits that are set, lowest first.
fn bits(mut held: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (held != 0).then(|| held.trailing_zeros() as usize);
        held &= held.wrapping_sub(1);
        lowest
    })
}

/// Makes two neighbours of a level's list know each other; beyond the list's ends is the level itself.
fn link(slots: &mut Slots, level: &mut Level, before: u32, after: u32) {
    match before {
        NONE => level.first = after,
        _ => slots.links(before).after = after,
    }
    match after {
        NONE => level.last = before,
        _ => slots.links(after).before = before,
    }
}
