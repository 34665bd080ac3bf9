//! Where each resting order lies, by its name.
//!
//! Names come in the order of blocks and of places in them, so an order is looked up in its block's list, which is sorted
//! and was written from one end to the other: placing touches memory that is warm, however large the book.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use seiza_types::Height;

use super::slots::{NONE, Slot};
use crate::id::OrderId;
use crate::search::position_between;

/// An order of a block, and where it lies.
#[derive(Clone, Copy, Debug)]
struct Entry {
    place: u64,
    /// [`NONE`] where it is gone.
    slot: u32,
}

/// The orders of one block that rest, by place. Those that are gone stay listed until they are the most.
#[derive(Clone, Debug)]
struct Block {
    entries: Vec<Entry>,
    /// No place is before this, nor behind that: most of a list need not be fetched for a first guess.
    ends: (u64, u64),
    live: usize,
}

/// All resting orders by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    blocks: HashMap<Height, Block, FixedState>,
    live: usize,
    /// So many orders of one block come next.
    expected: usize,
}

impl Block {
    fn with_room(orders: usize) -> Self {
        Self { entries: Vec::with_capacity(orders), ends: (u64::MAX, 0), live: 0 }
    }

    fn position(&self, place: u64) -> Result<usize, usize> {
        position_between(self.entries.len(), self.ends, |at| self.entries[at].place, place)
    }

    fn get(&self, place: u64) -> Option<Slot> {
        let entry = self.entries[self.position(place).ok()?];
        (entry.slot != NONE).then_some(Slot(entry.slot))
    }

    fn insert(&mut self, place: u64, Slot(slot): Slot) {
        let (first, last) = self.ends;
        self.ends = (first.min(place), last.max(place));
        let entry = Entry { place, slot };
        match self.entries.last() {
            Some(last) if last.place >= place => match self.position(place) {
                Ok(at) => self.entries[at] = entry,
                Err(at) => self.entries.insert(at, entry),
            },
            _ => self.entries.push(entry),
        }
    }

    fn remove(&mut self, place: u64) -> Option<Slot> {
        let at = self.position(place).ok()?;
        let slot = std::mem::replace(&mut self.entries[at].slot, NONE);
        if slot == NONE {
            return None;
        }
        self.live -= 1;
        if self.live * 4 < self.entries.len() {
            self.entries.retain(|entry| entry.slot != NONE);
        }
        Some(Slot(slot))
    }
}

impl Index {
    /// Where that order lies.
    pub(super) fn get(&self, id: OrderId) -> Option<Slot> {
        self.blocks.get(&id.height())?.get(id.place())
    }

    /// Makes room for so many orders of one block.
    pub(super) fn expect(&mut self, orders: usize) {
        self.expected = orders;
    }

    /// Notes where a new order lies.
    pub(super) fn insert(&mut self, id: OrderId, slot: Slot) {
        let block = self.blocks.entry(id.height()).or_insert_with(|| Block::with_room(self.expected));
        block.insert(id.place(), slot);
        block.live += 1;
        self.live += 1;
    }

    /// Forgets an order, and gives where it lay.
    pub(super) fn remove(&mut self, id: OrderId) -> Option<Slot> {
        let block = self.blocks.get_mut(&id.height())?;
        let slot = block.remove(id.place())?;
        self.live -= 1;
        if block.live == 0 {
            self.blocks.remove(&id.height());
        }
        Some(slot)
    }

    /// How many orders there are.
    pub(super) fn len(&self) -> usize {
        self.live
    }
}
