//! Stories of rounds: how short jobs are run in parallel.

mod does;

use std::num::NonZeroUsize;

use seiza_executor::{Cancel, Job, Mode, Outcome, RunError, Tuning, run_tuned};
use seiza_state::{Access, Delta, Empty, KeyRange, StateError, StateRead as _, StateWrite as _};
use seiza_types::U256;

use does::{OPTIMISTIC, WORKERS, does, key, raise};

fn rounds<J: Job>(jobs: &[J]) -> Result<Outcome<J::Output>, RunError> {
    run_tuned(&Empty, jobs, OPTIMISTIC, &Cancel::default(), &Tuning::always_in_rounds())
}

#[test]
fn jobs_that_have_nothing_in_common_are_run_once_each() {
    // Which keys others have changed is known by hashes, which differ from run to run: by chance one may raise a false alarm.
    // A conflict that is there would show with any keys.
    let alone = (0..8u32).any(|shift| run_alone(shift * 1_000).stats.re_executions == 0);
    assert!(alone, "with none of eight sets of keys");
}

/// Runs jobs that share nothing but a credit.
fn run_alone(first: u32) -> Outcome<u64> {
    let jobs: Vec<_> = (first..first + 500)
        .map(|n| {
            does(move |access: &mut Access<'_>| {
                access.add(key(9_999), Delta::credit(U256::from(1)))?;
                raise(access, n)
            })
        })
        .collect();
    let outcome = rounds(&jobs).expect("nothing cancels it");
    assert_eq!(outcome.outputs, [0; 500]);
    assert_eq!((outcome.executions, outcome.stats.parallel), (500 + outcome.stats.re_executions, 500));
    assert_eq!(outcome.changes.len(), 501, "everybody's credits to one are one change");
    outcome
}

#[test]
fn jobs_that_follow_each_other_cost_a_re_execution_where_batches_meet_and_the_key_is_named() {
    let jobs: Vec<_> = (0..512u32).map(|_| does(|access: &mut Access<'_>| raise(access, 7))).collect();
    let outcome = rounds(&jobs).unwrap();
    assert_eq!(outcome.outputs, (0..512).collect::<Vec<u64>>());
    let again = outcome.stats.re_executions;
    assert_eq!(again, 512 / WORKERS.get() * (WORKERS.get() - 1), "the first batch of each round stands");
    assert_eq!(outcome.stats.hottest, [(key(7), again)]);
}

#[test]
fn what_scans_fails_or_panics_in_a_batch_is_run_again_where_all_before_it_is_final() {
    let jobs: Vec<_> = (0..64u32)
        .map(|n| {
            does(move |access: &mut Access<'_>| -> Result<u64, StateError> {
                let earlier = access.get(&key(n.wrapping_sub(3)))?;
                assert!(n < 3 || earlier.is_some(), "only in a state that never was");
                let mut count = 0;
                let swallowed = access.scan(&KeyRange::prefix(key(0)), &mut |_, _| {
                    count += 1;
                    true
                });
                raise(access, n)?;
                Ok(count + u64::from(swallowed.is_err()))
            })
        })
        .collect();
    let expected = run_tuned(&Empty, &jobs, Mode::Sequential, &Cancel::default(), &Tuning::new()).unwrap();
    let found = rounds(&jobs).unwrap();
    assert_eq!((found.outputs, found.changes), (expected.outputs, expected.changes));
}

#[test]
fn one_worker_plays_rounds_alone() {
    let jobs: Vec<_> = (0..100u32).map(|n| does(move |access: &mut Access<'_>| raise(access, n % 10))).collect();
    let mode = Mode::Optimistic { workers: NonZeroUsize::MIN };
    let outcome = run_tuned(&Empty, &jobs, mode, &Cancel::default(), &Tuning::always_in_rounds()).unwrap();
    assert_eq!((outcome.executions, outcome.outputs[99]), (100, 9));
}
