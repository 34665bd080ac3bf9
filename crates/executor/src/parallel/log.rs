//! What one run of a job read, and whether it would read the same again.
//!
//! A read is valid if its origin is the same, or else if its value is: a job that ran again and wrote the same disturbs
//! nobody. Comparing values is sound because a job is a function of what it reads. A scan is valid if the writes below the
//! job inside the scanned range are the same: an insertion, a removal or a change inside it is a conflict, others are none.

use seiza_state::{Key, KeyRange, StateRead, Value};

use super::cell::{Answer, Origin};
use super::memory::Memory;
use super::shard::CellId;
use crate::prefix::Prefix;

/// A value read: `Failed` where there was an error in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Not kept: the base can be asked again.
    OfBase,
    /// The value.
    Known(Option<Value>),
    /// A sum that did not come out, or a base that could not be read.
    Failed,
}

/// A point read.
#[derive(Debug)]
pub(crate) struct PointRead {
    pub(crate) hash: u64,
    pub(crate) key: Key,
    pub(crate) origin: Origin,
    pub(crate) seen: Seen,
}

/// A scan, as far as it went.
#[derive(Debug)]
pub(crate) struct ScanRead {
    pub(crate) range: KeyRange,
    /// What multi-version memory held inside, in key order.
    pub(crate) found: Vec<(CellId, Origin, Seen)>,
}

/// All reads of one run.
#[derive(Debug, Default)]
pub(crate) struct ReadLog {
    pub(crate) points: Vec<PointRead>,
    pub(crate) scans: Vec<ScanRead>,
}

/// Why a log is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// Where it read something else than it would now; unknown where nothing was ever written by that name.
    pub(crate) cell: Option<CellId>,
}

impl ReadLog {
    /// Forgets all reads, keeping the memory.
    pub(crate) fn clear(&mut self) {
        self.points.clear();
        self.scans.clear();
    }

    /// Whether job `reader` would read the same again.
    pub(crate) fn validate(
        &self,
        memory: &Memory,
        below: Prefix<'_>,
        reader: u32,
        committed: u32,
    ) -> Result<(), Conflict> {
        let again = Again { memory, below, reader, committed };
        self.points.iter().try_for_each(|read| again.point(read))?;
        self.scans.iter().try_for_each(|scan| again.scan(scan))
    }
}

struct Again<'a> {
    memory: &'a Memory,
    below: Prefix<'a>,
    reader: u32,
    committed: u32,
}

impl Again<'_> {
    fn point(&self, read: &PointRead) -> Result<(), Conflict> {
        if read.origin == Origin::Base && self.memory.is_untouched(read.hash, self.reader) {
            return Ok(());
        }
        let (cell, now) = self.memory.read(read.hash, &read.key, self.reader, self.committed, &self.below);
        let same = match (&read.seen, now) {
            (_, Answer::Base) if read.origin == Origin::Base => true,
            // The base's value stands against one that was written since.
            (Seen::OfBase, now) => self.below.get(&read.key).is_ok_and(|base| is_now(&now, &base)),
            // What was written is gone; the base may hold the same.
            (Seen::Known(value), Answer::Base) => self.below.get(&read.key).is_ok_and(|base| base == *value),
            (Seen::Known(value), now) => is_from(&now, read.origin) || is_now(&now, value),
            (Seen::Failed, now) => matches!(now, Answer::Known(_, Err(_))),
        };
        if same { Ok(()) } else { Err(Conflict { cell }) }
    }

    fn scan(&self, scan: &ScanRead) -> Result<(), Conflict> {
        let mut found = scan.found.iter().peekable();
        for (key, id) in self.memory.cells_in(&scan.range) {
            let conflict = Err(Conflict { cell: Some(id) });
            let now = self.memory.read_cell(id, &key, self.reader, self.committed, &self.below);
            match (found.next_if(|(cell, ..)| *cell == id), now) {
                (None, Answer::Base) => {}
                (Some((_, origin, _)), now) if is_from(&now, *origin) => {}
                (Some((_, _, Seen::Known(value))), now) if is_now(&now, value) => {}
                (Some((_, _, Seen::Failed)), Answer::Known(_, Err(_))) => {}
                _ => return conflict,
            }
        }
        // Cells never go away within a block, so every one that was found is met again.
        found.next().map_or(Ok(()), |(cell, ..)| Err(Conflict { cell: Some(*cell) }))
    }
}

fn is_from(answer: &Answer, origin: Origin) -> bool {
    origin != Origin::Sum && matches!(answer, Answer::Known(now, _) if *now == origin)
}

fn is_now(answer: &Answer, value: &Option<Value>) -> bool {
    matches!(answer, Answer::Known(_, Ok(now)) if now == value)
}
