//! What one run of a job read, and whether it would read the same again.
//!
//! A read is valid if its origin is the same, or else if its value is: a job that ran again and wrote the same disturbs
//! nobody. Comparing values is sound because a job is a function of what it reads. A premise is valid if the amount meets
//! it, whatever the amount is. A scan is valid if the writes below the job inside the scanned range are the same: an
//! insertion, a removal or a change inside it is a conflict, others are none.

use seiza_state::{Key, KeyRange, Premise, StateRead, Value};

use super::cell::{Answer, Origin};
use super::memory::{Memory, Reader};
use super::shard::CellId;
use crate::prefix::Prefix;

/// A value read: `Failed` where there was an error in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// The value.
    Known(Option<Value>),
    /// A sum that did not come out.
    Failed,
}

/// The hash of a key that was read and that nobody below had written: the base can be asked again for its value. A key that
/// is written has the hash, so that looking at all cells of that hash misses nothing.
pub(crate) type BaseRead = u64;

/// A point read of what somebody below wrote.
#[derive(Debug)]
pub(crate) struct CellRead {
    pub(crate) cell: CellId,
    pub(crate) origin: Origin,
    pub(crate) seen: Seen,
}

/// A point read of what had been peeked at before: told by its value alone.
#[derive(Debug)]
pub(crate) struct ValueRead {
    pub(crate) key: Key,
    pub(crate) value: Option<Value>,
}

/// What a run was shown where it only peeked. Nothing depends on it, but the run sees the same when it looks again.
#[derive(Debug)]
pub(crate) struct Peeked {
    pub(crate) key: Key,
    pub(crate) value: Option<Value>,
}

/// What was taken for granted of an amount.
#[derive(Debug)]
pub(crate) struct PremiseRead {
    /// Where in [`ReadLog::peeked`] the amount stands.
    pub(crate) peeked: usize,
    pub(crate) premise: Premise,
    /// Whether what was shown met it.
    pub(crate) held: bool,
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
    pub(crate) of_base: Vec<BaseRead>,
    pub(crate) of_cells: Vec<CellRead>,
    pub(crate) of_values: Vec<ValueRead>,
    pub(crate) peeked: Vec<Peeked>,
    pub(crate) premises: Vec<PremiseRead>,
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
        self.of_base.clear();
        self.of_cells.clear();
        self.of_values.clear();
        self.premises.clear();
        self.scans.clear();
        self.peeked.clear();
    }

    /// Whether job `reader` would read the same again.
    pub(crate) fn validate(
        &self,
        memory: &Memory,
        below: Prefix<'_>,
        reader: u32,
        committed: u32,
    ) -> Result<(), Conflict> {
        let again = Again { memory, below, reader: Reader::exact(reader, committed) };
        self.of_base.iter().try_for_each(|hash| again.of_base(*hash))?;
        self.of_cells.iter().try_for_each(|read| again.of_cell(read))?;
        self.of_values.iter().try_for_each(|read| again.of_value(read))?;
        self.premises.iter().try_for_each(|read| again.premise(read, &self.peeked[read.peeked]))?;
        self.scans.iter().try_for_each(|scan| again.scan(scan))
    }
}

struct Again<'a> {
    memory: &'a Memory,
    below: Prefix<'a>,
    reader: Reader,
}

impl Again<'_> {
    fn of_base(&self, hash: BaseRead) -> Result<(), Conflict> {
        if self.memory.is_untouched(hash, self.reader.job) {
            return Ok(());
        }
        self.memory.cells_of(hash).into_iter().try_for_each(|cell| {
            let now = self.memory.read_cell(cell, self.reader, &self.below);
            // Somebody wrote there since; perhaps what the base holds.
            let same =
                now == Answer::Base || self.below.get(&self.memory.key(cell)).is_ok_and(|base| is_now(&now, &base));
            if same { Ok(()) } else { Err(Conflict { cell: Some(cell) }) }
        })
    }

    fn of_cell(&self, read: &CellRead) -> Result<(), Conflict> {
        let same = match (&read.seen, self.memory.read_cell(read.cell, self.reader, &self.below)) {
            (Seen::Known(value), Answer::Base) => self.is_in_base(&self.memory.key(read.cell), value),
            (Seen::Known(value), now) => is_from(&now, read.origin) || is_now(&now, value),
            (Seen::Failed, now) => matches!(now, Answer::Known(_, Err(_))),
        };
        if same { Ok(()) } else { Err(Conflict { cell: Some(read.cell) }) }
    }

    fn of_value(&self, read: &ValueRead) -> Result<(), Conflict> {
        let (cell, now) = self.memory.read(&read.key, self.reader, &self.below);
        let same = match now {
            Answer::Base => self.is_in_base(&read.key, &read.value),
            now => is_now(&now, &read.value),
        };
        if same { Ok(()) } else { Err(Conflict { cell }) }
    }

    fn premise(&self, read: &PremiseRead, of: &Peeked) -> Result<(), Conflict> {
        // If nobody below wrote there even now, the run was shown the base's amount.
        if read.held && self.memory.is_untouched(of.key.hash64(), self.reader.job) {
            return Ok(());
        }
        let (cell, now) = self.memory.read(&of.key, self.reader, &self.below);
        let now = match now {
            Answer::Known(_, now) => now,
            // Below the front nothing is an estimate. Above it the commit will judge.
            Answer::Estimate(on) if on >= self.reader.committed => return Ok(()),
            Answer::Estimate(_) => return Err(Conflict { cell }),
            Answer::Base | Answer::NeedsUnder => self.below.get(&of.key),
        };
        match now.and_then(|now| read.premise.holds(&of.key, now.as_deref())) {
            Ok(true) => Ok(()),
            _ => Err(Conflict { cell }),
        }
    }

    fn scan(&self, scan: &ScanRead) -> Result<(), Conflict> {
        let mut found = scan.found.iter().peekable();
        for (_, id) in self.memory.cells_in(&scan.range) {
            let conflict = Err(Conflict { cell: Some(id) });
            let now = self.memory.read_cell(id, self.reader, &self.below);
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

    fn is_in_base(&self, key: &Key, value: &Option<Value>) -> bool {
        self.below.get(key).is_ok_and(|base| base == *value)
    }
}

fn is_from(answer: &Answer, origin: Origin) -> bool {
    origin != Origin::Sum && matches!(answer, Answer::Known(now, _) if *now == origin)
}

fn is_now(answer: &Answer, value: &Option<Value>) -> bool {
    matches!(answer, Answer::Known(_, Ok(now)) if now == value)
}
