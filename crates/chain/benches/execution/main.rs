//! Execution of whole blocks: plain sequential revm without our machinery, against ours in every mode, in one interleaved
//! run: `cargo xtask bench execution`. The best of the rounds counts; ratios are to plain revm. Workloads are 10,000 plain
//! transfers in four shapes, and the 48 Ethereum mainnet blocks of the conformance archive.
#![allow(clippy::disallowed_types, reason = "a benchmark measures time, and its fixtures lie in files")]
#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panicking")]

#[path = "../../tests/general_state_tests/archive.rs"]
mod archive;
#[allow(dead_code, reason = "what only the test compares stands in the same file")]
#[path = "../../tests/mainnet_blocks/block.rs"]
mod block;
mod plain;
#[path = "../../tests/mainnet_blocks/pre_state.rs"]
mod pre_state;
mod transfers;
mod workload;

use std::num::NonZeroUsize;
use std::time::Instant;

use seiza_chain::Mode;
use workload::Workload;

const ROUNDS: usize = 5;

fn main() {
    let start = Instant::now();
    seiza_chain::measure_with(|| u64::try_from(CLOCK.elapsed().as_nanos()).unwrap_or(u64::MAX));
    let modes = modes();
    println!("{:<22} {:>9} {:>9}  {}", "workload", "revm tx/s", "Mgas/s", header(&modes));
    for workload in transfers::all() {
        row(&workload.name, &measure(std::slice::from_ref(&workload), &modes));
    }
    let Some(files) = archive::read("mainnet-blocks.tar.zst") else {
        println!("mainnet blocks NOT MEASURED: mainnet-blocks.tar.zst is missing; set SEIZA_FIXTURES to its folder");
        return;
    };
    let blocks = Workload::mainnet(&pre_state::World::read(files));
    let each: Vec<Figures> = blocks.iter().map(|block| measure(std::slice::from_ref(block), &modes)).collect();
    row("mainnet, 48 blocks", &Figures::sum(&each));
    worst(&blocks, &each, &modes);
    println!("took {} s", start.elapsed().as_secs());
}

static CLOCK: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

fn modes() -> Vec<(String, Mode)> {
    let cores = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
    let counts =
        [1, 2, 4, 8, 16].into_iter().filter(|count| *count <= cores.max(2)).map(|n| NonZeroUsize::new(n).unwrap());
    let parallel = counts.flat_map(|workers| {
        [
            (format!("declared {workers}"), Mode::Declared { workers }),
            (format!("optimistic {workers}"), Mode::Optimistic { workers }),
        ]
    });
    std::iter::once(("sequential".to_owned(), Mode::Sequential)).chain(parallel).collect()
}

/// Seconds that plain revm and each mode took, and what was done in them.
#[derive(Clone)]
struct Figures {
    txs: usize,
    gas: u64,
    plain: f64,
    modes: Vec<f64>,
}

impl Figures {
    fn sum(each: &[Self]) -> Self {
        let mut sum = each[0].clone();
        for one in &each[1..] {
            sum.txs += one.txs;
            sum.gas += one.gas;
            sum.plain += one.plain;
            sum.modes.iter_mut().zip(&one.modes).for_each(|(sum, one)| *sum += one);
        }
        sum
    }
}

/// The best of the rounds, everything in turn.
fn measure(workloads: &[Workload], modes: &[(String, Mode)]) -> Figures {
    let (mut plain, mut ours) = (f64::MAX, vec![f64::MAX; modes.len()]);
    let mut gas = 0;
    for _ in 0..ROUNDS {
        plain = plain.min(workloads.iter().map(plain::seconds).sum());
        for ((_, mode), best) in modes.iter().zip(&mut ours) {
            let ran: Vec<(f64, u64)> = workloads.iter().map(|workload| workload.run(*mode)).collect();
            *best = best.min(ran.iter().map(|(seconds, _)| seconds).sum());
            gas = ran.iter().map(|(_, gas)| gas).sum();
        }
    }
    Figures { txs: workloads.iter().map(|workload| workload.txs.len()).sum(), gas, plain, modes: ours }
}

fn header(modes: &[(String, Mode)]) -> String {
    modes.iter().map(|(name, _)| format!("{name:>13}")).collect()
}

fn row(name: &str, figures: &Figures) {
    #[allow(clippy::cast_precision_loss)] // for display
    let (txs, gas) = (figures.txs as f64 / figures.plain, figures.gas as f64 / figures.plain / 1e6);
    let ratios: String = figures.modes.iter().map(|seconds| format!("{:>11.2} x", figures.plain / seconds)).collect();
    println!("{name:<22} {txs:>9.0} {gas:>9.0}  {ratios}");
}

/// The block with the worst ratio, for each mode, among those that take revm a millisecond or more.
fn worst(blocks: &[Workload], each: &[Figures], modes: &[(String, Mode)]) {
    for (index, (mode, _)) in modes.iter().enumerate() {
        let ratio = |figures: &Figures| figures.plain / figures.modes[index];
        let long = blocks.iter().zip(each).filter(|(_, figures)| figures.plain >= 1e-3);
        if let Some((block, figures)) = long.min_by(|a, b| ratio(a.1).total_cmp(&ratio(b.1))) {
            println!("worst block, {mode}: {} at {:.2} x", block.name, ratio(figures));
        }
    }
}
