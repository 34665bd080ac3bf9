//! Stories of rounds: how short jobs are run in parallel.

mod does;

use std::num::NonZeroUsize;

use seiza_executor::{Cancel, Job, Mode, Outcome, RunError, Tuning, run_tuned};
use seiza_state::{
    Access, Delta, Empty, KeyRange, StateError, StateRead as _, StateWrite as _, Value, value_from_amount,
};
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
    let batches = WORKERS.get() * 4;
    assert_eq!(again, 512 / batches * (batches - 1), "the first batch of each round stands");
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

/// A counter in a record, as a nonce is.
fn counted(value: Option<&Value>) -> u64 {
    value.map_or(0, |value| u64::from(value[0]))
}

#[test]
fn who_sends_many_transactions_does_not_conflict_with_itself() {
    let jobs: Vec<_> = (0..200u64)
        .map(|turn| {
            does(move |access: &mut Access<'_>| {
                let next = |found: Option<&Value>| (counted(found) < turn).then(|| Value::from(&[turn as u8][..]));
                let found = counted(access.expect(&key(5), &next)?.as_ref());
                access.put(key(5), Value::from(&[found as u8 + 1][..]));
                Ok(found)
            })
        })
        .collect();
    let outcome = rounds(&jobs).unwrap();
    assert_eq!(outcome.outputs, (0..200).collect::<Vec<u64>>());
    assert_eq!(outcome.stats.re_executions, 0);
}

#[test]
fn a_wrong_expectation_costs_a_re_execution_and_nothing_else() {
    let jobs: Vec<_> = (0..200u64)
        .map(|turn| {
            does(move |access: &mut Access<'_>| {
                let found = counted(access.expect(&key(5), &|_| Some(Value::from(&[turn as u8][..])))?.as_ref());
                if turn % 7 != 3 {
                    access.put(key(5), Value::from(&[found as u8 + 1][..]));
                }
                Ok(found)
            })
        })
        .collect();
    let expected = run_tuned(&Empty, &jobs, Mode::Sequential, &Cancel::default(), &Tuning::new()).unwrap();
    let found = rounds(&jobs).unwrap();
    assert!(found.stats.re_executions > 0);
    assert_eq!((found.outputs, found.changes), (expected.outputs, expected.changes));
}

#[test]
fn a_debit_that_a_later_credit_covers_up_still_ends_the_block() {
    for hides_it in [false, true] {
        let jobs: Vec<_> = (0..64u32)
            .map(|n| {
                does(move |access: &mut Access<'_>| {
                    match n {
                        20 => access.add(key(1), Delta::debit(U256::from(1)))?,
                        21 if hides_it => access.put(key(1), value_from_amount(U256::from(9)).expect("not zero")),
                        21 => access.add(key(1), Delta::credit(U256::from(5)))?,
                        _ => {}
                    }
                    Ok(0)
                })
            })
            .collect();
        assert_eq!(rounds(&jobs).unwrap_err(), RunError::State { job: 20, error: StateError::Underflow(key(1)) });
    }
}
