//! What a job sees while it runs: what the jobs below it wrote so far, over the state under the block.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use seiza_state::{Key, KeyRange, Premise, StateError, StateRead, Value, Visit, scan_merged};

use super::cell::{Answer, Origin};
use super::log::{CellRead, Peeked, PremiseRead, ReadLog, ScanRead, Seen, ValueRead};
use super::memory::{Memory, Reader};
use super::shard::CellId;
use crate::prefix::Prefix;

/// One run's view. It notes every read, unless nothing below the job can change any more.
pub(crate) struct View<'a> {
    memory: &'a Memory,
    below: Prefix<'a>,
    reader: Reader,
    log: RefCell<ReadLog>,
    /// The estimate it met. Kept here, so that a job that swallows the error is stopped all the same.
    blocked: Cell<Option<(u32, CellId)>>,
}

impl<'a> View<'a> {
    /// The view of `job`, given that jobs below `committed` are final; reads go to `log`, which is emptied.
    pub(crate) fn new(memory: &'a Memory, below: Prefix<'a>, job: u32, committed: u32, mut log: ReadLog) -> Self {
        log.clear();
        let reader = Reader::exact(job, committed);
        Self { memory, below, reader, log: RefCell::new(log), blocked: Cell::new(None) }
    }

    /// The reads, and the estimate that stopped the run if one did.
    pub(crate) fn into_parts(self) -> (ReadLog, Option<(u32, CellId)>) {
        (self.log.into_inner(), self.blocked.get())
    }

    fn records(&self) -> bool {
        self.reader.committed < self.reader.job
    }

    fn read_base(&self, key: &Key) -> Result<Option<Value>, StateError> {
        if self.records() {
            self.log.borrow_mut().of_base.push(key.hash64());
        }
        self.below.get(key)
    }

    fn note_cell(&self, cell: CellId, origin: Origin, value: &Result<Option<Value>, StateError>) {
        if self.records() {
            let seen = value.as_ref().map_or(Seen::Failed, |value| Seen::Known(value.clone()));
            self.log.borrow_mut().of_cells.push(CellRead { cell, origin, seen });
        }
    }

    /// Where the log has what the run was shown of `key`, if it peeked there before.
    fn peeked(&self, key: &Key) -> Option<usize> {
        self.log.borrow().peeked.iter().position(|peeked| peeked.key == *key)
    }

    fn peek_once(&self, key: &Key) -> Result<usize, StateError> {
        if let Some(at) = self.peeked(key) {
            return Ok(at);
        }
        let value = self.peek_unseen(key)?;
        let peeked = &mut self.log.borrow_mut().peeked;
        peeked.push(Peeked { key: key.clone(), value });
        Ok(peeked.len() - 1)
    }

    fn peek_unseen(&self, key: &Key) -> Result<Option<Value>, StateError> {
        if self.memory.is_untouched(key.hash64(), self.reader.job) {
            return self.below.get(key);
        }
        match self.memory.read(key, self.reader.about(), &self.below) {
            (_, Answer::Base | Answer::NeedsUnder) => self.below.get(key),
            (Some(cell), Answer::Estimate(on)) => Err(self.block(on, cell)),
            (_, Answer::Known(_, value)) => value,
            (None, Answer::Estimate(_)) => unreachable!("an estimate lies in a cell"),
        }
    }

    fn block(&self, on: u32, cell: CellId) -> StateError {
        self.blocked.set(Some((on, cell)));
        StateError::Blocked(on as usize)
    }

    /// What multi-version memory holds in `range` for this job, in key order, and the same as the log wants it.
    fn written_in(&self, range: &KeyRange) -> Result<(Written, Vec<Met>), StateError> {
        let (mut written, mut met) = (BTreeMap::new(), Vec::new());
        for (key, id) in self.memory.cells_in(range) {
            match self.memory.read_cell(id, self.reader, &self.below) {
                Answer::Known(origin, Ok(value)) => {
                    met.push((key.clone(), (id, origin, Seen::Known(value.clone()))));
                    written.insert(key, value);
                }
                Answer::Known(origin, Err(error)) => {
                    met.push((key, (id, origin, Seen::Failed)));
                    self.note_scan(range, met, None);
                    return Err(error);
                }
                Answer::Estimate(on) => return Err(self.block(on, id)),
                Answer::Base | Answer::NeedsUnder => {}
            }
        }
        Ok((written, met))
    }

    /// Notes a scan that ended at `last`, or went to the end of its range.
    fn note_scan(&self, range: &KeyRange, met: Vec<Met>, last: Option<Key>) {
        if !self.records() {
            return;
        }
        let end = last.map_or_else(|| range.end.clone(), |last| Some(successor(&last)));
        let range = KeyRange { start: range.start.clone(), end };
        let found = met.into_iter().filter(|(key, _)| range.contains(key)).map(|(_, found)| found).collect();
        self.log.borrow_mut().scans.push(ScanRead { range, found });
    }
}

/// What multi-version memory holds, in key order.
type Written = BTreeMap<Key, Option<Value>>;

/// A key that a scan met in multi-version memory.
type Met = (Key, (CellId, Origin, Seen));

/// The least key above `key`.
fn successor(key: &Key) -> Key {
    Key::new(key.store(), &[key.path(), &[0]])
}

impl StateRead for View<'_> {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        if let Some(at) = self.peeked(key) {
            // A run that peeked and then wants to know for sure has drawn its conclusions already: they must stay true.
            let value = self.log.borrow().peeked[at].value.clone();
            self.log.borrow_mut().of_values.push(ValueRead { key: key.clone(), value: value.clone() });
            return Ok(value);
        }
        if self.memory.is_untouched(key.hash64(), self.reader.job) {
            return self.read_base(key);
        }
        match self.memory.read(key, self.reader, &self.below) {
            (None, _) | (_, Answer::Base | Answer::NeedsUnder) => self.read_base(key),
            (Some(cell), Answer::Estimate(on)) => Err(self.block(on, cell)),
            (Some(cell), Answer::Known(origin, value)) => {
                self.note_cell(cell, origin, &value);
                value
            }
        }
    }

    fn peek(&self, key: &Key) -> Result<Option<Value>, StateError> {
        if !self.records() {
            return self.get(key);
        }
        let at = self.peek_once(key)?;
        Ok(self.log.borrow().peeked[at].value.clone())
    }

    fn rely(&self, key: &Key, premise: Premise) -> Result<(), StateError> {
        if self.records() {
            let peeked = self.peek_once(key)?;
            let mut log = self.log.borrow_mut();
            let held = premise.holds(key, log.peeked[peeked].value.as_deref()).unwrap_or(false);
            log.premises.push(PremiseRead { peeked, premise, held });
        }
        Ok(())
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        let (written, met) = self.written_in(range)?;
        let mut last = None;
        let scanned = scan_merged(
            written.iter().map(|(key, value)| (key, value.clone())),
            &self.below,
            range,
            &mut |key, value| {
                let goes_on = visit(key, value);
                if !goes_on {
                    last = Some(key.clone());
                }
                goes_on
            },
        );
        self.note_scan(range, met, last);
        scanned
    }
}
