//! A batch: consecutive jobs that one worker runs one after the other over what was committed before their round.
//!
//! The jobs see each other's writes, and nothing of the batches beside theirs. What all of them together did is kept by key
//! (which is what is committed where nothing conflicts), and what each of them did job by job (for where something does).

use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use seiza_state::{Access, Part, Write, WriteBuffer};

use super::glance::{Errand, Glance, Reads};
use super::touched::Touched;
use crate::Job;
use crate::job::foresee;

/// Where one job's part of the batch's lists ends.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ends {
    /// Whether the job has an output that may count.
    pub(crate) ran: bool,
    pub(crate) points: usize,
    pub(crate) own: usize,
    pub(crate) premises: usize,
    pub(crate) expected: usize,
    pub(crate) writes: usize,
}

/// A batch, with memory that serves the next one.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// One for each job.
    pub(crate) ends: Vec<Ends>,
    pub(crate) reads: Reads,
    /// What all jobs together write.
    pub(crate) table: WriteBuffer,
    /// The hashes of what they write.
    pub(crate) touched: Touched,
    /// Places in the table where a delta was replaced by something that does not show whether it came out; in no order.
    pub(crate) covered_up: Vec<u32>,
    /// What each job writes: place in the table, and where in `more` the write is, if it is not [`IN_TABLE`].
    pub(super) log: Vec<(u32, u32)>,
    /// Writes of keys that several jobs write.
    pub(super) more: Vec<Write>,
    /// For each place in the table where its first write is, as in `log`.
    pub(super) first: Vec<u32>,
    /// Hashes of the keys in the table.
    written: Vec<u64>,
    /// Places in the table, part by part, and where each part's end.
    by_part: Vec<u32>,
    part_ends: Vec<u32>,
    buffer: WriteBuffer,
    hashes: Vec<u64>,
}

/// The write of the only job that writes a key lies in the table.
pub(super) const IN_TABLE: u32 = u32::MAX;
/// A batch that wrote more keys is not kept for the next block.
const KEPT_KEYS: usize = 1 << 14;

impl Batch {
    /// Runs `jobs`, forgetting what was run before. A job that failed, panicked or scanned says nothing and is run again when
    /// all before it is final; so are all from one on whose writes do not come out.
    pub(crate) fn run<J: Job>(&mut self, jobs: &[J], errand: &Errand<'_>, outputs: &mut Vec<Option<J::Output>>) {
        self.clear();
        outputs.clear();
        let reads = RefCell::new(mem::take(&mut self.reads));
        let (mut comes_out, mut foreseen) = (true, 0);
        for (at, job) in jobs.iter().enumerate() {
            if at == foreseen {
                foreseen += foresee(errand.below.base, &jobs[at..], &mut self.hashes);
            }
            let output =
                if comes_out && !errand.cancel.is_cancelled() { self.run_one(job, &reads, errand) } else { None };
            comes_out = comes_out && (output.is_none() || self.absorb());
            let (ran, reads) = (output.is_some() && comes_out, reads.borrow());
            outputs.push(output);
            let (points, own, premises) = (reads.points.len(), reads.own.len(), reads.premises.len());
            let (expected, writes) = (reads.expected.len(), self.log.len());
            self.ends.push(Ends { ran, points, own, premises, expected, writes });
        }
        self.reads = reads.into_inner();
        self.sort_out(errand.parts);
    }

    fn clear(&mut self) {
        let Reads { points, own, premises, expected } = &mut self.reads;
        points.clear();
        own.clear();
        premises.clear();
        expected.clear();
        self.ends.clear();
        self.table.drain();
        self.covered_up.clear();
        self.log.clear();
        self.more.clear();
        self.first.clear();
        self.written.clear();
        self.touched.clear();
    }

    fn run_one<J: Job>(&mut self, job: &J, reads: &RefCell<Reads>, errand: &Errand<'_>) -> Option<J::Output> {
        let Errand { below, changed, foretells, .. } = *errand;
        let glance = Glance { table: &self.table, below, changed, reads, scanned: Cell::new(false), foretells };
        let mut access = Access::reusing(&glance, mem::take(&mut self.buffer));
        let ran = catch_unwind(AssertUnwindSafe(|| job.run(&mut access)));
        self.buffer = access.into_buffer();
        match ran {
            Ok(Ok(output)) if !glance.scanned.get() => Some(output),
            _ => None,
        }
    }

    /// Shows a job's writes to those after it; answers whether all of them come out, as far as can be seen.
    fn absorb(&mut self) -> bool {
        for (key, write) in self.buffer.drain() {
            let Some(place) = self.table.place(&key) else {
                let place = self.table.push(key, write) as u32;
                self.first.push(IN_TABLE);
                self.log.push((place, IN_TABLE));
                continue;
            };
            let hides = !matches!(write, Write::Add(_));
            let Ok(before) = self.table.lay(place, write.clone()) else { return false };
            if hides && matches!(before, Write::Add(_)) {
                self.covered_up.push(place as u32);
            }
            if self.first[place] == IN_TABLE {
                self.first[place] = self.more.len() as u32;
                self.more.push(before);
            }
            self.log.push((place as u32, self.more.len() as u32));
            self.more.push(write);
        }
        true
    }

    /// Hashes of the keys that its jobs write.
    pub(crate) fn written(&self) -> &[u64] {
        &self.written
    }

    /// Whether its memory is worth keeping for the next block.
    pub(crate) fn is_kept(&self) -> bool {
        self.table.writes().len() <= KEPT_KEYS
    }

    /// Sorts what was written by part, and notes its hashes.
    fn sort_out(&mut self, parts: usize) {
        let writes = self.table.writes();
        self.part_ends.clear();
        self.part_ends.resize(parts, 0);
        for (key, _) in writes {
            self.touched.insert(key.hash64());
            self.written.push(key.hash64());
            self.part_ends[Part::chosen(key.hash64(), parts)] += 1;
        }
        let mut end = 0;
        for part in &mut self.part_ends {
            (*part, end) = (end, end + *part);
        }
        self.by_part.clear();
        self.by_part.resize(writes.len(), 0);
        for (place, (key, _)) in (0..).zip(writes) {
            let next = &mut self.part_ends[Part::chosen(key.hash64(), parts)];
            self.by_part[*next as usize] = place;
            *next += 1;
        }
    }

    /// What the jobs together write in a part: places in the table.
    pub(crate) fn in_part(&self, part: usize) -> &[u32] {
        let start = part.checked_sub(1).map_or(0, |before| self.part_ends[before]);
        &self.by_part[start as usize..self.part_ends[part] as usize]
    }
}
