//! The steps themselves. A new one is a row of the table, a function, and a line of the verb's help.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{cargo, run};
use crate::tidy;

/// Something that must hold.
pub struct Step {
    /// What `--only` and `--skip` call it.
    pub name: &'static str,
    /// One line, printed when it begins.
    pub what: &'static str,
    /// The step that makes what this one uses.
    pub needs: Option<&'static str>,
    /// Runs it in the repository's root.
    pub run: fn(&Path) -> Verdict,
}

/// How a step went.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Passed,
    /// It does not, and why.
    Failed(String),
    /// It was not asked, and why.
    Skipped(String),
}

impl Verdict {
    /// For the table: the result in one word, and the reason where there is one.
    pub fn words(&self) -> (&'static str, &str) {
        match self {
            Verdict::Passed => ("passed", ""),
            Verdict::Failed(reason) => ("FAILED", reason),
            Verdict::Skipped(reason) => ("skipped", reason),
        }
    }
}

/// Every step, in order: what is quick to tell comes first.
pub static STEPS: [Step; 7] = [
    Step { name: "fmt", what: "the code is formatted", needs: None, run: |root| cargo_step(root, &FMT) },
    Step {
        name: "tidy",
        what: "borders, purity, sizes, text, documents",
        needs: None,
        run: |root| tidy::check(root).into(),
    },
    Step { name: "clippy", what: "no warning anywhere", needs: None, run: |root| cargo_step(root, &CLIPPY) },
    Step { name: "test", what: "every test of the workspace", needs: None, run: |root| cargo_step(root, &TEST) },
    Step { name: "build", what: "the binaries", needs: None, run: |root| cargo_step(root, &BUILD) },
    Step { name: "sim", what: "a simulated cluster: 20 fixed seeds and a fresh one", needs: Some("build"), run: sim },
    Step { name: "e2e", what: "real clients against the binary", needs: Some("build"), run: e2e },
];

const FMT: [&str; 3] = ["fmt", "--all", "--check"];
const CLIPPY: [&str; 7] = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
const TEST: [&str; 3] = ["test", "--workspace", "--locked"];
/// Tests are built along, because a build without them would resolve other features and compile everything again.
const BUILD: [&str; 5] = ["build", "--workspace", "--locked", "--bins", "--tests"];

impl From<Result<(), String>> for Verdict {
    fn from(result: Result<(), String>) -> Self {
        result.map_or_else(Verdict::Failed, |()| Verdict::Passed)
    }
}

fn cargo_step(root: &Path, arguments: &[&str]) -> Verdict {
    run(&mut cargo(root, arguments)).into()
}

/// Runs the simulator's fixed seeds and a fresh one.
fn sim(root: &Path) -> Verdict {
    let binary = built("seiza-sim");
    if !binary.is_file() {
        return Verdict::Failed("there is no binary `seiza-sim`: run the build step first".into());
    }
    run(Command::new(binary).current_dir(root)).into()
}

fn e2e(root: &Path) -> Verdict {
    let binary = built("seiza");
    if !binary.is_file() {
        return Verdict::Failed("there is no binary `seiza`: run the build step first".into());
    }
    if Command::new("node").arg("--version").output().is_err() {
        return Verdict::Failed(
            "Node is missing: install it (20.19 or newer), or leave the step out with --skip e2e".into(),
        );
    }
    run(Command::new("node").arg("e2e/run.mjs").env("SEIZA_BIN", binary).current_dir(root)).into()
}

/// Where the build step puts a binary: the dev profile's folder, beside which xtask itself lies.
fn built(name: &str) -> PathBuf {
    let xtask = std::env::current_exe().expect("a running program has a file");
    let target = xtask.ancestors().nth(2).expect("cargo puts programs into target/<profile>/");
    target.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_need_only_earlier_steps() {
        for (at, step) in STEPS.iter().enumerate() {
            let stands = step.needs.is_none_or(|needed| STEPS[..at].iter().any(|earlier| earlier.name == needed));
            assert!(stands, "{}", step.name);
        }
    }

    #[test]
    fn binaries_are_absolute_paths_in_the_dev_profile() {
        let path = built("seiza");
        assert!(
            path.is_absolute() && path.parent().is_some_and(|folder| folder.ends_with("debug")),
            "{}",
            path.display()
        );
    }
}
