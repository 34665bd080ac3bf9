//! One job after the other: the specification that every other mode must equal.

use seiza_state::{Access, Changeset, Key, KeyRange, StateError, StateRead, Value, Visit};

use crate::{Cancel, Job, Outcome, RunError};

/// What a job sees: the changes of the jobs before it over the block's base.
struct Prefix<'a> {
    base: &'a dyn StateRead,
    changes: &'a Changeset,
}

impl StateRead for Prefix<'_> {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        self.changes.get(key).map_or_else(|| self.base.get(key), |changed| Ok(changed.clone()))
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        self.changes.scan_over(self.base, range, visit)
    }
}

pub(crate) fn run<J: Job>(base: &dyn StateRead, jobs: &[J], cancel: &Cancel) -> Result<Outcome<J::Output>, RunError> {
    let mut changes = Changeset::default();
    let mut outputs = Vec::with_capacity(jobs.len());
    for (index, job) in jobs.iter().enumerate() {
        if cancel.is_cancelled() {
            return Err(RunError::Cancelled);
        }
        let failed = |error| RunError::State { job: index, error };
        let prefix = Prefix { base, changes: &changes };
        let mut access = Access::unrecorded(&prefix);
        let output = job.run(&mut access).map_err(failed)?;
        let (_, writes) = access.finish();
        changes.absorb(writes, base).map_err(failed)?;
        outputs.push(output);
    }
    Ok(Outcome { outputs, changes, executions: jobs.len() })
}
