//! Four validators as processes of the real binary: heights per second, latency, what optimistic processing and smart
//! propagation gain, sustained load, and chaos: `cargo xtask bench consensus`. What is measured and how: docs/benchmarks.md.
#![allow(missing_docs, reason = "a benchmark has no users")]
#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panicking")]
#![allow(dead_code, reason = "the load generator is shared with another benchmark, which uses all of it")]

mod chaos;
mod cluster;
mod heights;
#[path = "../rpc/http.rs"]
mod http;
mod line;
mod load;
mod namespace;
mod propagation;
mod rejoin;
#[path = "../rpc/load.rs"]
mod rounds;
mod speculation;
#[path = "../rpc/target.rs"]
mod target;
#[path = "../rpc/wallet.rs"]
mod wallet;

use clap::Parser;

/// Measures consensus on four validators, each a process. Scenarios with latency or a bounded uplink need root (network
/// namespaces and TUN devices); without it they say NOT MEASURED.
#[derive(Debug, Parser)]
#[command(override_usage = "cargo xtask bench consensus [OPTIONS]")]
struct Options {
    /// Scenarios to run, separated by commas: heights, optimistic, propagation, load, chaos [default: all]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Seconds of each measurement
    #[arg(long, value_name = "N", default_value_t = 20)]
    seconds: u64,
    /// Seconds of chaos
    #[arg(long, value_name = "N", default_value_t = 60)]
    chaos_seconds: u64,
    /// What cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

type Outcome = Result<(), String>;

fn main() {
    let options = Options::parse();
    let seconds = options.seconds;
    let scenarios: [(&str, &dyn Fn() -> Outcome); 5] = [
        ("heights", &|| heights::run(seconds)),
        ("optimistic", &|| speculation::run(seconds)),
        ("propagation", &|| propagation::run(seconds)),
        ("load", &|| load::run(seconds)),
        ("chaos", &|| chaos::run(options.chaos_seconds)),
    ];
    let mut failed = false;
    for (name, scenario) in scenarios {
        if !options.only.is_empty() && !options.only.iter().any(|only| only == name) {
            continue;
        }
        if let Err(error) = scenario() {
            println!("{name}: NOT MEASURED: {error}");
            failed = true;
        }
    }
    std::process::exit(i32::from(failed));
}
