//! One module a command. Each reads what was typed, does one thing, and says it on standard output.

mod db;
mod devnet;
mod exchange;
mod init;
mod join;
mod keys;
mod localnet;
mod node_keys;
mod place;
mod reference;
mod snapshot;
mod start;
mod status;
mod testnet;
mod version;

use serde::Serialize;

use crate::args::Command;
use crate::failure::Failure;

/// Runs a command to its end.
///
/// # Errors
/// Why it ended badly.
pub fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Devnet(args) => devnet::run(&args),
        Command::Localnet(args) => localnet::run(&args),
        Command::Testnet(args) => testnet::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Start(args) => start::run(&args),
        Command::Join(args) => join::run(*args),
        Command::Snapshot(args) => snapshot::run(args.action),
        Command::Keys(args) => keys::run(args.action),
        Command::Db(args) => db::run(args.action),
        Command::Rollback(args) => db::rollback(&args),
        Command::Exchange(args) => exchange::run(&args.action),
        Command::Status(args) => status::run(&args),
        Command::Version(args) => version::run(&args),
        Command::Reference => reference::run(),
    }
}

/// Prints a value as JSON.
fn print_json(value: &impl Serialize) {
    println!("{}", serde_json::to_string_pretty(value).expect("answers are texts, numbers and lists"));
}
