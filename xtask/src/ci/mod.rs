//! `cargo xtask ci`: all that must hold before a change is kept, in order, timed; the README's one test command.

mod options;
mod report;
mod steps;

use std::path::Path;
use std::time::Instant;

use crate::repository::root;
use crate::terminal::say;
use crate::verb::{Failure, Outcome, Verb};
use options::Options;
use report::Report;
use steps::{STEPS, Step, Verdict};

/// The row for `cargo xtask ci`.
pub const VERB: Verb = Verb { name: "ci", summary: "everything that must hold, in order", help: HELP, run: ci };

const HELP: &str = "\
Usage: cargo xtask ci [--only STEP,..] [--skip STEP,..] [--keep-going]

Runs these steps in order, output streamed, and stops at the first that fails:
  fmt      the code is formatted
  tidy     borders, purity, sizes, text and documents (cargo xtask tidy --help)
  clippy   no warning from the compiler or clippy, tests and benches included
  test     every test of the workspace
  build    the binaries, with the features of the test build, so that little is left to compile
  sim      a simulated cluster: 20 fixed seeds and a fresh one (cargo xtask sim --help)
  e2e      real clients against the built binary `seiza`; needs Node

  --only STEP,..   these steps only (sim and e2e bring build with them)
  --skip STEP,..   all but these
  --keep-going     runs the remaining steps after a failure

Exit code 0 when no step failed. The last line counts the steps: `7 passed, 0 failed`.";

fn ci(arguments: &[String]) -> Outcome {
    let options = options::parse(arguments)?;
    let report = run(&root(), &STEPS, &options);
    say(format_args!("\n{report}"));
    if report.failed() == 0 { Ok(()) } else { Err(Failure::Told) }
}

fn run(root: &Path, steps: &[Step], options: &Options) -> Report {
    let mut report = Report::default();
    for step in steps.iter().filter(|step| options.wants(step)) {
        if report.failed() > 0 && !options.keep_going {
            report.add(step.name, Verdict::Skipped("an earlier step failed".into()), None);
            continue;
        }
        eprintln!("\n== {}: {}", step.name, step.what);
        let start = Instant::now();
        let verdict = (step.run)(root);
        announce(step, &verdict);
        report.add(step.name, verdict, Some(start.elapsed()));
    }
    report
}

/// Says at once what is not a plain pass, so that it stands beside its output.
fn announce(step: &Step, verdict: &Verdict) {
    match verdict {
        Verdict::Passed => {}
        Verdict::Failed(reason) => eprintln!("== {} FAILED: {reason}", step.name),
        Verdict::Skipped(reason) => eprintln!("== {} SKIPPED: {reason}", step.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &'static str, run: fn(&Path) -> Verdict) -> Step {
        Step { name, what: "", needs: None, run }
    }

    fn steps() -> [Step; 4] {
        [
            step("a", |_| Verdict::Passed),
            step("b", |_| Verdict::Skipped("not built yet".into())),
            step("c", |_| Verdict::Failed("broken".into())),
            step("d", |_| Verdict::Passed),
        ]
    }

    fn last_line(options: &Options) -> String {
        let report = run(Path::new("."), &steps(), options).to_string();
        report.lines().last().unwrap_or_default().to_owned()
    }

    #[test]
    fn it_stops_at_the_first_failure_unless_told_otherwise() {
        assert_eq!(last_line(&Options::default()), "1 passed, 1 failed");
        assert_eq!(last_line(&Options { keep_going: true, ..Options::default() }), "2 passed, 1 failed");
    }

    #[test]
    fn help_names_every_step() {
        for step in &STEPS {
            assert!(HELP.contains(&format!("\n  {} ", step.name)), "{}", step.name);
        }
    }
}
