//! What a transaction costs on one core: plain revm, one EVM re-used over its in-memory database, against ours with access,
//! linking, fees and the write set: `cargo bench -p seiza-vm --bench transactions`.
//!
//! Nothing is written back on either side, so every round is the same work. All take turns, and each one's best round
//! counts. Ratios are to plain revm: above 1, ours is faster.
#![allow(clippy::disallowed_types, reason = "a benchmark measures time, over a map in memory")]

mod ours;
mod plain;
mod workload;

use std::time::Instant;

use workload::Workload;

const ROUNDS: usize = 40;

fn main() {
    for workload in [Workload::transfers(), Workload::tokens()] {
        row(&workload);
    }
}

fn row(workload: &Workload) {
    let mut plain = plain::Peer::new(workload);
    let ours = ours::Chain::new(workload);
    let mut best = [f64::MAX; 5];
    for _ in 0..ROUNDS {
        let round = [
            timed(workload, || plain.run()),
            timed(workload, || ours.run(false)),
            timed(workload, || ours.run(true)),
            timed(workload, || ours.run_in_sessions()),
            timed(workload, || ours.run_in_evm()),
        ];
        best.iter_mut().zip(round).for_each(|(best, round)| *best = best.min(round));
    }
    println!("{}: plain revm {:.0} ns a transaction", workload.name, best[0]);
    let whats = ["ours", "ours, reads recorded", "ours, in sessions", "ours, always in the EVM"];
    for (what, nanos) in whats.into_iter().zip(&best[1..]) {
        println!("  {what:<24} {nanos:>6.0} ns {:>6.2} x", best[0] / nanos);
    }
}

/// Nanoseconds per transaction.
fn timed(workload: &Workload, run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    #[allow(clippy::cast_precision_loss)] // a few thousand
    let count = workload.txs.len() as f64;
    start.elapsed().as_secs_f64() * 1e9 / count
}
