//! Ethereum mainnet blocks, Frontier to Cancun, through our state, block rules and executor.
//!
//! There is no post-state to compare with: each block must reproduce its header's gas used and logs bloom, from Byzantium on
//! its receipts root too, and every mode of execution, with any hint, must leave what sequential execution leaves. Six
//! random blocks run by default (the seed is printed; `SEIZA_SEED` repeats one), all 48 with `SEIZA_CONFORMANCE=all`.

#![allow(clippy::unwrap_used, clippy::disallowed_types, reason = "a test may panic, and its fixtures lie in files")]

#[path = "../general_state_tests/archive.rs"]
mod archive;
mod block;
mod pre_state;

use std::num::NonZeroUsize;

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng, rngs::StdRng};
use seiza_chain::modules::fees::FeeParams;
use seiza_chain::{BlockInput, BlockOutput, Cancel, Footprint, Hints, Mode, Options, Tuning, learn};
use seiza_state::{Changeset, Key};

const SAMPLE: usize = 6;

#[test]
fn mainnet_blocks_reproduce_their_headers_in_every_mode() {
    let Some(files) = archive::read("mainnet-blocks.tar.zst") else {
        println!(
            "NOTHING WAS CHECKED: mainnet-blocks.tar.zst is missing; set SEIZA_FIXTURES to the folder that holds it."
        );
        println!("Its format is that of the folder data of github.com/risechain/pevm.");
        return;
    };
    let world = pre_state::World::read(files);
    let mut numbers = world.numbers();
    assert!(!numbers.is_empty(), "the archive holds no block");
    if std::env::var("SEIZA_CONFORMANCE").as_deref() != Ok("all") {
        let seed =
            std::env::var("SEIZA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| rand::rng().random());
        println!("SEIZA_SEED={seed}");
        numbers.shuffle(&mut StdRng::seed_from_u64(seed));
        numbers.truncate(SAMPLE);
    }
    for number in numbers {
        check(&world, number);
    }
}

fn modes() -> Vec<Mode> {
    let workers = |count| NonZeroUsize::new(count).unwrap();
    let parallel = [1, 2, 4, 16]
        .into_iter()
        .flat_map(|count| [Mode::Declared { workers: workers(count) }, Mode::Optimistic { workers: workers(count) }]);
    parallel.collect()
}

fn check(world: &pre_state::World, number: u64) {
    let block = world.block(number);
    let parent = world.state(number);
    let context = block.context(world.block_hashes());
    let txs = block.verified();
    let fees = FeeParams::default();
    let input = |hints| BlockInput { context: &context, parent_hash: None, txs: &txs, fees: &fees, hints, turn: None };
    let keeping = Options { tuning: None, keeps_writes: true };
    let expected = input(Hints::None).run_with(&parent, Mode::Sequential, &Cancel::default(), keeping).unwrap();
    let results = &expected.results;
    assert_eq!(results.gas_used, block.gas_used(), "gas used of block {number}");
    assert_eq!(*results.bloom(), block.bloom(), "logs bloom of block {number}");
    if let Some(root) = block.receipts_root() {
        assert_eq!(block::receipts_root_of(&results.receipts), root, "receipts root of block {number}");
    }
    let learned: Vec<Option<Footprint>> = txs.iter().map(|tx| learn(&parent, &context, tx)).collect();
    let hints = [
        ("nothing known", Hints::None),
        ("learned", Hints::Learned(&learned)),
        ("shipped", Hints::Shipped(&expected.writes)),
    ];
    for ((name, hints), mode) in hints.iter().flat_map(|hints| modes().into_iter().map(move |mode| (hints, mode))) {
        for tuning in [Tuning::always_parallel(), Tuning::always_in_rounds()] {
            let options = Options { tuning: Some(&tuning), keeps_writes: false };
            let output = input(*hints).run_with(&parent, mode, &Cancel::default(), options).unwrap();
            assert_same(&expected, &output, &format!("block {number} in {mode:?}, {name}"));
        }
    }
    println!("block {number}: {} transactions, {} gas", txs.len(), results.gas_used);
}

fn assert_same(expected: &BlockOutput, output: &BlockOutput, way: &str) {
    assert!(output.results == expected.results, "results of {way} differ");
    assert_eq!(first_difference(&expected.changes, &output.changes), None, "changes of {way}");
}

/// The first key whose change differs, with both changes.
fn first_difference(one: &Changeset, other: &Changeset) -> Option<String> {
    let keys = one.iter().chain(other.iter()).map(|(key, _)| key);
    let differs = |key: &&Key| one.get(key) != other.get(key);
    keys.filter(differs).min().map(|key| format!("{key:?}: {:?} against {:?}", one.get(key), other.get(key)))
}
