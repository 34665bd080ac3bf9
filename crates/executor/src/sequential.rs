//! One job after the other: the specification that every other mode must equal.

use std::ops::Range;

use seiza_state::{Access, StateRead, WriteBuffer};

use crate::prefix::{Changes, Prefix};
use crate::{Cancel, Job, RunError};

/// Runs `range` of `jobs` in order over `base` and `changes`, adding to `changes` and `outputs`.
pub(crate) fn run<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    range: Range<usize>,
    changes: &mut Changes,
    outputs: &mut Vec<J::Output>,
    cancel: &Cancel,
) -> Result<(), RunError> {
    let mut buffer = WriteBuffer::default();
    for index in range {
        if cancel.is_cancelled() {
            return Err(RunError::Cancelled);
        }
        let failed = |error| RunError::State { job: index, error };
        let prefix = Prefix { base, changes };
        let mut access = Access::reusing(&prefix, buffer);
        outputs.push(jobs[index].run(&mut access).map_err(failed)?);
        buffer = access.into_buffer();
        changes.absorb(&mut buffer, base).map_err(failed)?;
    }
    Ok(())
}
