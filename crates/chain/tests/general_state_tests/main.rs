//! Ethereum's GeneralStateTests through our storage, block rules and executor: not revm alone.
//!
//! Each case loads its `pre` into a real storage, decodes and verifies the case's signed transaction, runs a block of it,
//! hashes our own commitment over the result, and compares the Ethereum state root over all resulting accounts and the hash
//! of the logs. A thousand random cases run by default (the seed is printed; `SEIZA_SEED` repeats one), all of them with
//! `SEIZA_CONFORMANCE=all`, those whose name contains a text with `SEIZA_CASE=text`. Fixtures are looked for in
//! `SEIZA_FIXTURES`, else in `../shared/data` beside the repository.

#![allow(clippy::disallowed_types, reason = "fixtures lie in files")]

mod archive;
mod case;
mod fixture;

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng, rngs::StdRng};
use rayon::prelude::*;

const SAMPLE: usize = 1_000;

/// How one case ended.
enum Verdict {
    Passed,
    Failed(String),
    Skipped(&'static str),
}

#[test]
fn ethereum_general_state_tests() {
    let Some(files) = archive::read("general-state-tests.tar.zst") else {
        println!("NOTHING WAS CHECKED: general-state-tests.tar.zst is missing.");
        println!("Make it from the folder GeneralStateTests of github.com/ethereum/tests, or set SEIZA_FIXTURES.");
        return;
    };
    let mut cases: Vec<fixture::Case> = files.par_iter().flat_map_iter(|(_, file)| fixture::cases(file)).collect();
    let total = cases.len();
    if let Ok(part) = std::env::var("SEIZA_CASE") {
        cases.retain(|case| case.name.contains(&part));
    } else if std::env::var("SEIZA_CONFORMANCE").as_deref() != Ok("all") {
        let seed =
            std::env::var("SEIZA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| rand::rng().random());
        println!("SEIZA_SEED={seed}");
        cases.shuffle(&mut StdRng::seed_from_u64(seed));
        cases.truncate(SAMPLE);
    }
    let verdicts: Vec<(&fixture::Case, Verdict)> = cases.par_iter().map(|case| (case, case::run(case))).collect();
    report(total, &verdicts);
    assert!(!verdicts.is_empty(), "the archive holds no case");
    let failed = verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Failed(_))).count();
    assert_eq!(failed, 0, "cases failed, see above");
}

fn report(total: usize, verdicts: &[(&fixture::Case, Verdict)]) {
    let (mut passed, mut failed) = (0, 0);
    let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
    for (case, verdict) in verdicts {
        match verdict {
            Verdict::Passed => passed += 1,
            Verdict::Skipped(reason) => *skipped.entry(reason).or_default() += 1,
            Verdict::Failed(why) => {
                failed += 1;
                println!("FAILED {}: {why}", case.name);
            }
        }
    }
    println!("cases in the archive {total}, run {}, passed {passed}, failed {failed}", verdicts.len());
    skipped.iter().for_each(|(reason, count)| println!("skipped {count}: {reason}"));
}
