//! Entries in the order in which they were first met, each found by one probe.
//!
//! What is found by is the hash of the account's balance key, which is under a secret of the process. Forgetting costs what
//! was used; the memory stays with the thread.

use std::cell::Cell;

use seiza_modules::bank;
use seiza_types::Address;

use super::entry::Entry;

/// A thread keeps memory for so many entries at most.
const KEPT_ENTRIES_MAX: usize = 4096;
/// Slots of a table that has just been made: a power of two.
const SLOTS: usize = 64;
const FREE: u32 = 0;

thread_local! {
    static SPARE: Cell<Table> = const { Cell::new(Table { entries: Vec::new(), slots: Vec::new() }) };
}

/// Accounts by address.
#[derive(Debug, Default)]
pub(super) struct Table {
    entries: Vec<Entry>,
    /// Place of an entry, and one; a power of two of them, half of them free at least.
    slots: Vec<u32>,
}

impl Table {
    /// An empty table in the thread's memory, if that is not in use.
    pub(super) fn lent() -> Self {
        SPARE.take()
    }

    /// Gives the memory back to the thread.
    pub(super) fn give_back(mut self) {
        if self.entries.capacity() <= KEPT_ENTRIES_MAX {
            self.clear();
            SPARE.set(self);
        }
    }

    /// All entries.
    #[inline]
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry at a place.
    #[inline]
    pub(super) fn at(&mut self, place: usize) -> &mut Entry {
        &mut self.entries[place]
    }

    /// Where the account's entry is. It is there from now on.
    pub(super) fn place(&mut self, address: &Address) -> usize {
        let key = bank::keys::native(address);
        let mut slot = self.first_slot(key.hash64());
        while let Some(place) = self.slots.get(slot).and_then(|place| place.checked_sub(1)) {
            if *self.entries[place as usize].balance() == key {
                return place as usize;
            }
            slot = self.next_slot(slot);
        }
        self.push(slot, Entry::new(key))
    }

    /// Takes in an entry whose slot is free, or would be in a longer table.
    fn push(&mut self, slot: usize, entry: Entry) -> usize {
        let place = self.entries.len();
        self.entries.push(entry);
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        } else {
            self.slots[slot] = place as u32 + 1;
        }
        place
    }

    #[cold]
    fn grow(&mut self) {
        self.slots = vec![FREE; (self.slots.len() * 2).max(SLOTS)];
        for place in 0..self.entries.len() {
            let mut slot = self.first_slot(self.entries[place].balance().hash64());
            while self.slots[slot] != FREE {
                slot = self.next_slot(slot);
            }
            self.slots[slot] = place as u32 + 1;
        }
    }

    #[inline]
    fn first_slot(&self, hash: u64) -> usize {
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    #[inline]
    fn next_slot(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }

    /// Forgets all entries.
    pub(super) fn clear(&mut self) {
        if self.entries.len() * 16 < self.slots.len() {
            self.free_each();
        } else {
            self.slots.fill(FREE);
        }
        self.entries.clear();
    }

    /// Frees the slots in use: an entry lies in the first slot of its hash, or behind others in use.
    fn free_each(&mut self) {
        for place in 0..self.entries.len() {
            let mut slot = self.first_slot(self.entries[place].balance().hash64());
            while self.slots[slot] != FREE {
                self.slots[slot] = FREE;
                slot = self.next_slot(slot);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_keeps_its_place_until_all_are_forgotten() {
        let mut table = Table::default();
        let address = |n: u64| Address::left_padding_from(&n.to_be_bytes());
        for accounts in [0, 1, 3, 31, 32, 33, 500, 2, 700] {
            for round in 0..2 {
                for n in 0..accounts {
                    assert_eq!(table.place(&address(n)) as u64, n, "{accounts} accounts, round {round}");
                }
            }
            table.clear();
            assert!(table.entries().is_empty() && table.slots.iter().all(|slot| *slot == FREE));
        }
    }
}
