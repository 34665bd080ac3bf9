//! Stories of shipped writes: right claims spare all waiting, wrong ones cost time and nothing else.

mod does;

use seiza_executor::{Cancel, Mode, Options, run_with};
use seiza_state::{Access, Delta, Empty, Key, StateError, StateWrite, Write, WriteSet};
use seiza_types::U256;

use does::{DECLARED, Does, OPTIMISTIC, does, key, parallel, raise};

/// A chain: each job raises what the one before raised.
fn chain() -> Vec<Does<impl Fn(&mut Access<'_>) -> Result<u64, StateError> + Sync>> {
    (0..400u32).map(|_| does(|access: &mut Access<'_>| raise(access, 1))).collect()
}

fn written(mode: Mode) -> Vec<WriteSet> {
    let options = Options { keeps_writes: true, ..Options::default() };
    run_with(&Empty, &chain(), mode, &Cancel::default(), options).expect("nothing fails").writes
}

#[test]
fn right_claims_spare_every_wait_and_every_re_execution() {
    let claims = written(Mode::Sequential);
    for mode in [OPTIMISTIC, DECLARED] {
        let mut jobs = chain();
        jobs.iter_mut().zip(&claims).for_each(|(job, claim)| job.shipped = Some(claim.clone()));
        let outcome = parallel(&jobs, mode).unwrap();
        assert_eq!(outcome.outputs, (0..400).collect::<Vec<u64>>());
        assert_eq!((outcome.executions, outcome.stats.blocked, outcome.stats.re_executions), (400, 0, 0));
    }
}

#[test]
fn what_is_kept_of_the_writes_is_the_same_in_every_mode() {
    let expected = written(Mode::Sequential);
    assert_eq!(expected.len(), 400);
    assert!(expected.iter().all(|writes| writes.iter().map(|(key, _)| key).eq([&key(1)])));
    for mode in [OPTIMISTIC, DECLARED] {
        assert_eq!(written(mode), expected);
    }
    assert_eq!(parallel(&chain(), OPTIMISTIC).unwrap().writes, [], "unless asked for");
}

#[test]
fn one_wrong_claim_does_not_spoil_the_block() {
    let claims = written(Mode::Sequential);
    let mut jobs = chain();
    jobs.iter_mut().zip(&claims).for_each(|(job, claim)| job.shipped = Some(claim.clone()));
    jobs[200].shipped = Some(claims[17].clone());
    for mode in [OPTIMISTIC, DECLARED] {
        assert_eq!(parallel(&jobs, mode).unwrap().outputs, (0..400).collect::<Vec<u64>>());
    }
}

#[test]
fn hostile_claims_cost_time_and_nothing_else() {
    let most = || Write::Add(Delta::credit(U256::MAX));
    let hostile: Vec<Vec<(Key, Write)>> = vec![
        vec![(key(1), most())],
        vec![(key(1), Write::Add(Delta::debit(U256::MAX)))],
        vec![(key(1), Write::Put(vec![1, 2, 3].into()))],
        vec![(key(1), Write::Delete)],
        vec![(key(1), Write::Put(vec![0xFF; 32].into())), (key(1), most())],
        (5_000..5_050).map(|n| (key(n), Write::Add(Delta::debit(U256::from(1))))).collect(),
        vec![],
    ];
    for mode in [OPTIMISTIC, DECLARED] {
        let mut jobs = chain();
        for (job, claim) in jobs.iter_mut().zip(hostile.iter().cycle()) {
            job.shipped = Some(claim.iter().cloned().collect());
        }
        let outcome = parallel(&jobs, mode).unwrap();
        assert_eq!(outcome.outputs, (0..400).collect::<Vec<u64>>());
        assert_eq!(outcome.changes.len(), 1, "nothing of the claims is left");
    }
}

#[test]
fn claimed_writes_of_a_job_that_fails_are_not_left_behind() {
    let jobs: Vec<_> = (0..200u32)
        .map(|n| Does {
            shipped: Some([(key(500 + n), Write::Put(vec![1; 32].into()))].into_iter().collect()),
            ..does(move |access: &mut Access<'_>| {
                let start = access.checkpoint();
                access.put(key(500 + n), vec![1; 32].into());
                access.revert(start);
                raise(access, n)
            })
        })
        .collect();
    let outcome = parallel(&jobs, OPTIMISTIC).unwrap();
    assert!((0..200).all(|n| outcome.changes.get(&key(500 + n)).is_none()));
    assert_eq!(outcome.changes.len(), 200);
}
