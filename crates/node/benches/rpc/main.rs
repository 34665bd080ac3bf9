//! `cargo bench -p seiza-node --bench rpc`: signed transactions over JSON-RPC until they are included, on a Seiza devnet
//! (durable, on disk) and on anvil, in one run on one machine, in turns; then the latency of reads, idle and under load.
//!
//! Promises: everything is signed and encoded before the clock starts; both chains get the very same bytes over the same
//! connections; a round that loses a transaction fails; the whole run is bounded (about two minutes).

mod http;
mod load;
mod plan;
mod queries;
mod report;
mod target;
mod token;
mod wallet;

use std::io;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use load::{Chain, Lane, Round};
use plan::Plan;
use queries::Latencies;
use report::Measured;
use target::Target;

const HELP: &str = "\
Measures JSON-RPC of a Seiza devnet beside anvil.

Options:
  --rounds N    rounds of each kind on each chain [default: 3]
  --txs N       transactions of a round [default: 20000]
  --only NAME   measure seiza or anvil alone
  --anvil-flags 'FLAGS'   other flags for anvil than those it is fastest on
  --help        this text

anvil is looked for in SEIZA_ANVIL, then in e2e/node_modules/@foundry-rs (npm ci in e2e/).";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    match bench(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(words: &[String]) -> io::Result<()> {
    let plan = Plan::of(number(words, "--rounds")?.unwrap_or(3), number(words, "--txs")?.unwrap_or(20_000));
    println!("signing {} transactions ...", plan.total());
    let signed = plan.sign();
    let targets = targets(option(words, "--only"), option(words, "--anvil-flags"))?;
    for target in &targets {
        println!("{}", target.command);
        plan.prepare(target)?;
    }
    let mut measured: Vec<Measured> = targets.iter().map(|target| Measured::of(target.name)).collect();
    for (kind, rounds) in [("transfers", &signed.transfers), ("ERC-20 transfers", &signed.tokens)] {
        for (index, lanes) in rounds.iter().enumerate() {
            for (target, measured) in targets.iter().zip(&mut measured) {
                let round = load::run(&Chain::of(target.name, &target.address), lanes)?;
                println!("{}", report::round(target.name, kind, index + 1, &round));
                measured.add(kind, round);
            }
        }
    }
    for (target, measured) in targets.iter().zip(&mut measured) {
        let (idle, loaded, round) = reads(target, &plan, &signed.under_reads)?;
        println!("{}", report::round(target.name, "transfers under reads", 1, &round));
        measured.reads(idle, loaded);
    }
    print!("{}", report::table(&measured));
    Ok(())
}

/// Reads while nothing else happens, then while transactions pour in.
fn reads(target: &Target, plan: &Plan, lanes: &[Lane]) -> io::Result<(Latencies, Latencies, Round)> {
    let (token, owners) = (plan.token(), plan.owners());
    let over = AtomicBool::new(false);
    let idle = queries::measure(target, token, &owners, 3_000, &over)?;
    let (round, loaded) = std::thread::scope(|scope| {
        let loaded = scope.spawn(|| queries::measure(target, token, &owners, usize::MAX, &over));
        let round = load::run(&Chain::of(target.name, &target.address), lanes);
        over.store(true, Ordering::Relaxed);
        (round, loaded.join().expect("reading does not panic"))
    });
    Ok((idle, loaded?, round?))
}

fn targets(only: Option<&str>, anvil_flags: Option<&str>) -> io::Result<Vec<Target>> {
    let mut targets = Vec::new();
    if only != Some("anvil") {
        targets.push(Target::seiza(&["--tendermint-port", "0"])?);
    }
    match target::anvil_binary() {
        _ if only == Some("seiza") => {}
        Some(binary) => targets.push(Target::anvil(&binary, anvil_flags)?),
        None => eprintln!(
            "\n!!! NO ANVIL: set SEIZA_ANVIL or run `npm ci` in e2e/. Seiza is measured alone, nothing is compared !!!\n"
        ),
    }
    Ok(targets)
}

fn option<'a>(words: &'a [String], name: &str) -> Option<&'a str> {
    let at = words.iter().position(|word| word == name)?;
    words.get(at + 1).map(String::as_str)
}

fn number(words: &[String], name: &str) -> io::Result<Option<usize>> {
    let wrong = |_| io::Error::other(format!("{name} takes a number"));
    option(words, name).map(|text| text.parse().map_err(wrong)).transpose()
}
