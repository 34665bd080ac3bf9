//! Equality of the modes: generated blocks with tunable conflict give the same outputs, changes and errors sequentially,
//! by declared keys and optimistically, on 1, 2, 4 and 16 workers.
//!
//! `EXECUTOR_CASES=100000 cargo test --release -p seiza-executor --test differential` searches for as long as one likes.

mod program;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use seiza_executor::{Cancel, Job, Mode, Options, Outcome, RunError, Tuning, run_tuned, run_with};
use seiza_state::{Changeset, Empty, Overlay, WriteSet};

use program::{Claim, Claimed, Program, Taste, any_base, any_block, any_claim};

/// Cases of each property in a normal test run: seconds.
const CASES: u32 = 48;

fn cases() -> ProptestConfig {
    let cases = std::env::var("EXECUTOR_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    ProptestConfig { cases, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

/// What must be equal: outputs and changes, or the error.
type Result<T> = std::result::Result<(Vec<T>, Changeset), RunError>;

fn essence<T>(outcome: std::result::Result<Outcome<T>, RunError>) -> Result<T> {
    outcome.map(|outcome| (outcome.outputs, outcome.changes))
}

fn parallel_modes() -> impl Iterator<Item = Mode> {
    let workers = [1, 2, 4, 16].into_iter().map(|workers| NonZeroUsize::new(workers).expect("not zero"));
    workers.flat_map(|workers| [Mode::Declared { workers }, Mode::Optimistic { workers }])
}

/// Averages by a clock of whims: what is measured must not matter.
fn measuring() -> Tuning {
    static NOW: AtomicU64 = AtomicU64::new(0);
    let tuning = Tuning::new();
    tuning.set_clock(|| {
        let now = NOW.fetch_add(1_000, Ordering::Relaxed);
        if now.is_multiple_of(7_000) { NOW.fetch_add(200_000, Ordering::Relaxed) } else { now }
    });
    tuning
}

fn check_equal<J: Job<Output = u64>>(base: Changeset, block: &[J]) -> std::result::Result<(), TestCaseError> {
    let base = Overlay::new(Arc::new(Empty)).with(Arc::new(base));
    let cancel = Cancel::default();
    let expected = essence(run_tuned(&base, block, Mode::Sequential, &cancel, &Tuning::new()));
    for mode in parallel_modes() {
        for tuning in [Tuning::always_parallel(), Tuning::always_in_rounds(), Tuning::new(), measuring()] {
            let found = essence(run_tuned(&base, block, mode, &cancel, &tuning));
            prop_assert_eq!(&found, &expected, "{:?} {:?}", mode, tuning);
        }
    }
    Ok(())
}

/// Each job's writes, as the block's proposer would ship them: in any mode the same.
fn shipped_by_proposer(base: &Changeset, block: &[Program]) -> std::result::Result<Vec<WriteSet>, TestCaseError> {
    let base = Overlay::new(Arc::new(Empty)).with(Arc::new(base.clone()));
    let writes = |mode, tuning: &Tuning| {
        let options = Options { tuning: Some(tuning), keeps_writes: true };
        run_with(&base, block, mode, &Cancel::default(), options).map(|outcome| outcome.writes).unwrap_or_default()
    };
    let sequential = writes(Mode::Sequential, &Tuning::new());
    for mode in parallel_modes() {
        for tuning in [Tuning::always_parallel(), Tuning::always_in_rounds()] {
            prop_assert_eq!(&writes(mode, &tuning), &sequential);
        }
    }
    Ok(sequential)
}

fn check_claimed(base: Changeset, block: &[Program], claims: &[Claim]) -> std::result::Result<(), TestCaseError> {
    let writes = shipped_by_proposer(&base, block)?;
    let claims = claims.iter().cycle().enumerate().map(|(at, claim)| claim.of(&writes, at));
    let claimed: Vec<Claimed<'_>> =
        block.iter().zip(claims).map(|(program, claim)| Claimed { program, claim }).collect();
    check_equal(base, &claimed)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn all_modes_give_the_same_on_quiet_blocks(base in any_base(200), block in any_block(Taste { keys: 200, ..Taste::default() })) {
        check_equal(base, &block)?;
    }

    #[test]
    fn all_modes_give_the_same_on_hot_keys(base in any_base(4), block in any_block(Taste { keys: 4, ..Taste::default() })) {
        check_equal(base, &block)?;
    }

    #[test]
    fn all_modes_give_the_same_where_scans_meet_insertions(
        base in any_base(24),
        block in any_block(Taste { keys: 24, scans: 12, ..Taste::default() }),
    ) {
        check_equal(base, &block)?;
    }

    #[test]
    fn all_modes_give_the_same_where_sums_are_read(
        base in any_base(6),
        block in any_block(Taste { keys: 6, sums: 16, ..Taste::default() }),
    ) {
        check_equal(base, &block)?;
    }

    #[test]
    fn all_modes_fail_alike(
        base in any_base(8),
        block in any_block(Taste { keys: 8, sums: 6, failures: 2, ..Taste::default() }),
    ) {
        check_equal(base, &block)?;
    }

    #[test]
    fn all_modes_give_the_same_where_payers_take_their_balance_for_granted(
        base in any_base(5),
        block in any_block(Taste { keys: 5, premises: 24, sums: 1, ..Taste::default() }),
    ) {
        check_equal(base, &block)?;
    }

    #[test]
    fn all_modes_give_the_same_whatever_is_claimed(
        base in any_base(8),
        block in any_block(Taste { keys: 8, failures: 1, ..Taste::default() }),
        claims in prop::collection::vec(any_claim(8), 1..20),
    ) {
        check_claimed(base, &block, &claims)?;
    }

    #[test]
    fn all_modes_give_the_same_on_blocks_that_turn_serial(
        base in any_base(3),
        block in any_block(Taste { keys: 3, jobs: 1_300, ..Taste::default() }),
    ) {
        check_equal(base, &block)?;
    }
}
