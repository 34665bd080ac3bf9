//! `cargo xtask conformance`: other people's test suites, run through our own chain.

use crate::process::{cargo, run};
use crate::repository::root;
use crate::verb::{Failure, Outcome, Verb};

/// The row for `cargo xtask conformance`.
pub const VERB: Verb =
    Verb { name: "conformance", summary: "run other people's test suites: ethereum", help: HELP, run: conformance };

const HELP: &str = "\
Usage: cargo xtask conformance <suite> [--all | --sample]

Suites:
  ethereum   the GeneralStateTests of Ethereum, through our storage, block rules and executor

  --all      every case (the default)
  --sample   the random thousand that `cargo test` runs

Fixtures are looked for in the folder named by SEIZA_FIXTURES, else in ../shared/data beside the repository. Where they
are missing the suite says where to get them, and that nothing was checked.";

/// A suite: the name it is asked for by, the package that holds it, its test target there.
struct Suite {
    name: &'static str,
    package: &'static str,
    target: &'static str,
}

const SUITES: [Suite; 1] = [Suite { name: "ethereum", package: "seiza-chain", target: "general_state_tests" }];

fn conformance(arguments: &[String]) -> Outcome {
    let (name, options) = arguments.split_first().ok_or_else(|| Failure::Misused("name a suite".into()))?;
    let suite = SUITES.iter().find(|suite| suite.name == name);
    let suite = suite.ok_or_else(|| Failure::Misused(format!("there is no suite `{name}`")))?;
    let mut command = cargo(&root(), &command_words(suite));
    if wants_all(options)? {
        command.env("SEIZA_CONFORMANCE", "all");
    }
    run(&mut command).map_err(Failure::Failed)
}

fn command_words(suite: &Suite) -> Vec<&'static str> {
    vec!["test", "--release", "--locked", "-p", suite.package, "--test", suite.target, "--", "--nocapture"]
}

fn wants_all(options: &[String]) -> Result<bool, Failure> {
    match options {
        [] => Ok(true),
        [option] if option == "--all" => Ok(true),
        [option] if option == "--sample" => Ok(false),
        [first, rest @ ..] => Err(Failure::unknown(rest.first().unwrap_or(first))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suite_becomes_a_test_target() {
        let expected = "test --release --locked -p seiza-chain --test general_state_tests -- --nocapture";
        assert_eq!(command_words(&SUITES[0]).join(" "), expected);
    }

    #[test]
    fn everything_unless_a_sample_is_asked_for() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let cases = [("", Ok(true)), ("--all", Ok(true)), ("--sample", Ok(false))];
        for (options, expected) in cases {
            assert_eq!(wants_all(&words(options)), expected, "{options}");
        }
        assert_eq!(wants_all(&words("--some")), Err(Failure::unknown("--some")));
        assert_eq!(wants_all(&words("--all --more")), Err(Failure::unknown("--more")));
    }

    #[test]
    fn a_missing_or_unknown_suite_is_misuse() {
        assert!(matches!(conformance(&[]), Err(Failure::Misused(_))));
        assert!(matches!(conformance(&["cosmos".to_owned()]), Err(Failure::Misused(_))));
    }
}
