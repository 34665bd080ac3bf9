//! Generated blocks: whatever the transactions, every mode, any number of workers and any hint give what sequential
//! execution gives, and no coin is made or lost on the way.
//!
//! Random contracts read and change what random transactions of all kinds read and change, too, with little conflict or
//! with much. A few fixed seeds are run, and a fresh one, which is printed; `SEIZA_SEED` repeats one.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_types,
    reason = "a test may panic, and asks the environment for a seed"
)]

mod asm;
mod cast;
mod code;
mod native;
mod program;
mod sign;
mod txs;
#[allow(dead_code, reason = "shared with the crate's own tests")]
#[path = "../../src/tests/wallet.rs"]
mod wallet;
mod ways;
mod world;

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use seiza_chain::modules::Module as _;
use seiza_chain::modules::bank::Bank;
use seiza_types::Fork;
use txs::Generator;
use world::World;

const EVM_CHAIN_ID: u64 = 713_714;
const CHAIN_ID: &str = "seiza-generated-1";

const FIXED_SEEDS: std::ops::Range<u64> = 0..8;
/// Blocks that follow each other from one seed.
const BLOCKS: usize = 4;
/// Shares of transactions that meet at the same few accounts.
const CONFLICTS: [f64; 3] = [0.0, 0.3, 0.9];
/// Rules: today's, and those under which destroyed accounts vanish with their storage and may be created again.
const FORKS: [Fork; 3] = [Fork::Prague, Fork::Shanghai, Fork::Prague];

#[test]
fn generated_blocks_give_the_same_in_every_mode() {
    match std::env::var("SEIZA_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => drop(run(seed)),
        None => {
            let tallies: Vec<_> = FIXED_SEEDS.chain([rand::rng().random()]).map(run).collect();
            assert!(tallies.iter().any(ways::Tally::has_traded), "orders met and contracts of venues heard of it");
        }
    }
}

fn run(seed: u64) -> ways::Tally {
    println!("SEIZA_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let (conflict, fork) = (CONFLICTS[rng.random_range(0..3)], FORKS[rng.random_range(0..3)]);
    let mut world = World::new(&mut rng, conflict, fork);
    let mut tally = ways::Tally::default();
    for number in 0..BLOCKS {
        let context = world.next();
        // A long one, too, since short blocks have short chunks.
        let count = if seed == 0 && number == 0 { 160 } else { rng.random_range(10..80) };
        let mut txs = Generator { rng: &mut rng, cast: &world.cast, context: &context, state: world.state.clone() };
        let txs = txs.block(count);
        let name = format!("seed {seed}, block {number}");
        let output = ways::compare(&mut rng, &world.state, &context, &txs, &mut tally, &name);
        world.state = world.state.with(Arc::new(output.changes));
        Bank::invariants(&world.state).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    println!("  conflict {conflict}, {fork:?}: {tally}");
    tally
}
