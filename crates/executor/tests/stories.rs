//! Stories of the parallel modes: panics, errors that speculation only dreams of, wrong declarations, what is reported,
//! several blocks at once.

mod does;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use seiza_executor::{Cancel, Intent, Mode, RunError, Tuning, run, run_tuned};
use seiza_state::{Access, Delta, Empty, StateError, StateRead, StateWrite, amount_from_value};
use seiza_types::U256;

use does::{DECLARED, Does, OPTIMISTIC, WORKERS, does, key, parallel, raise};

#[test]
fn a_panic_reaches_the_caller_and_leaves_the_workers_alive() {
    for mode in [OPTIMISTIC, DECLARED] {
        let jobs: Vec<_> = (0..100u32)
            .map(|n| does(move |access: &mut Access<'_>| if n == 40 { panic!("job 40") } else { raise(access, n) }))
            .collect();
        let panic = catch_unwind(AssertUnwindSafe(|| parallel(&jobs, mode))).expect_err("it panics");
        assert_eq!(panic.downcast_ref(), Some(&"job 40"));
        let fine: Vec<_> = (0..100u32).map(|n| does(move |access: &mut Access<'_>| raise(access, n))).collect();
        assert_eq!(parallel(&fine, mode).unwrap().outputs, [0; 100]);
    }
}

#[test]
fn what_panics_or_fails_only_in_states_that_never_were_is_run_again() {
    // Sequentially both keys are always equal; a run between two others' writes could see them differ.
    let jobs: Vec<_> = (0..300u32)
        .map(|n| {
            does(move |access: &mut Access<'_>| {
                let (a, b) = (raise(access, 1)?, raise(access, 2)?);
                assert!(a == b || n % 2 == 0, "a state that never was");
                if a == b { Ok(a) } else { Err(StateError::Io("a state that never was".into())) }
            })
        })
        .collect();
    for _ in 0..5 {
        assert_eq!(parallel(&jobs, OPTIMISTIC).unwrap().outputs, (0..300).collect::<Vec<u64>>());
    }
}

#[test]
fn a_job_that_swallows_an_early_abort_is_stopped_all_the_same() {
    let jobs: Vec<_> = (0..200u32)
        .map(|_| {
            does(|access: &mut Access<'_>| {
                Ok(access.get(&key(1)).map_or(u64::MAX, |_| raise(access, 1).unwrap_or(u64::MAX)))
            })
        })
        .collect();
    assert_eq!(parallel(&jobs, OPTIMISTIC).unwrap().outputs, (0..200).collect::<Vec<u64>>());
}

#[test]
fn credits_to_one_key_never_conflict() {
    let jobs: Vec<_> = (0..500u32)
        .map(|n| {
            does(move |access: &mut Access<'_>| {
                access.add(key(9_999), Delta::credit(U256::from(n)))?;
                raise(access, n)
            })
        })
        .collect();
    for mode in [OPTIMISTIC, DECLARED] {
        let outcome = parallel(&jobs, mode).unwrap();
        assert_eq!(outcome.executions, 500, "no job is run twice");
        let sum = outcome.changes.get(&key(9_999)).expect("it was credited").clone();
        assert_eq!(amount_from_value(&key(9_999), sum.as_deref()), Ok(U256::from(499 * 500 / 2)));
    }
}

#[test]
fn right_declarations_spare_every_re_execution() {
    let jobs: Vec<_> = (0..400u32)
        .map(|n| Does {
            declares: vec![(key(n % 8), Intent::Change)],
            ..does(move |access: &mut Access<'_>| raise(access, n % 8))
        })
        .collect();
    let outcome = parallel(&jobs, DECLARED).unwrap();
    assert_eq!((outcome.executions, outcome.stats.re_executions), (400, 0));
    assert_eq!(outcome.outputs, (0..400).map(|n| n / 8).collect::<Vec<u64>>());
}

#[test]
fn one_wrong_declaration_costs_one_re_execution_and_not_the_block() {
    let jobs: Vec<_> = (0..400u32)
        .map(|n| {
            let touched = if n == 300 { 299 } else { n };
            Does {
                declares: vec![(key(n), Intent::Change)],
                ..does(move |access: &mut Access<'_>| raise(access, touched))
            }
        })
        .collect();
    let outcome = parallel(&jobs, DECLARED).unwrap();
    assert_eq!(outcome.outputs[300], 1);
    assert!(outcome.executions <= 401, "{}", outcome.executions);
}

#[test]
fn reports_name_the_hottest_key_and_add_up() {
    let jobs: Vec<_> = (0..600u32)
        .map(|n| does(move |access: &mut Access<'_>| raise(access, if n % 3 == 0 { n } else { 77_777 })))
        .collect();
    let outcome = parallel(&jobs, OPTIMISTIC).unwrap();
    let stats = outcome.stats;
    assert_eq!((stats.parallel, stats.sequential), (600, 0));
    assert_eq!(outcome.executions, stats.executions());
    assert_eq!(outcome.executions, 600 + stats.re_executions + stats.blocked, "every run counts once");
    if let Some((hottest, _)) = stats.hottest.first() {
        assert_eq!(*hottest, key(77_777));
    }
}

#[test]
fn a_chain_falls_back_to_sequential_stretches() {
    let jobs: Vec<_> = (0..5_000u32).map(|_| does(|access: &mut Access<'_>| raise(access, 1))).collect();
    let mode = Mode::Declared { workers: WORKERS };
    let declared: Vec<_> =
        jobs.iter().map(|job| Does { declares: vec![(key(1), Intent::Change)], ..does(job.act) }).collect();
    let stats = run(&Empty, &declared, mode, &Cancel::default()).unwrap().stats;
    assert_eq!((stats.sequential, stats.parallel), (5_000, 0), "the graph tells beforehand");
    let outcome = run_tuned(&Empty, &jobs, OPTIMISTIC, &Cancel::default(), &Tuning::new()).unwrap();
    assert_eq!(outcome.outputs, (0..5_000).collect::<Vec<u64>>());
}

#[test]
fn small_blocks_are_run_sequentially() {
    let jobs: Vec<_> = (0..3u32).map(|n| does(move |access: &mut Access<'_>| raise(access, n))).collect();
    let stats = run(&Empty, &jobs, OPTIMISTIC, &Cancel::default()).unwrap().stats;
    assert_eq!((stats.sequential, stats.parallel, stats.workers.len()), (3, 0, 0));
}

#[test]
fn blocks_may_be_run_at_once() {
    std::thread::scope(|scope| {
        for block in 0..6u32 {
            scope.spawn(move || {
                let jobs: Vec<_> =
                    (0..400).map(|n| does(move |access: &mut Access<'_>| raise(access, (n + block) % 16))).collect();
                let outputs = parallel(&jobs, OPTIMISTIC).unwrap().outputs;
                assert_eq!(outputs, (0..400).map(|n| n / 16).collect::<Vec<u64>>());
            });
        }
    });
}

#[test]
fn cancelling_ends_a_long_run_soon() {
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let jobs: Vec<_> = (0..20_000u32)
        .map(|n| {
            let stop = stop.clone();
            does(move |access: &mut Access<'_>| {
                if n == 50 {
                    stop.cancel();
                }
                raise(access, n)
            })
        })
        .collect();
    let ran = run_tuned(&Empty, &jobs, OPTIMISTIC, &cancel, &Tuning::always_parallel());
    assert_eq!(ran.unwrap_err(), RunError::Cancelled);
    assert!(jobs.iter().filter(|job| job.runs.load(Ordering::Relaxed) > 0).count() < 20_000);
}
