//! Execution of whole blocks: plain sequential revm without our machinery, against our block pipeline in every mode, in one
//! interleaved run: `cargo xtask bench execution`. What is measured and how: docs/benchmarks.md.
#![allow(clippy::disallowed_types, reason = "a benchmark measures time, and its fixtures lie in files")]
#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panicking")]

mod actor;
#[path = "../../tests/general_state_tests/archive.rs"]
mod archive;
#[allow(dead_code, reason = "what only the test compares stands in the same file")]
#[path = "../../tests/mainnet_blocks/block.rs"]
mod block;
mod clock;
mod cosmos;
mod curve;
mod erc20;
mod figures;
mod founding;
mod knowledge;
mod mainnet;
mod mixed;
mod options;
mod plain;
#[path = "../../tests/mainnet_blocks/pre_state.rs"]
mod pre_state;
mod profile;
mod table;
mod token;
mod transfers;
mod uniswap;
mod ways;
mod workload;

use std::num::NonZeroUsize;
use std::time::Instant;

use clap::Parser as _;
use options::Options;
use table::Table;
use ways::Way;
use workload::Workload;

/// The node's allocator, for all that is compared.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let options = Options::parse();
    let start = Instant::now();
    let counts = if options.workers.is_empty() { ways::worker_counts() } else { options.workers.clone() };
    match options.profile {
        _ if options.curve => curve::run(independent(&options), &counts, &options),
        Some(way) => {
            let mut workloads: Vec<Workload> = generated(&options).collect();
            workloads.extend(options.wants(mainnet::NAME).then(|| mainnet::workloads(&options)).into_iter().flatten());
            profile::run(&workloads, way, counts[counts.len() - 1], &options);
        }
        None => tabulate(&counts, &options),
    }
    println!("\ntook {} s", start.elapsed().as_secs());
}

/// The table, workload by workload: one at a time is in memory.
fn tabulate(counts: &[NonZeroUsize], options: &Options) {
    let mut ways = Way::all(counts);
    if options.force {
        ways = ways.iter().map(Way::forced).collect();
    }
    if options.force_rounds {
        ways = ways.iter().map(Way::in_rounds).collect();
    }
    let table = Table::of(&ways, options);
    println!("{}\n{}", table::legend(options), table.header(&[]));
    for workload in generated(options) {
        workload.assert_equal(&ways);
        println!("{}", table.row(&workload.name, &figures::measure(&workload, &ways, options), &[]));
    }
    if options.wants(mainnet::NAME) {
        mainnet::run(&ways, options);
    }
}

/// The workloads that are made here, as far as they are asked for and what they need is there.
fn generated(options: &Options) -> impl Iterator<Item = Workload> {
    let free = transfers::NAMES.into_iter().chain(erc20::NAMES).chain(cosmos::NAMES);
    let installed = uniswap::NAMES.into_iter().chain([mixed::NAME]);
    free.chain(installed).filter(|name| options.wants(name)).filter_map(build)
}

/// The ones where nothing conflicts.
fn independent(options: &Options) -> impl Iterator<Item = Workload> {
    let names = [transfers::NAMES[0], erc20::NAMES[0], uniswap::NAMES[0], cosmos::NAMES[0]];
    names.into_iter().filter(|name| options.wants(name)).filter_map(build)
}

fn build(name: &str) -> Option<Workload> {
    if (name == mixed::NAME || uniswap::NAMES.contains(&name)) && !uniswap::is_installed() {
        println!("{name}: NOT MEASURED: run `npm ci` in e2e, its packages hold the contracts");
        return None;
    }
    Some(match name {
        _ if transfers::NAMES.contains(&name) => transfers::build(name),
        _ if erc20::NAMES.contains(&name) => erc20::build(name),
        _ if cosmos::NAMES.contains(&name) => cosmos::build(name),
        _ if uniswap::NAMES.contains(&name) => uniswap::build(name),
        _ => mixed::build(),
    })
}
