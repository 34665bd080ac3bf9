//! `cargo xtask bench`: the benchmarks behind the published figures, by name.

use crate::process::{cargo, run};
use crate::repository::root;
use crate::verb::{Failure, Outcome, Verb};

/// The row for `cargo xtask bench`.
pub const VERB: Verb = Verb {
    name: "bench",
    summary: "measure: consensus, exchange, execution, rpc, storage, sync",
    help: HELP,
    run: bench,
};

const HELP: &str = "\
Usage: cargo xtask bench <name> [arguments for the benchmark]

Builds with optimisation and measures; figures are printed at the end.

Names:
  consensus   four validators as processes: heights per second, latency, optimistic processing, smart propagation,
              sustained load, chaos (latency needs root)
  exchange    orders: the order book alone beside the crate matchcore, end of block by size of the book, the whole node
              beside an order book in Solidity on anvil
  execution   whole blocks through every mode of execution, beside plain sequential revm: transfers, ERC-20, Uniswap V3,
              Cosmos sends, a mixed block, Ethereum mainnet blocks
  rpc         transactions per second, inclusion and query latencies over JSON-RPC, beside anvil where it is installed
  storage     updates per second with root and durable commit, latencies, reads, sizes, beside nomt and fjall
  sync        a new node: the state from one peer and from three, beside the limits of loopback and disk; a node that is
              behind: blocks per second

Whatever follows the name goes to the benchmark (of `exchange`, to all three) as it is: `cargo xtask bench rpc --help` asks the benchmark itself. What is
measured and how: docs/benchmarks.md.";

/// A benchmark: the name it is asked for by, and its parts: the package that holds each, its bench target there.
struct Bench {
    name: &'static str,
    parts: &'static [(&'static str, &'static str)],
}

const BENCHES: [Bench; 5] = [
    Bench { name: "consensus", parts: &[("seiza-node", "consensus")] },
    Bench {
        name: "exchange",
        parts: &[("seiza-orderbook", "batches"), ("seiza-chain", "exchange"), ("seiza-node", "exchange")],
    },
    Bench { name: "execution", parts: &[("seiza-chain", "execution")] },
    Bench { name: "rpc", parts: &[("seiza-node", "rpc")] },
    Bench { name: "sync", parts: &[("seiza-node", "sync")] },
];

/// A benchmark in a package of its own, outside the workspace: its rivals are built only by those who ask for it.
const STORAGE: &str = "crates/storage/benches/state/Cargo.toml";

fn bench(arguments: &[String]) -> Outcome {
    let (name, rest) = arguments.split_first().ok_or_else(|| Failure::Misused("name a benchmark".into()))?;
    let parts = parts_of(name).ok_or_else(|| Failure::Misused(format!("there is no benchmark `{name}`")))?;
    parts.into_iter().try_for_each(|mut words| {
        words.extend(rest.iter().map(String::as_str));
        run(&mut cargo(&root(), &words)).map_err(Failure::Failed)
    })
}

/// The command of each part of a benchmark.
fn parts_of(name: &str) -> Option<Vec<Vec<&'static str>>> {
    if name == "storage" {
        let words = ["run", "--release", "--locked", "--target-dir", "target", "--manifest-path", STORAGE, "--"];
        return Some(vec![words.to_vec()]);
    }
    let bench = BENCHES.iter().find(|bench| bench.name == name)?;
    Some(bench.parts.iter().map(command_words).collect())
}

fn command_words((package, target): &(&'static str, &'static str)) -> Vec<&'static str> {
    vec!["bench", "--locked", "-p", package, "--bench", target, "--"]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_becomes_a_bench_target() {
        assert_eq!(command_words(&BENCHES[3].parts[0]).join(" "), "bench --locked -p seiza-node --bench rpc --");
    }

    #[test]
    fn a_missing_or_unknown_name_is_misuse() {
        assert!(matches!(bench(&[]), Err(Failure::Misused(_))));
        assert!(matches!(bench(&["nothing".to_owned()]), Err(Failure::Misused(_))));
    }

    #[test]
    fn help_names_every_benchmark() {
        let names = BENCHES.iter().map(|bench| bench.name).chain(["storage"]);
        names.for_each(|name| assert!(HELP.contains(&format!("\n  {name}")) && parts_of(name).is_some(), "{name}"));
    }
}
