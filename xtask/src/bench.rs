//! `cargo xtask bench`: the benchmarks behind the published figures, by name.

use crate::process::{cargo, run};
use crate::repository::root;
use crate::verb::{Failure, Outcome, Verb};

/// The row for `cargo xtask bench`.
pub const VERB: Verb =
    Verb { name: "bench", summary: "measure: consensus, execution, rpc, sync", help: HELP, run: bench };

const HELP: &str = "\
Usage: cargo xtask bench <name> [arguments for the benchmark]

Builds with optimisation and measures; figures are printed at the end.

Names:
  consensus   four validators as processes: heights per second, latency, optimistic processing, smart propagation,
              sustained load, chaos (latency needs root)
  execution   whole blocks through every mode of execution, beside plain sequential revm: transfers, ERC-20, Uniswap V3,
              Cosmos sends, a mixed block, Ethereum mainnet blocks
  rpc         transactions per second, inclusion and query latencies over JSON-RPC, beside anvil where it is installed
  sync        a new node: the state from one peer and from three, beside the limits of loopback and disk; a node that is
              behind: blocks per second

Whatever follows the name goes to the benchmark as it is: `cargo xtask bench rpc --help` asks the benchmark itself. What is
measured and how: docs/benchmarks.md.";

/// A benchmark: the name it is asked for by, the package that holds it, its bench target there.
struct Bench {
    name: &'static str,
    package: &'static str,
    target: &'static str,
}

const BENCHES: [Bench; 4] = [
    Bench { name: "consensus", package: "seiza-node", target: "consensus" },
    Bench { name: "execution", package: "seiza-chain", target: "execution" },
    Bench { name: "rpc", package: "seiza-node", target: "rpc" },
    Bench { name: "sync", package: "seiza-node", target: "sync" },
];

fn bench(arguments: &[String]) -> Outcome {
    let (name, rest) = arguments.split_first().ok_or_else(|| Failure::Misused("name a benchmark".into()))?;
    let bench = BENCHES.iter().find(|bench| bench.name == name);
    let bench = bench.ok_or_else(|| Failure::Misused(format!("there is no benchmark `{name}`")))?;
    let mut words = command_words(bench);
    words.extend(rest.iter().map(String::as_str));
    run(&mut cargo(&root(), &words)).map_err(Failure::Failed)
}

fn command_words(bench: &Bench) -> Vec<&'static str> {
    vec!["bench", "--locked", "-p", bench.package, "--bench", bench.target, "--"]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_becomes_a_bench_target() {
        assert_eq!(command_words(&BENCHES[2]).join(" "), "bench --locked -p seiza-node --bench rpc --");
    }

    #[test]
    fn a_missing_or_unknown_name_is_misuse() {
        assert!(matches!(bench(&[]), Err(Failure::Misused(_))));
        assert!(matches!(bench(&["nothing".to_owned()]), Err(Failure::Misused(_))));
    }

    #[test]
    fn help_names_every_benchmark() {
        assert!(BENCHES.iter().all(|bench| HELP.contains(&format!("\n  {}", bench.name))));
    }
}
