//! A batch: consecutive jobs that one worker runs one after the other over what was committed before their round.
//!
//! The jobs see each other's writes, and nothing of the batches beside theirs. What each read, relied on and wrote is kept
//! job by job, so that the commit can tell which of them are stale.

use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use seiza_state::{
    Access, Key, KeyRange, Premise, StateError, StateRead, StateWrite as _, Value, Visit, Write, WriteBuffer,
};

use crate::prefix::{Prefix, Written};
use crate::sequential::{FORESEEN, foresee};
use crate::{Cancel, Job};

/// How one job's run ended, and where in the batch's lists its part ends.
#[derive(Debug)]
pub(crate) struct Run<T> {
    /// `None` where it failed, panicked or scanned: then it says nothing, and is run again when all before it is final.
    pub(crate) output: Option<T>,
    pub(crate) reads: usize,
    pub(crate) premises: usize,
    pub(crate) writes: usize,
}

/// What a batch's jobs read from below themselves.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// Hashes of the keys, whoever wrote them.
    pub(crate) points: Vec<u64>,
    pub(crate) premises: Vec<(Key, Premise)>,
}

/// A batch, with memory that serves the next one.
#[derive(Debug)]
pub(crate) struct Batch<T> {
    pub(crate) runs: Vec<Run<T>>,
    pub(crate) reads: RefCell<Reads>,
    pub(crate) writes: Vec<Written>,
    local: WriteBuffer,
    buffer: WriteBuffer,
    hashes: Vec<u64>,
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        let (local, buffer) = Default::default();
        Self { runs: Vec::new(), reads: RefCell::default(), writes: Vec::new(), local, buffer, hashes: Vec::new() }
    }
}

impl<T> Batch<T> {
    /// Runs `jobs` over `below`, forgetting what was run before.
    pub(crate) fn run<J: Job<Output = T>>(&mut self, jobs: &[J], below: Prefix<'_>, cancel: &Cancel) {
        self.clear();
        let mut local = Access::reusing(&below, mem::take(&mut self.local));
        for (at, job) in jobs.iter().enumerate() {
            if at.is_multiple_of(FORESEEN) {
                foresee(below.base, &jobs[at..jobs.len().min(at + FORESEEN)], &mut self.hashes);
            }
            let output = if cancel.is_cancelled() { None } else { self.run_one(job, &mut local, below) };
            let reads = self.reads.get_mut();
            let (points, premises) = (reads.points.len(), reads.premises.len());
            self.runs.push(Run { output, reads: points, premises, writes: self.writes.len() });
        }
        self.local = local.into_buffer();
    }

    fn clear(&mut self) {
        let reads = self.reads.get_mut();
        reads.points.clear();
        reads.premises.clear();
        self.runs.clear();
        self.writes.clear();
    }

    fn run_one<J: Job<Output = T>>(&mut self, job: &J, local: &mut Access<'_>, below: Prefix<'_>) -> Option<T> {
        let glance = Glance { local, reads: &self.reads, scanned: Cell::new(false) };
        let mut access = Access::reusing(&glance, mem::take(&mut self.buffer));
        let ran = catch_unwind(AssertUnwindSafe(|| job.run(&mut access)));
        let mut buffer = access.into_buffer();
        let output = match ran {
            Ok(Ok(output)) if !glance.scanned.get() => Some(output),
            _ => None,
        };
        let absorbed = output.is_some() && self.absorb(&mut buffer, local, below);
        self.buffer = buffer;
        output.filter(|_| absorbed)
    }

    /// Shows a job's writes to those after it; answers whether all of them come out.
    fn absorb(&mut self, buffer: &mut WriteBuffer, local: &mut Access<'_>, below: Prefix<'_>) -> bool {
        let mut all = true;
        for (key, write) in buffer.drain() {
            let mut base = None;
            match &write {
                Write::Put(value) => local.put(key.clone(), value.clone()),
                Write::Delete => local.delete(key.clone()),
                Write::Add(delta) => {
                    if !local.has_written(&key) && below.changes.get(&key).is_none() {
                        base = below.base.get(&key).ok();
                    }
                    all &= local.add(key.clone(), *delta).is_ok();
                }
            }
            self.writes.push(Written { key, write, base });
        }
        all
    }
}

/// What a job of a batch sees: its batch so far, over what was committed before. Notes what it looks at.
struct Glance<'a> {
    local: &'a Access<'a>,
    reads: &'a RefCell<Reads>,
    /// Whether it wanted to scan, which is left to the commit. Kept here, so that a job that swallows the error is run again
    /// all the same.
    scanned: Cell<bool>,
}

impl StateRead for Glance<'_> {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        self.reads.borrow_mut().points.push(key.hash64());
        self.local.get(key)
    }

    fn scan(&self, _: &KeyRange, _: Visit<'_>) -> Result<(), StateError> {
        self.scanned.set(true);
        Err(StateError::Blocked(0))
    }

    fn peek(&self, key: &Key) -> Result<Option<Value>, StateError> {
        self.local.peek(key)
    }

    fn rely(&self, key: &Key, premise: Premise) -> Result<(), StateError> {
        self.reads.borrow_mut().premises.push((key.clone(), premise));
        Ok(())
    }
}
