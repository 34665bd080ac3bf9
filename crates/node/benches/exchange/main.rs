//! `cargo bench -p seiza-node --bench exchange`, or `cargo xtask bench exchange`: orders a second through the whole node, signed
//! Cosmos transactions of 50 orders each until they are committed on disk, beside the same order book written in Solidity
//! (`Book.sol`) on anvil, in one run on one machine.
//!
//! Promises: everything is signed and encoded before the clock starts; both get the same orders; a round that loses a
//! transaction fails; the whole run is bounded.

mod cosmos;
mod feed;
#[path = "../rpc/http.rs"]
mod http;
#[path = "../rpc/load.rs"]
#[allow(dead_code, reason = "shared with the benchmark of JSON-RPC")]
mod load;
mod solidity;
#[path = "../rpc/target.rs"]
mod target;
#[path = "../rpc/wallet.rs"]
#[allow(dead_code, reason = "shared with the benchmark of JSON-RPC")]
mod wallet;

use std::io;
use std::process::ExitCode;

const HELP: &str = "\
Measures orders through a whole Seiza devnet, beside an order book in Solidity on anvil.

Options:
  --txs N       transactions of 50 orders on Seiza [default: 12000]
  --anvil-txs N the same on anvil [default: 1000]
  --markets N   markets that the orders are spread over, 1 or 2 [default: 1]
  --rounds N    rounds on each chain [default: 2]
  --only NAME   measure seiza or anvil alone
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
    let number = |name: &str, default: usize| option(words, name).map_or(Ok(default), |text| text.parse());
    let number = |name: &str, default: usize| number(name, default).map_err(io::Error::other);
    let (rounds, only) = (number("--rounds", 2)?, option(words, "--only"));
    let mut rates = Vec::new();
    if only != Some("anvil") {
        rates.push(("seiza", cosmos::measure(number("--txs", 12_000)?, number("--markets", 1)?, rounds)?));
    }
    match target::anvil_binary() {
        _ if only == Some("seiza") => {}
        Some(binary) => {
            rates.push(("Book.sol on anvil", solidity::measure(&binary, number("--anvil-txs", 1_000)?, rounds)?));
        }
        None => eprintln!("\n!!! NO ANVIL: set SEIZA_ANVIL or run `npm ci` in e2e/. Nothing is compared !!!\n"),
    }
    println!("\n| chain | orders a second, best round |\n|---|---|");
    rates.iter().for_each(|(name, rate)| println!("| {name} | {rate:.0} |"));
    if let [(_, ours), (_, theirs)] = rates.as_slice() {
        println!("\nSeiza does {:.1} times as many.", ours / theirs);
    }
    Ok(())
}

fn option<'a>(words: &'a [String], name: &str) -> Option<&'a str> {
    let at = words.iter().position(|word| word == name)?;
    words.get(at + 1).map(String::as_str)
}
