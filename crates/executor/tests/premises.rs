//! Stories of premises: who only takes for granted that a balance suffices conflicts with nobody who keeps it so.

mod does;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use seiza_executor::{Cancel, Job, Mode, Outcome, Tuning, run_tuned};
use seiza_state::{Access, Changeset, Empty, Overlay, StateError, StateRead, amount_from_value, value_from_amount};
use seiza_types::U256;

use does::{DECLARED, OPTIMISTIC, does, key, parallel, pay, raise};

/// Nonces lie apart from balances.
const NONCES: u32 = 1 << 20;

fn rich(accounts: impl IntoIterator<Item = u32>, wei: u64) -> Overlay {
    let changes: Changeset = accounts.into_iter().map(|n| (key(n), value_from_amount(U256::from(wei)))).collect();
    Overlay::new(Arc::new(Empty)).with(Arc::new(changes))
}

fn run<J: Job>(base: &Overlay, jobs: &[J], mode: Mode) -> Outcome<J::Output> {
    run_tuned(base, jobs, mode, &Cancel::default(), &Tuning::always_parallel()).expect("no payment fails")
}

/// Runs so many payments in every mode; answers the sequential outputs, and re-executions summed up.
fn payments(base: &Overlay, count: u32, who: fn(u32) -> (u32, u32), wei: u64) -> (Vec<u64>, usize) {
    let jobs: Vec<_> = (0..count)
        .map(|n| {
            does(move |access: &mut Access<'_>| {
                let (from, to) = who(n);
                raise(access, NONCES + n)?;
                pay(access, from, to, wei)
            })
        })
        .collect();
    let expected = run(base, &jobs, Mode::Sequential);
    let mut again = 0;
    for mode in [OPTIMISTIC, DECLARED] {
        let found = run(base, &jobs, mode);
        assert_eq!((&found.outputs, &found.changes), (&expected.outputs, &expected.changes), "{mode:?}");
        again += found.stats.re_executions + found.stats.blocked;
    }
    (expected.outputs, again)
}

#[test]
fn payers_in_a_chain_never_conflict_while_their_balances_suffice() {
    assert_eq!(payments(&rich(0..500, 1_000), 500, |n| (n, n + 1), 10), (vec![1; 500], 0));
}

#[test]
fn everybody_may_pay_one_and_one_may_pay_everybody_without_a_conflict() {
    assert_eq!(payments(&rich(0..500, 1_000), 500, |n| (n, 9_999), 10), (vec![1; 500], 0));
    assert_eq!(payments(&rich([7], 1_000_000), 500, |n| (7, 10_000 + n), 10), (vec![1; 500], 0));
}

#[test]
fn a_chain_that_lives_on_what_it_is_paid_pays_all_the_same() {
    let (paid, _) = payments(&rich([0], 10), 300, |n| (n, n + 1), 10);
    assert_eq!(paid, [1; 300]);
}

#[test]
fn who_runs_out_of_money_in_mid_block_does_so_at_the_same_payment() {
    let (paid, _) = payments(&rich([7], 995), 300, |n| (7, 10_000 + n), 10);
    assert_eq!(paid, (0..300).map(|n| u64::from(n < 99)).collect::<Vec<u64>>());
}

#[test]
fn a_premise_that_breaks_costs_one_re_execution() {
    let second_ran = AtomicBool::new(false);
    let jobs: Vec<_> = (0..2u32)
        .map(|n| {
            let second_ran = &second_ran;
            does(move |access: &mut Access<'_>| {
                while n == 0 && !second_ran.load(Ordering::SeqCst) {
                    std::thread::yield_now();
                }
                let paid = pay(access, 7, 10 + n, 60);
                second_ran.store(true, Ordering::SeqCst);
                paid
            })
        })
        .collect();
    let outcome = run(&rich([7], 100), &jobs, OPTIMISTIC);
    assert_eq!(outcome.outputs, [1, 0]);
    assert_eq!((outcome.executions, outcome.stats.re_executions), (3, 1));
    assert_eq!(outcome.stats.hottest, [(key(7), 1)]);
}

#[test]
fn who_looks_again_sees_the_same_and_who_then_wants_to_know_exactly_is_told_the_truth_in_the_end() {
    let jobs: Vec<_> = (0..300u32)
        .map(|n| {
            does(move |access: &mut Access<'_>| -> Result<u64, StateError> {
                let first = access.peek(&key(7))?;
                pay(access, 7, 10 + n % 3, 1)?;
                assert!(access.peek(&key(7))?.is_some(), "it never falls below what was relied on");
                if n % 50 != 0 {
                    return Ok(0);
                }
                let exact: u64 = amount_from_value(&key(7), access.get(&key(7))?.as_deref())?.to();
                assert_eq!(exact + 1, amount_from_value(&key(7), first.as_deref())?.to::<u64>());
                Ok(exact)
            })
        })
        .collect();
    let base = rich([7], 1_000);
    let expected = run(&base, &jobs, Mode::Sequential);
    assert_eq!(expected.outputs[250], 749);
    for mode in [OPTIMISTIC, DECLARED] {
        let found = run(&base, &jobs, mode);
        assert_eq!((&found.outputs, &found.changes), (&expected.outputs, &expected.changes));
    }
}

#[test]
fn nothing_is_relied_on_where_nothing_is_said() {
    // A peek whose outcome the job ignores may see anything.
    let jobs: Vec<_> = (0..300u32)
        .map(|n| {
            does(move |access: &mut Access<'_>| {
                access.peek(&key(1))?;
                if n % 10 == 0 { raise(access, 1) } else { raise(access, 100 + n) }
            })
        })
        .collect();
    let outputs = parallel(&jobs, OPTIMISTIC).unwrap().outputs;
    assert_eq!(outputs, (0..300).map(|n| if n % 10 == 0 { n / 10 } else { 0 }).collect::<Vec<u64>>());
}
