//! The simulator's command line. Without arguments: what `cargo xtask ci` runs.

use std::process::ExitCode;
use std::time::Instant;

use seiza_sim::limits::{MINUTES_MAX, VALIDATORS_MAX};
use seiza_sim::{Options, Profile, run};

const HELP: &str = "\
Usage: cargo xtask sim [--seed N] [--minutes M | --seconds S] [--validators V] [--profile P] [--loud]
       cargo xtask sim

Runs a cluster in one thread with a made-up clock and network, and checks it after every commit. One seed gives one
digest. Without arguments: 20 fixed seeds over all profiles and one fresh seed, as `cargo xtask ci` does.

  --seed N         where all chance comes from; a fresh one where it is left out
  --minutes M      simulated minutes with faults, 1 to 1440; default 2
  --seconds S      the same in seconds
  --validators V   1 to 16; default 4
  --profile P      what goes wrong: quiet, lossy, chaos (default), byzantine
  --loud           tells every event, on standard error

Prints seed, digest, heights and faults; where a rule is broken, the last events and exit code 1.";

/// Simulated seconds of each run of the fixed set.
const FIXED_SECONDS: u64 = 100;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if words.is_empty() {
        return finish(&fixed_set());
    }
    match parse(&words) {
        Ok(options) => finish(&[options]),
        Err(reason) => {
            eprintln!("seiza-sim: {reason}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

/// 20 seeds that never change, over all profiles and sizes, and one that nobody has seen.
fn fixed_set() -> Vec<Options> {
    let one = |seed: u64, at: usize| Options {
        seed,
        seconds: FIXED_SECONDS,
        validators: [4, 4, 5, 4, 7][at % 5],
        profile: Profile::ALL[[2, 3, 1, 2, 3, 0, 2, 3][at % 8]],
        sabotage: None,
        loud: false,
    };
    let mut all: Vec<Options> = (1..=20).map(|seed| one(seed, seed as usize)).collect();
    all.push(Options { validators: 4, profile: Profile::Chaos, ..one(rand::random(), 0) });
    all
}

fn finish(runs: &[Options]) -> ExitCode {
    let start = Instant::now();
    for (at, options) in runs.iter().enumerate() {
        let Options { seed, seconds, validators, profile, .. } = options;
        let again = format!("--seed {seed} --seconds {seconds} --validators {validators} --profile {profile}");
        eprintln!("[{}/{}] cargo xtask sim {again}", at + 1, runs.len());
        match run(options) {
            Ok(report) => println!("{report}"),
            Err(failure) => {
                println!("{failure}");
                println!("again: cargo xtask sim {again}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("{} runs, nothing broken, {} s", runs.len(), start.elapsed().as_secs());
    ExitCode::SUCCESS
}

fn parse(words: &[String]) -> Result<Options, String> {
    let mut options = Options {
        seed: rand::random(),
        seconds: 120,
        validators: 4,
        profile: Profile::Chaos,
        sabotage: None,
        loud: false,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--loud" {
            options.loud = true;
            continue;
        }
        let value = words.next().ok_or_else(|| format!("{word}: a value is missing"))?;
        let number = |least: u64, most: u64| {
            let found = value.parse().ok().filter(|number| (least..=most).contains(number));
            found.ok_or_else(|| format!("{word}: `{value}` is no number from {least} to {most}"))
        };
        match word.as_str() {
            "--seed" => options.seed = number(0, u64::MAX)?,
            "--minutes" => options.seconds = 60 * number(1, MINUTES_MAX)?,
            "--seconds" => options.seconds = number(1, 60 * MINUTES_MAX)?,
            "--validators" => options.validators = usize::try_from(number(1, VALIDATORS_MAX as u64)?).unwrap_or(4),
            "--profile" => options.profile = value.parse()?,
            _ => return Err(format!("unknown argument `{word}`")),
        }
    }
    Ok(options)
}
