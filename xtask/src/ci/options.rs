//! Which steps were asked for.

use super::steps::{STEPS, Step};
use crate::verb::Failure;

/// What was typed after `cargo xtask ci`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Only these steps, and those they need; all if empty.
    pub only: Vec<String>,
    /// Not these steps.
    pub skip: Vec<String>,
    /// Whether to run on after a failure.
    pub keep_going: bool,
}

impl Options {
    /// Whether the step is to run.
    pub fn wants(&self, step: &Step) -> bool {
        let named = |names: &[String], name: &str| names.iter().any(|found| found == name);
        let needed = STEPS.iter().any(|other| other.needs == Some(step.name) && named(&self.only, other.name));
        let chosen = self.only.is_empty() || named(&self.only, step.name) || needed;
        chosen && !named(&self.skip, step.name)
    }
}

/// Reads the arguments; `--only a,b`, `--only=a,b` and repeated options are the same.
pub fn parse(arguments: &[String]) -> Result<Options, Failure> {
    let mut options = Options::default();
    let mut words = arguments.iter().flat_map(|word| split_value(word));
    while let Some(word) = words.next() {
        match word {
            "--only" => options.only.extend(step_names(words.next())?),
            "--skip" => options.skip.extend(step_names(words.next())?),
            "--keep-going" => options.keep_going = true,
            other => return Err(Failure::unknown(other)),
        }
    }
    Ok(options)
}

fn split_value(word: &str) -> impl Iterator<Item = &str> {
    word.splitn(if word.starts_with("--") { 2 } else { 1 }, '=')
}

fn step_names(value: Option<&str>) -> Result<Vec<String>, Failure> {
    let names: Vec<_> = value.unwrap_or_default().split(',').map(|name| name.trim().to_owned()).collect();
    match names.iter().find(|name| !STEPS.iter().any(|step| step.name == *name)) {
        None => Ok(names),
        Some(name) => Err(Failure::Misused(format!("there is no step `{name}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(arguments: &str) -> Result<String, Failure> {
        let words: Vec<String> = arguments.split_whitespace().map(str::to_owned).collect();
        let options = parse(&words)?;
        Ok(STEPS.iter().filter(|step| options.wants(step)).map(|step| step.name).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn steps_are_chosen_by_name() {
        let cases = [
            ("", "fmt tidy clippy test build sim e2e"),
            ("--only clippy,fmt", "fmt clippy"),
            ("--only=fmt --only=tidy", "fmt tidy"),
            ("--skip e2e,sim", "fmt tidy clippy test build"),
            ("--only e2e", "build e2e"),
            ("--only e2e --skip build", "e2e"),
            ("--keep-going --only test", "test"),
        ];
        for (arguments, expected) in cases {
            assert_eq!(chosen(arguments), Ok(expected.to_owned()), "{arguments}");
        }
    }

    #[test]
    fn what_is_unknown_is_misuse() {
        for arguments in ["--only lint", "--only", "--skip fmt,", "--fast", "fmt"] {
            assert!(matches!(chosen(arguments), Err(Failure::Misused(_))), "{arguments}");
        }
    }
}
