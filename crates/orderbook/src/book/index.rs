//! Where each resting order lies, by its name.
//!
//! Names come in the order of blocks and of places in them, so an order is looked up in its block's list, which is sorted
//! and was written from one end to the other: placing touches memory that is warm, however large the book.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use seiza_types::Height;

use super::slots::Slot;
use crate::id::OrderId;
use crate::search::position;

/// The orders of one block that rest, by place. Those that are gone stay listed until they are the most.
#[derive(Clone, Debug)]
struct Block {
    places: Vec<u64>,
    slots: Vec<Option<Slot>>,
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
        Self { places: Vec::with_capacity(orders), slots: Vec::with_capacity(orders), live: 0 }
    }

    fn position(&self, place: u64) -> Result<usize, usize> {
        position(self.places.len(), |at| self.places[at], place)
    }

    fn insert(&mut self, place: u64, slot: Slot) {
        let at = match self.places.last() {
            Some(last) if *last >= place => self.position(place),
            _ => Err(self.places.len()),
        };
        match at {
            Ok(at) => self.slots[at] = Some(slot),
            Err(at) => {
                self.places.insert(at, place);
                self.slots.insert(at, Some(slot));
            }
        }
    }

    fn remove(&mut self, place: u64) -> Option<Slot> {
        let at = self.position(place).ok()?;
        let slot = self.slots[at].take()?;
        self.live -= 1;
        if self.live * 4 < self.slots.len() {
            let mut slots = self.slots.iter();
            self.places.retain(|_| slots.next().is_some_and(Option::is_some));
            self.slots.retain(Option::is_some);
        }
        Some(slot)
    }
}

impl Index {
    /// Where that order lies.
    pub(super) fn get(&self, id: OrderId) -> Option<Slot> {
        let block = self.blocks.get(&id.height())?;
        block.slots[block.position(id.place()).ok()?]
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
