//! How fast a new node comes by the state, and one that is behind by the blocks: `cargo xtask bench sync`. Nodes are processes
//! of the real binary on loopback. What is measured and how: docs/benchmarks.md.
#![allow(missing_docs, reason = "a benchmark has no users")]
#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panicking")]
#![allow(dead_code, reason = "the wallets are shared with another benchmark, which uses all of them")]

mod catching_up;
mod limit;
mod nodes;
mod state;
#[path = "../rpc/wallet.rs"]
mod wallet;
mod world;

use clap::Parser;

/// Measures state sync from one peer and from three, and block sync.
#[derive(Debug, Parser)]
#[command(override_usage = "cargo xtask bench sync [OPTIONS]")]
struct Options {
    /// What to measure, separated by commas: state, blocks [default: both]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Keys of the state
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    keys: u64,
    /// Blocks to catch up with
    #[arg(long, value_name = "N", default_value_t = 1_500)]
    blocks: u64,
    /// Transfers in each of them
    #[arg(long, value_name = "N", default_value_t = 100)]
    txs: u32,
    /// What cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let Options { only, keys, blocks, txs, .. } = Options::parse();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|one| one == name);
    if wanted("state") {
        state::run(keys);
    }
    if wanted("blocks") {
        catching_up::run(blocks, txs);
    }
}
