//! Blocks that may yet be voted for: kept durably before the vote, so that a process that is killed votes for the same
//! again, and hands over what it promised to have. One file, of the height that is decided next; emptied when it is.

mod file;
mod form;
mod payload;

use std::collections::BTreeMap;
use std::path::Path;

use seiza_types::{B256, Block, Height};

use crate::limits::{UNDECIDED_BYTES_MAX, UNDECIDED_COUNT_MAX};
use crate::{Storage, StorageError};
use file::UndecidedFile;
use form::Piece;
pub(crate) use form::check;

/// A block kept for a round of the height that is decided next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The round it was proposed in.
    pub round: u32,
    /// Whether this very node proposed it.
    pub own: bool,
    /// The block.
    pub block: Block,
}

/// Which block was kept for which round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    round: u32,
    own: bool,
    hash: B256,
}

/// The file and what is known to be in it. All of it is of one height.
#[derive(Debug)]
pub(crate) struct UndecidedLog {
    file: UndecidedFile,
    height: Height,
    /// In the order in which they were kept.
    entries: Vec<Entry>,
    /// Where each block lies.
    bodies: BTreeMap<B256, Piece>,
    bounds: Bounds,
}

/// How much is kept.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    count: usize,
    bytes: u64,
}

const BOUNDS: Bounds = Bounds { count: UNDECIDED_COUNT_MAX, bytes: UNDECIDED_BYTES_MAX };

impl UndecidedLog {
    /// Opens the file in `dir`, or makes it. What is of another height than `height`, or spoiled, is left out.
    pub(crate) fn open(dir: &Path, height: Height, fsync: bool) -> Result<Self, StorageError> {
        let (mut file, pieces) = UndecidedFile::open(dir, fsync)?;
        let (mut entries, mut bodies, mut end) = (Vec::new(), BTreeMap::new(), 0);
        for (piece, payload) in pieces.of(height) {
            let Ok((round, own, kept)) = payload::read(payload) else { continue };
            let hash = match kept {
                payload::Kept::Again(hash) if bodies.contains_key(&hash) => hash,
                payload::Kept::Again(_) => continue,
                payload::Kept::Body(block) => {
                    bodies.insert(block.hash(), piece);
                    block.hash()
                }
            };
            entries.push(Entry { round, own, hash });
            end = piece.end();
        }
        file.cut(end)?;
        Ok(Self { file, height, entries, bodies, bounds: BOUNDS })
    }

    /// Begins with the next height: what was kept is of no use any more.
    pub(crate) fn empty(&mut self, height: Height) -> Result<(), StorageError> {
        (self.height, self.entries, self.bodies) = (height, Vec::new(), BTreeMap::new());
        self.file.cut(0)
    }

    fn keep(&mut self, round: u32, own: bool, block: &Block) -> Result<(), StorageError> {
        let entry = Entry { round, own, hash: block.hash() };
        if self.entries.contains(&entry) {
            return Ok(());
        }
        let known = self.bodies.contains_key(&entry.hash);
        let record = if known { payload::again(round, own, entry.hash) } else { payload::body(round, own, block) };
        let bytes = record.len() as u64;
        if bytes > self.bounds.bytes / 2 {
            return Err(StorageError::UndecidedTooLarge(bytes));
        }
        if self.entries.len() >= self.bounds.count || self.file.bytes() + bytes > self.bounds.bytes {
            self.make_room()?;
            return self.keep(round, own, block);
        }
        let piece = self.file.append(self.height, record)?;
        if !known {
            self.bodies.insert(entry.hash, piece);
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the file anew with the blocks of the latest rounds only: at most half of what fits. A block that is proposed
    /// again in a later round counts as of that round, so what validators are locked on stays.
    fn make_room(&mut self) -> Result<(), StorageError> {
        let mut latest: BTreeMap<B256, Entry> = BTreeMap::new();
        for entry in &self.entries {
            let newest = latest.entry(entry.hash).or_insert(*entry);
            *newest = (*newest).max(*entry);
        }
        let mut latest: Vec<Entry> = latest.into_values().collect();
        latest.sort_unstable_by(|a, b| b.cmp(a));
        latest.truncate(self.bounds.count / 2);
        let (mut records, mut bytes) = (Vec::new(), 0);
        for entry in latest {
            let record = payload::body(entry.round, entry.own, &self.block(entry.hash)?);
            bytes += record.len() as u64;
            if bytes > self.bounds.bytes / 2 {
                break;
            }
            records.push((entry, record));
        }
        let dropped = self.bodies.len() - records.len();
        tracing::warn!(height = self.height, dropped, "drops undecided blocks of early rounds");
        let (entries, records): (Vec<Entry>, Vec<_>) = records.into_iter().rev().unzip();
        let pieces = self.file.rewrite(self.height, records)?;
        self.bodies = entries.iter().map(|entry| entry.hash).zip(pieces).collect();
        self.entries = entries;
        Ok(())
    }

    fn all(&self) -> Result<Vec<Undecided>, StorageError> {
        let mut read: BTreeMap<B256, Block> = BTreeMap::new();
        let mut all = Vec::with_capacity(self.entries.len());
        for Entry { round, own, hash } in &self.entries {
            if !read.contains_key(hash) {
                read.insert(*hash, self.block(*hash)?);
            }
            all.push(Undecided { round: *round, own: *own, block: read[hash].clone() });
        }
        Ok(all)
    }

    fn block(&self, hash: B256) -> Result<Block, StorageError> {
        let piece = self.bodies[&hash];
        let bytes = self.file.read(piece, self.height)?;
        match payload::read(&bytes) {
            Ok((_, _, payload::Kept::Body(block))) => Ok(*block),
            _ => Err(self.file.damage(piece, "a block does not decode")),
        }
    }
}

impl Storage {
    /// Keeps a block that was proposed for a round of the height after the last decided one, durably: to be called before
    /// it is voted for. Keeping the same again writes nothing; a block kept for another round is not written twice. A
    /// height that is decided already needs nothing kept, which is no error. Where a height goes through so many rounds
    /// that bounds are reached (`limits.rs`), the blocks of the earliest rounds are dropped.
    ///
    /// # Errors
    /// [`StorageError::Height`] for a height beyond the next, or a block of another; those of writing.
    pub fn keep_undecided(&self, height: Height, round: u32, own: bool, block: &Block) -> Result<(), StorageError> {
        if block.height() != height {
            return Err(StorageError::Height { expected: height, given: block.height() });
        }
        let mut undecided = self.shared().undecided.lock();
        let expected = self.decided_tip() + 1;
        match height.cmp(&expected) {
            std::cmp::Ordering::Less => Ok(()),
            std::cmp::Ordering::Equal => undecided.keep(round, own, block),
            std::cmp::Ordering::Greater => Err(StorageError::Height { expected, given: height }),
        }
    }

    /// The blocks kept for `height`, in the order in which they were; none where it is not the height that is decided next.
    ///
    /// # Errors
    /// Those of reading the file.
    pub fn undecided(&self, height: Height) -> Result<Vec<Undecided>, StorageError> {
        let undecided = self.shared().undecided.lock();
        if height == self.decided_tip() + 1 { undecided.all() } else { Ok(Vec::new()) }
    }
}

#[cfg(test)]
mod tests;
