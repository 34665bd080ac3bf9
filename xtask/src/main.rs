//! Every chore of the house, one verb each: `cargo xtask <verb>`.
//!
//! Built with the standard library alone, so that the first chore on a fresh machine starts within seconds.
//! Exit codes: 0 the chore passed, 1 it failed, 2 it was asked for wrongly (the help follows).

mod bench;
mod ci;
mod conformance;
mod process;
mod repository;
mod sim;
mod terminal;
mod tidy;
mod torture;
mod verb;

use std::process::ExitCode;

use verb::{Failure, Outcome, Verb};

/// The whole command line. A new chore is a new row here, and a module that holds it.
const VERBS: [Verb; 6] = [ci::VERB, tidy::VERB, sim::VERB, conformance::VERB, bench::VERB, torture::VERB];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        None => complain("name a verb", &overview()),
        Some((word, _)) if verb::is_help(word) => show(&overview()),
        Some((word, rest)) => match VERBS.iter().find(|verb| verb.name == word) {
            Some(verb) => dispatch(verb, rest),
            None => complain(&format!("there is no verb `{word}`"), &overview()),
        },
    }
}

fn dispatch(verb: &Verb, arguments: &[String]) -> ExitCode {
    if arguments.first().is_some_and(|word| verb::is_help(word)) {
        return show(verb.help);
    }
    exit_code((verb.run)(arguments), verb)
}

fn exit_code(outcome: Outcome, verb: &Verb) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Told) => ExitCode::FAILURE,
        Err(Failure::Failed(reason)) => {
            eprintln!("xtask {}: {reason}", verb.name);
            ExitCode::FAILURE
        }
        Err(Failure::Misused(reason)) => complain(&format!("{}: {reason}", verb.name), verb.help),
    }
}

fn show(help: &str) -> ExitCode {
    terminal::say(help.trim_end());
    ExitCode::SUCCESS
}

fn complain(reason: &str, help: &str) -> ExitCode {
    eprintln!("xtask: {reason}\n\n{}", help.trim_end());
    ExitCode::from(2)
}

fn overview() -> String {
    let rows: String = VERBS.iter().map(|verb| format!("  {:<13}{}\n", verb.name, verb.summary)).collect();
    format!(
        "Usage: cargo xtask <verb> [arguments]\n\nVerbs:\n{rows}\n`cargo xtask <verb> --help` explains one of them."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_listed_with_its_summary() {
        for verb in &VERBS {
            assert!(overview().contains(verb.summary), "{}", verb.name);
            assert!(verb.help.starts_with(&format!("Usage: cargo xtask {}", verb.name)), "{}", verb.name);
        }
    }

    #[test]
    fn verbs_have_distinct_names() {
        let names: std::collections::BTreeSet<_> = VERBS.iter().map(|verb| verb.name).collect();
        assert_eq!(names.len(), VERBS.len());
    }
}
