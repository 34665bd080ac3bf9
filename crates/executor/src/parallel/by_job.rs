//! What a batch's jobs wrote, job by job: for the walk, for sums that have to be taken term by term, and for whoever wants
//! each job's writes.

use seiza_state::{Key, Write, WriteSet};

use super::batch::{Batch, Ends, IN_TABLE};

impl Batch {
    /// The write of an entry of the log.
    fn write(&self, (place, at): (u32, u32)) -> &Write {
        let at = if at == IN_TABLE { self.first[place as usize] } else { at };
        self.more.get(at as usize).unwrap_or_else(|| &self.table.writes()[place as usize].1)
    }

    /// Where a job's part of the lists begins and ends.
    pub(crate) fn of_job(&self, job: usize) -> (Ends, Ends) {
        (job.checked_sub(1).map(|before| self.ends[before]).unwrap_or_default(), self.ends[job])
    }

    /// What a job writes.
    pub(crate) fn writes_of(&self, job: usize) -> impl Iterator<Item = (&Key, &Write)> {
        let (from, to) = self.of_job(job);
        let entries = self.log[from.writes..to.writes].iter();
        entries.map(|entry| (&self.table.writes()[entry.0 as usize].0, self.write(*entry)))
    }

    /// The same as a set.
    pub(crate) fn write_set_of(&self, job: usize) -> WriteSet {
        self.writes_of(job).map(|(key, write)| (key.clone(), write.clone())).collect()
    }

    /// The writes of a key job by job, each with its job's place in the batch.
    pub(crate) fn writes_at(&self, place: u32) -> impl Iterator<Item = (usize, &Write)> {
        let all = (0..self.ends.len()).flat_map(move |job| {
            let (from, to) = self.of_job(job);
            self.log[from.writes..to.writes].iter().map(move |entry| (job, entry.0, self.write(*entry)))
        });
        all.filter(move |(_, of, _)| *of == place).map(|(job, _, write)| (job, write))
    }
}
