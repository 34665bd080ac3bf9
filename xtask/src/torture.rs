//! `cargo xtask torture`: faults at every step, for as long as one likes, and a comparison after each.

use crate::process::{cargo, run};
use crate::repository::root;
use crate::verb::{Failure, Outcome, Verb};

/// The row for `cargo xtask torture`.
pub const VERB: Verb =
    Verb { name: "torture", summary: "break what must not break: storage", help: HELP, run: torture };

const HELP: &str = "\
Usage: cargo xtask torture storage [--minutes N]

Lets single steps on storage's files fail (writes cut short, syncs, renames, removals, full disks), or be the last of a
process, thousands of times; opens the folder again each time and compares it with an ordered map. 10 minutes unless said
otherwise. The same in short runs with the tests of crates/storage.";

fn torture(arguments: &[String]) -> Outcome {
    let minutes = minutes_of(arguments)?;
    let words = ["test", "--locked", "-p", "seiza-storage", "--test", "it", "faults::torture", "--"];
    let mut command = cargo(&root(), &words);
    command.args(["--exact", "--ignored", "--nocapture"]).env("SEIZA_TORTURE_MINUTES", minutes.to_string());
    run(&mut command).map_err(Failure::Failed)
}

fn minutes_of(arguments: &[String]) -> Result<u64, Failure> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["storage"] => Ok(10),
        ["storage", "--minutes", number] => {
            number.parse().map_err(|_| Failure::Misused(format!("`{number}` is no number of minutes")))
        }
        _ => Err(Failure::Misused("name what to torture: storage".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_say_what_and_how_long() {
        let minutes =
            |words: &[&str]| minutes_of(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).ok();
        assert_eq!(minutes(&["storage"]), Some(10));
        assert_eq!(minutes(&["storage", "--minutes", "3"]), Some(3));
        for wrong in [&[][..], &["chain"], &["storage", "--minutes"], &["storage", "--minutes", "long"]] {
            assert_eq!(minutes(wrong), None, "{wrong:?}");
        }
    }
}
