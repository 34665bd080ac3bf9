//! One key in multi-version memory: what each job writes there, and what a job above them reads.
//!
//! A popular key has an entry of every job of the block, so nothing here may walk over all of them.
//!
//! Entries stand in job order. A read at job `j` looks at those below `j`: the nearest put or delete decides, deltas above
//! it are summed up one by one, as sequential execution would. With no put or delete below, the sum starts from what lies
//! under the cell: the base's value, or what committed entries were folded into.

use seiza_state::{Delta, Key, StateError, Value, Write, amount_from_value, value_from_amount};
use seiza_types::U256;
use smallvec::SmallVec;

/// Which run of a job: 0 is the first.
pub(crate) type Incarnation = u32;

/// The incarnation of writes that were declared and not executed.
pub(crate) const DECLARED: Incarnation = Incarnation::MAX;

/// The incarnation of writes that somebody claims of a job that was not executed yet.
pub(crate) const SHIPPED: Incarnation = Incarnation::MAX - 1;

/// Committed entries are folded when a sum runs over more than this.
const SUMMED_ONE_BY_ONE: usize = 8;

/// Folded entries are thrown away when there are so many of them, and they are half of all.
const FOLDED_KEPT: usize = 32;

/// Who only peeks at a sum gets the nearest deltas; those further below are left out where they are not committed.
const PEEKED: usize = 64;

/// What a job did to a key.
#[derive(Debug)]
struct Entry {
    job: u32,
    /// The run that wrote it last.
    incarnation: Incarnation,
    /// The run that first wrote this very thing: what readers know it by.
    version: Incarnation,
    /// The job is to run again and will probably write here again: who reads it had better wait.
    estimate: bool,
    write: Write,
}

/// One key's entries.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) key: Key,
    /// In job order. The first `folded` of them count no more: they are in `under`.
    entries: SmallVec<[Entry; 1]>,
    folded: usize,
    /// The value under the entries, once known.
    under: Option<Box<Option<Value>>>,
    /// Whether anything was ever folded into it.
    is_changed_under: bool,
}

/// A delta that does not come out.
#[derive(Debug)]
pub(crate) struct Unsettled {
    /// Whose it is.
    pub(crate) job: u32,
    pub(crate) key: Key,
    pub(crate) error: StateError,
}

/// What a key is left with, if any committed job wrote there.
type Left = Result<Option<(Key, Option<Value>)>, Box<Unsettled>>;

impl Unsettled {
    /// Keeps the one that sequential execution meets first.
    pub(crate) fn keep_first(first: &mut Option<Self>, next: Self) {
        if first.as_ref().is_none_or(|first| (next.job, &next.key) < (first.job, &first.key)) {
            *first = Some(next);
        }
    }
}

/// How a value is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Exactly: an estimate says nothing.
    Exact,
    /// About: a sum may hold estimates, or miss some deltas.
    About,
}

/// Where a read value came from. Equal origins mean equal values; different ones are compared by value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// That job, as that incarnation of it first wrote it.
    Job(u32, Incarnation),
    /// Several entries, or folded ones: only the value tells.
    Sum,
}

/// What a cell answers to a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing below that job: read the base.
    Base,
    /// A value and where it is from; an error where the sum does not come out.
    Known(Origin, Result<Option<Value>, StateError>),
    /// A sum that starts from the base's value, which the cell does not know yet (see [`Cell::set_under`]).
    NeedsUnder,
    /// An estimate of that job.
    Estimate(u32),
}

impl Cell {
    pub(crate) fn new(key: Key) -> Self {
        Self { key, entries: SmallVec::new(), folded: 0, under: None, is_changed_under: false }
    }

    /// What job `reader` reads here, given that jobs below `committed` are final.
    pub(crate) fn read(&mut self, reader: u32, committed: u32, sight: Sight) -> Answer {
        let below = self.below(reader);
        if below <= self.folded {
            return self.bottom();
        }
        let top = below - 1;
        let entry = &self.entries[top];
        match &entry.write {
            Write::Add(_) => self.sum(below, committed, sight),
            _ if entry.estimate => Answer::Estimate(entry.job),
            Write::Put(value) => Answer::Known(Origin::Job(entry.job, entry.version), Ok(Some(value.clone()))),
            Write::Delete => Answer::Known(Origin::Job(entry.job, entry.version), Ok(None)),
        }
    }

    /// How many entries are of jobs below `job`. Mostly the newest is.
    fn below(&self, job: u32) -> usize {
        match self.entries.last() {
            Some(last) if last.job >= job => self.entries.partition_point(|entry| entry.job < job),
            _ => self.entries.len(),
        }
    }

    fn bottom(&self) -> Answer {
        match &self.under {
            Some(value) if self.is_changed_under => Answer::Known(Origin::Sum, Ok(Option::clone(value))),
            _ => Answer::Base,
        }
    }

    /// The value after the first `below` entries, the last of which is a delta.
    fn sum(&mut self, mut below: usize, committed: u32, sight: Sight) -> Answer {
        if below - self.folded > SUMMED_ONE_BY_ONE {
            below -= self.fold(committed);
        }
        let entries = &self.entries[self.folded..below];
        let bottom = entries.iter().rposition(|entry| !entry.is_add());
        let deltas = &entries[bottom.map_or(0, |bottom| bottom + 1)..];
        let unsure = |entry: &&Entry| entry.estimate && (sight == Sight::Exact || !entry.is_add());
        let met = deltas.iter().rfind(unsure).or_else(|| bottom.map(|bottom| &entries[bottom]).filter(unsure));
        if let Some(entry) = met {
            return Answer::Estimate(entry.job);
        }
        let under = match bottom.map(|bottom| &entries[bottom].write) {
            Some(Write::Put(value)) => Some(value),
            Some(_) => None,
            None => match &self.under {
                Some(under) => Option::as_ref(under),
                None => return Answer::NeedsUnder,
            },
        };
        let sum = amount_from_value(&self.key, under.map(Value::as_slice)).and_then(|under| match sight {
            Sight::Exact => deltas.iter().try_fold(under, |amount, entry| entry.added_to(&self.key, amount)),
            Sight::About => Ok(about(under, &deltas[deltas.len().saturating_sub(PEEKED)..])),
        });
        Answer::Known(Origin::Sum, sum.map(value_from_amount))
    }

    /// Tells what the base holds here.
    pub(crate) fn set_under(&mut self, value: Option<Value>) {
        self.under.get_or_insert_with(|| Box::new(value));
    }

    /// Folds entries of jobs below `committed` into the value under the cell; answers how many were thrown away. A sum that does not come
    /// out is left for the end of the block, which says whose fault it is.
    fn fold(&mut self, committed: u32) -> usize {
        let is_final = |entry: &&Entry| entry.job < committed && !entry.estimate;
        for entry in self.entries[self.folded..].iter().take_while(is_final) {
            let under = match (&entry.write, &self.under) {
                (Write::Add(_), None) => break,
                (Write::Add(_), Some(under)) => Option::clone(under),
                _ => None,
            };
            let Ok(value) = entry.after(&self.key, under) else { break };
            (self.under, self.is_changed_under) = (Some(Box::new(value)), true);
            self.folded += 1;
        }
        if self.folded < FOLDED_KEPT || self.folded * 2 < self.entries.len() {
            return 0;
        }
        self.entries.drain(..self.folded);
        std::mem::take(&mut self.folded)
    }

    /// Writes for `job`; answers whether a reader above could tell.
    pub(crate) fn write(&mut self, job: u32, incarnation: Incarnation, write: Write) -> bool {
        let below = self.below(job);
        match self.entries.get_mut(below).filter(|entry| entry.job == job) {
            Some(entry) if entry.incarnation != DECLARED && entry.write == write => {
                (entry.incarnation, entry.estimate) = (incarnation, false);
                false
            }
            Some(entry) => {
                *entry = Entry { job, incarnation, version: incarnation, estimate: false, write };
                true
            }
            None => {
                let entry = Entry { job, incarnation, version: incarnation, estimate: false, write };
                self.entries.insert(below, entry);
                true
            }
        }
    }

    /// Announces a write of `job` that is still to come.
    pub(crate) fn declare(&mut self, job: u32) {
        self.write(job, DECLARED, Write::Delete);
        self.mark_estimate(job);
    }

    /// Makes what `job` wrote an estimate.
    pub(crate) fn mark_estimate(&mut self, job: u32) {
        let below = self.below(job);
        if let Some(entry) = self.entries.get_mut(below).filter(|entry| entry.job == job) {
            entry.estimate = true;
        }
    }

    /// Removes what `job` wrote before `incarnation` and did not write again; answers whether there was such a thing.
    pub(crate) fn remove_older(&mut self, job: u32, incarnation: Incarnation) -> bool {
        let below = self.below(job);
        let stale = self.entries.get(below).is_some_and(|entry| entry.job == job && entry.incarnation != incarnation);
        if stale {
            self.entries.remove(below);
        }
        stale
    }

    /// The value after the entries of jobs below `end`: `None` where none of them wrote here. `base` is asked only where a
    /// sum starts from it.
    ///
    /// # Errors
    /// The job whose delta does not come out, and how; an error of `base` is that of the first delta's job.
    pub(crate) fn settle(self, end: u32, base: impl FnOnce(&Key) -> Result<Option<Value>, StateError>) -> Left {
        let end = self.below(end).max(self.folded);
        let written = &self.entries[self.folded..end];
        let Some(first) = written.first() else {
            return Ok(self.under.filter(|_| self.is_changed_under).map(|value| (self.key, *value)));
        };
        let failed = |entry: &Entry, error| Box::new(Unsettled { job: entry.job, key: self.key.clone(), error });
        let under = match (&first.write, self.under) {
            (Write::Add(_), None) => base(&self.key).map_err(|error| failed(first, error))?,
            (_, under) => under.and_then(|under| *under),
        };
        let value = written
            .iter()
            .try_fold(under, |value, entry| entry.after(&self.key, value).map_err(|error| failed(entry, error)))?;
        Ok(Some((self.key, value)))
    }
}

/// The sum of deltas where one that does not come out is no matter: nothing is below zero, nothing above the highest.
fn about(under: U256, deltas: &[Entry]) -> U256 {
    deltas.iter().fold(under, |amount, entry| match &entry.write {
        Write::Add(delta) => amount.saturating_add(delta.credited()).saturating_sub(delta.debited()),
        _ => amount,
    })
}

impl Entry {
    fn is_add(&self) -> bool {
        matches!(self.write, Write::Add(_))
    }

    fn after(&self, key: &Key, value: Option<Value>) -> Result<Option<Value>, StateError> {
        match &self.write {
            Write::Put(value) => Ok(Some(value.clone())),
            Write::Delete => Ok(None),
            Write::Add(delta) => Delta::apply(delta, key, value.as_deref()),
        }
    }

    /// As [`Entry::after`], of an amount; puts and deletes do not come here.
    fn added_to(&self, key: &Key, amount: U256) -> Result<U256, StateError> {
        let Write::Add(delta) = &self.write else { return Ok(amount) };
        match delta.credited().checked_sub(delta.debited()) {
            Some(gain) => amount.checked_add(gain).ok_or_else(|| StateError::Overflow(key.clone())),
            None => {
                amount.checked_sub(delta.debited() - delta.credited()).ok_or_else(|| StateError::Underflow(key.clone()))
            }
        }
    }
}
