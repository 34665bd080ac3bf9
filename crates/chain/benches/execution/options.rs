//! The command line.

use std::num::NonZeroUsize;

use clap::{Parser, ValueEnum};

use crate::clock::Clock;

/// Measures the execution of whole blocks: our block pipeline in every mode, beside plain sequential revm.
///
/// Workloads: plain transfers, ERC-20, Uniswap V3, Cosmos sends, a mixed block, 48 Ethereum mainnet blocks. What exactly is
/// measured, and how, is said in docs/benchmarks.md.
///
/// Uniswap V3 and the mixed block need the contracts of its npm packages: run `npm ci` in e2e. The mainnet blocks need
/// mainnet-blocks.tar.zst: SEIZA_FIXTURES names its folder.
#[derive(Debug, Parser)]
#[command(override_usage = "cargo xtask bench execution [OPTIONS]")]
pub struct Options {
    /// Measure the workloads whose name contains this.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub only: String,
    /// How often everything is run.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub rounds: usize,
    /// Show the median of the rounds instead of the best.
    #[arg(long)]
    pub median: bool,
    /// Never fall back to sequential: what the parallel machinery does by itself.
    #[arg(long)]
    pub force: bool,
    /// As --force, with all transactions taken for short ones, which are run in rounds.
    #[arg(long)]
    pub force_rounds: bool,
    /// Measure the time that all threads spend on cores instead of the time that passes: what work costs, whatever else the
    /// machine does. Nothing gains by being parallel then.
    #[arg(long)]
    pub cpu: bool,
    /// Numbers of workers, separated by commas [default: 1,2,4,8,16 as far as there are cores].
    #[arg(long, value_name = "N,...", value_delimiter = ',')]
    pub workers: Vec<NonZeroUsize>,
    /// Print the table in Markdown.
    #[arg(long)]
    pub markdown: bool,
    /// Of the mainnet blocks, measure that one only.
    #[arg(long, value_name = "NUMBER")]
    pub block: Option<u64>,
    /// Show each mainnet block by itself.
    #[arg(long)]
    pub blocks: bool,
    /// Show how independent work scales with workers, and nothing else.
    #[arg(long)]
    pub curve: bool,
    /// Run the workloads in one way over and over, for a profiler: seq, decl, opt, ship or revm, with the most workers asked
    /// for.
    #[arg(long, value_name = "WAY")]
    pub profile: Option<Profile>,
    /// Seconds to profile each workload for.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub seconds: u64,
    /// What cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What to profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Our sequential mode.
    Seq,
    /// Declared, with learned footprints.
    Decl,
    /// Optimistic, told nothing.
    Opt,
    /// Optimistic, with shipped writes.
    Ship,
    /// Plain revm.
    Revm,
}

impl Options {
    /// What to measure with.
    pub fn clock(&self) -> Clock {
        if self.cpu { Clock::Cpu } else { Clock::Wall }
    }

    /// Whether the workload of that name is asked for.
    pub fn wants(&self, name: &str) -> bool {
        name.to_lowercase().contains(&self.only.to_lowercase())
    }
}
