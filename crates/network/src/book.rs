//! The address book of the peer exchange: where peers are said to listen. Bounded, in all and by source.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, time::Instant};

use libp2p::PeerId;

use crate::{
    backoff::{Dice, wait},
    limits::{BOOK_FAILURES_MAX, BOOK_FILE_BYTES_MAX, BOOK_MAX, BOOK_PER_SOURCE_MAX, Limits},
    wire::Entry,
};

#[derive(Debug, Clone)]
struct Known {
    address: SocketAddr,
    /// Who told of it; nobody, if we met it ourselves or read it from the file.
    source: Option<PeerId>,
    failures: u32,
    next: Option<Instant>,
}

/// The book.
#[derive(Debug, Default)]
pub struct Book {
    known: BTreeMap<PeerId, Known>,
}

impl Book {
    /// A peer that we have met, at an address where it listens. Its entry is trusted from now on.
    pub fn met(&mut self, entry: Entry) {
        self.make_room(&entry.id);
        self.known.insert(entry.id, Known { address: entry.address, source: None, failures: 0, next: None });
    }

    /// What a peer tells of others. Entries that we have stay as they are. How many are new.
    pub fn heard(&mut self, source: PeerId, entries: &[Entry]) -> usize {
        let mut left =
            BOOK_PER_SOURCE_MAX.saturating_sub(self.told_by(&source)).min(BOOK_MAX.saturating_sub(self.known.len()));
        let before = self.known.len();
        for entry in entries {
            if left == 0 {
                break;
            }
            if !self.known.contains_key(&entry.id) && dialable(&entry.address) {
                let fresh = Known { address: entry.address, source: Some(source), failures: 0, next: None };
                self.known.insert(entry.id, fresh);
                left -= 1;
            }
        }
        self.known.len() - before
    }

    /// Up to `count` peers to dial now, chosen by the dice among those that `fits`.
    pub fn choose(&self, count: usize, now: Instant, dice: &mut Dice, fits: impl Fn(&PeerId) -> bool) -> Vec<Entry> {
        let due = |known: &Known| known.next.is_none_or(|next| next <= now);
        let fitting = self.known.iter().filter(|(id, known)| due(known) && fits(id));
        let mut entries: Vec<Entry> = fitting.map(|(id, known)| Entry { id: *id, address: known.address }).collect();
        let mut chosen = vec![];
        while chosen.len() < count && !entries.is_empty() {
            chosen.push(entries.swap_remove(dice.below(entries.len())));
        }
        chosen
    }

    /// A dial failed: later again, and after [`BOOK_FAILURES_MAX`] of them never.
    pub fn failed(&mut self, peer: &PeerId, now: Instant, limits: &Limits, dice: &mut Dice) {
        let Some(known) = self.known.get_mut(peer) else { return };
        known.failures += 1;
        known.next = Some(now + wait(known.failures, (limits.redial_min, limits.redial_max), dice));
        if known.failures >= BOOK_FAILURES_MAX {
            self.known.remove(peer);
        }
    }

    /// Strikes a peer out.
    pub fn strike(&mut self, peer: &PeerId) {
        self.known.remove(peer);
    }

    /// As lines of `peer@address`, those that we met ourselves.
    pub fn to_text(&self) -> String {
        let met = self.known.iter().filter(|(_, known)| known.source.is_none());
        met.map(|(id, known)| format!("{id}@{}\n", known.address)).collect()
    }

    /// Adds what such lines say; lines that say nothing are passed over.
    pub fn read_text(&mut self, text: &str) {
        let lines = text.lines().take(BOOK_MAX).filter_map(|line| {
            let (id, address) = line.split_once('@')?;
            Some(Entry { id: id.parse().ok()?, address: address.parse().ok()? })
        });
        lines.for_each(|entry| self.met(entry));
    }

    fn told_by(&self, source: &PeerId) -> usize {
        self.known.values().filter(|known| known.source.as_ref() == Some(source)).count()
    }

    /// What we only heard of makes room for what we met; among those, what failed most often.
    fn make_room(&mut self, newcomer: &PeerId) {
        if self.known.len() < BOOK_MAX || self.known.contains_key(newcomer) {
            return;
        }
        let weight = |known: &Known| (known.source.is_some(), known.failures);
        let worst = self.known.iter().max_by_key(|(_, known)| weight(known)).map(|(id, _)| *id);
        worst.map(|worst| self.known.remove(&worst));
    }
}

/// The book in a file; empty where there is none, or one that is too large.
pub fn read_book(path: &Path) -> Book {
    let mut book = Book::default();
    let small = std::fs::metadata(path).is_ok_and(|file| file.len() <= BOOK_FILE_BYTES_MAX);
    if small {
        book.read_text(&std::fs::read_to_string(path).unwrap_or_default());
    }
    book
}

/// Writes a book's text beside the file and renames it: a torn write leaves the old one.
pub fn write_book(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}

fn dialable(address: &SocketAddr) -> bool {
    address.port() != 0 && !address.ip().is_unspecified() && !address.ip().is_multicast()
}

/// Whether a peer at `to` can do anything with this address: loopback stays on its machine.
pub fn tellable(address: &SocketAddr, to: &SocketAddr) -> bool {
    dialable(address) && (!address.ip().is_loopback() || to.ip().is_loopback())
}

#[cfg(test)]
mod tests;
