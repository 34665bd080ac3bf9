//! `cargo xtask sim`: a simulated cluster from one seed.

use crate::process::{cargo, run};
use crate::repository::root;
use crate::verb::{Failure, Outcome, Verb};

/// The row for `cargo xtask sim`.
pub const VERB: Verb = Verb { name: "sim", summary: "a simulated cluster from one seed", help: HELP, run: sim };

const HELP: &str = "\
Usage: cargo xtask sim [--seed N] [--minutes M | --seconds S] [--validators V] [--profile P] [--loud]

Runs real consensus, mempool, chain and storage of several validators in one thread, with a made-up clock and network, and
checks them after every commit. One seed gives one digest. Without arguments: 20 fixed seeds and a fresh one, as in ci.

  --seed N         where all chance comes from; fresh, and printed, where it is left out
  --minutes M      simulated minutes with faults; default 2
  --seconds S      the same in seconds
  --validators V   1 to 16; default 4
  --profile P      what goes wrong: quiet, lossy, chaos (default), byzantine
  --loud           tells every event, on standard error

What is simulated and what is checked: docs/testing.md.";

const COMMAND: [&str; 7] = ["run", "--locked", "-p", "seiza-sim", "--bin", "seiza-sim", "--"];

fn sim(arguments: &[String]) -> Outcome {
    let words: Vec<&str> = COMMAND.into_iter().chain(arguments.iter().map(String::as_str)).collect();
    run(&mut cargo(&root(), &words)).map_err(Failure::Failed)
}
