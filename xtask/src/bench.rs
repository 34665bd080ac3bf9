//! `cargo xtask bench`: the benchmarks behind the published figures, by name.

use crate::process::{cargo, run};
use crate::repository::root;
use crate::verb::{Failure, Outcome, Verb};

/// The row for `cargo xtask bench`.
pub const VERB: Verb =
    Verb { name: "bench", summary: "measure: consensus, execution, rpc, storage", help: HELP, run: bench };

const HELP: &str = "\
Usage: cargo xtask bench <name> [arguments for the benchmark]

Builds with optimisation and measures; figures are printed at the end.

Names:
  consensus   four validators as processes: heights per second, latency, optimistic processing, smart propagation,
              sustained load, chaos (latency needs root)
  execution   whole blocks through every mode of execution, beside plain sequential revm: transfers, ERC-20, Uniswap V3,
              Cosmos sends, a mixed block, Ethereum mainnet blocks
  rpc         transactions per second, inclusion and query latencies over JSON-RPC, beside anvil where it is installed
  storage     updates per second with root and durable commit, latencies, reads, sizes, beside nomt and fjall

Whatever follows the name goes to the benchmark as it is: `cargo xtask bench rpc --help` asks the benchmark itself. What is
measured and how: docs/benchmarks.md.";

/// A benchmark: the name it is asked for by, the package that holds it, its bench target there.
struct Bench {
    name: &'static str,
    package: &'static str,
    target: &'static str,
}

const BENCHES: [Bench; 3] = [
    Bench { name: "consensus", package: "seiza-node", target: "consensus" },
    Bench { name: "execution", package: "seiza-chain", target: "execution" },
    Bench { name: "rpc", package: "seiza-node", target: "rpc" },
];

/// A benchmark in a package of its own, outside the workspace: its rivals are built only by those who ask for it.
const STORAGE: &str = "crates/storage/benches/state/Cargo.toml";

fn bench(arguments: &[String]) -> Outcome {
    let (name, rest) = arguments.split_first().ok_or_else(|| Failure::Misused("name a benchmark".into()))?;
    let mut words = words_of(name).ok_or_else(|| Failure::Misused(format!("there is no benchmark `{name}`")))?;
    words.extend(rest.iter().map(String::as_str));
    run(&mut cargo(&root(), &words)).map_err(Failure::Failed)
}

fn words_of(name: &str) -> Option<Vec<&'static str>> {
    if name == "storage" {
        return Some(vec!["run", "--release", "--locked", "--target-dir", "target", "--manifest-path", STORAGE, "--"]);
    }
    BENCHES.iter().find(|bench| bench.name == name).map(command_words)
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
        let names = BENCHES.iter().map(|bench| bench.name).chain(["storage"]);
        names.for_each(|name| assert!(HELP.contains(&format!("\n  {name}")) && words_of(name).is_some(), "{name}"));
    }
}
