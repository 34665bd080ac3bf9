//! The binary `seiza`: reads the command line, runs one command, and turns its end into an exit code.
//!
//! Promise: a failure is one line on standard error and exit code 1 (2 for wrong usage), never a panic or a backtrace.

mod args;
mod banner;
mod client;
mod clock;
mod commands;
mod failure;
mod founding;
mod home;
mod host;
mod keys;
mod market;
mod node;
mod ports;
mod settings;
mod signals;
mod state_sync;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

use args::CommandLine;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    match commands::run(line.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}
