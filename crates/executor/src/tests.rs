//! Stories of the sequential specification: order, isolation, deltas, scans, cancellation, failure.

use std::num::NonZeroUsize;
use std::sync::Arc;

use seiza_state::{
    Access, Changeset, Delta, Empty, Key, KeyRange, Overlay, StateError, StateRead, StateWrite, StoreId,
    amount_from_value,
};
use seiza_types::U256;

use crate::{Cancel, Job, Mode, Outcome, RunError, Tuning, run_tuned};

fn key(name: &str) -> Key {
    Key::new(StoreId::Bank, &[name.as_bytes()])
}

/// A step of a test job.
enum Step {
    Put(&'static str, u8),
    Delete(&'static str),
    Add(&'static str, u64),
    Debit(&'static str, u64),
    Count(&'static str),
    Read(&'static str),
}

impl Job for Vec<Step> {
    type Output = Vec<u64>;

    fn run(&self, access: &mut Access<'_>) -> Result<Vec<u64>, StateError> {
        let mut seen = Vec::new();
        for step in self {
            match step {
                Step::Put(name, byte) => access.put(key(name), vec![*byte].into()),
                Step::Delete(name) => access.delete(key(name)),
                Step::Add(name, by) => access.add(key(name), Delta::credit(U256::from(*by)))?,
                Step::Debit(name, by) => access.add(key(name), Delta::debit(U256::from(*by)))?,
                Step::Count(prefix) => {
                    let mut count = 0;
                    access.scan(&KeyRange::prefix(key(prefix)), &mut |_, _| {
                        count += 1;
                        true
                    })?;
                    seen.push(count);
                }
                Step::Read(name) => {
                    let value = access.get(&key(name))?;
                    seen.push(match value.as_deref() {
                        Some([byte]) => u64::from(*byte),
                        value => amount_from_value(&key(name), value)?.to(),
                    });
                }
            }
        }
        Ok(seen)
    }
}

fn modes() -> [Mode; 3] {
    let workers = NonZeroUsize::new(2).unwrap();
    [Mode::Sequential, Mode::Declared { workers }, Mode::Optimistic { workers }]
}

/// As the public function, but never falling back to sequential execution for being small.
fn run<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    mode: Mode,
    cancel: &Cancel,
) -> Result<Outcome<J::Output>, RunError> {
    run_tuned(base, jobs, mode, cancel, &Tuning::always_parallel())
}

#[test]
fn a_job_sees_what_earlier_jobs_left_and_nothing_of_later_ones() {
    let jobs = vec![
        vec![Step::Read("a"), Step::Put("a", 1)],
        vec![Step::Read("a"), Step::Put("a", 2)],
        vec![Step::Read("a"), Step::Delete("a")],
        vec![Step::Read("a")],
    ];
    for mode in modes() {
        let outcome = run(&Empty, &jobs, mode, &Cancel::default()).unwrap();
        assert_eq!(outcome.outputs, [[0], [1], [2], [0]]);
        assert_eq!(outcome.changes.get(&key("a")), Some(&None), "a removal is a change");
    }
}

#[test]
fn credits_sum_up_and_a_read_resolves_them() {
    let jobs = vec![
        vec![Step::Add("pot", 5)],
        vec![Step::Add("pot", 7)],
        vec![Step::Read("pot")],
        vec![Step::Debit("pot", 12), Step::Read("pot")],
    ];
    for mode in modes() {
        let outcome = run(&Empty, &jobs, mode, &Cancel::default()).unwrap();
        assert_eq!(outcome.outputs[2..], [vec![12], vec![0]]);
        assert_eq!(outcome.changes.get(&key("pot")), Some(&None), "an amount of zero is removed");
    }
}

#[test]
fn a_scan_sees_insertions_of_earlier_jobs_and_of_the_base() {
    let base: Changeset = [(key("m1"), Some(vec![1].into()))].into_iter().collect();
    let base = Overlay::new(Arc::new(Empty)).with(Arc::new(base));
    let jobs = vec![
        vec![Step::Count("m")],
        vec![Step::Put("m0", 1), Step::Put("m2", 1), Step::Count("m")],
        vec![Step::Count("m"), Step::Delete("m1"), Step::Count("m")],
    ];
    for mode in modes() {
        let outcome = run(&base, &jobs, mode, &Cancel::default()).unwrap();
        assert_eq!(outcome.outputs, [vec![1], vec![3], vec![3, 2]]);
    }
}

#[test]
fn an_underflow_is_fatal_and_names_the_job() {
    let jobs = vec![vec![Step::Add("pot", 1)], vec![Step::Debit("pot", 2)]];
    for mode in modes() {
        let error = run(&Empty, &jobs, mode, &Cancel::default()).unwrap_err();
        assert_eq!(error, RunError::State { job: 1, error: StateError::Underflow(key("pot")) });
    }
}

#[test]
fn a_cancelled_run_yields_nothing() {
    let cancel = Cancel::default();
    cancel.cancel();
    for mode in modes() {
        assert_eq!(run(&Empty, &[vec![Step::Put("a", 1)]], mode, &cancel).unwrap_err(), RunError::Cancelled);
    }
}

#[test]
fn what_is_kept_of_each_read_write_and_job_takes_no_more_than_the_specification_says() {
    use crate::parallel::cell::Cell;
    use crate::parallel::log::{BaseRead, CellRead, Peeked, PremiseRead};
    use crate::parallel::shard::Apart;
    use crate::parallel::status::Standing;
    let kept = [size_of::<BaseRead>(), size_of::<CellRead>(), size_of::<Peeked>(), size_of::<PremiseRead>()];
    assert_eq!(kept, [8, 72, 112, 80]);
    assert_eq!((size_of::<Cell>(), size_of::<Apart<crate::sync::Mutex<Standing>>>()), (160, 256));
}
