//! `cargo xtask tidy`: what compilers don't check. Borders, purity, sizes, habits, clean text, living documents.

mod edges;
mod hygiene;
mod manifest;
mod markdown;
mod problem;
mod purity;
mod ratchet;
mod rooms;
mod rust;
mod sizes;

use std::fs;
use std::path::Path;

use crate::repository::{TextFile, root, text_files};
use crate::terminal::say;
use crate::verb::{Failure, Outcome, Verb};
use problem::Problem;
use ratchet::{Figure, RECORD, Record, Standing};
use rust::RustFile;

/// The row for `cargo xtask tidy`.
pub const VERB: Verb =
    Verb { name: "tidy", summary: "check borders, purity, sizes, text and documents", help: HELP, run: tidy };

const HELP: &str = "\
Usage: cargo xtask tidy [--list] [--bless [--force]]

Checks every file that git tracks or would track:
  borders    crates depend only on the rooms the plan allows them (xtask/src/tidy/rooms.rs)
  purity     the deciding crates name no clock, socket, disk, entropy, runtime or terminal
  sizes      no file over 700 lines, no function over 70; no unwrap() outside tests;
             every file opens with `//!`; no file called util, helper, common or misc
  ratchet    figures that may only fall, on record in xtask/tidy.toml
  text       no paths of one machine, no registry hosts, no tabs, no white space at a line's end
  documents  relative links lead somewhere; each docs/spec/*.md ends in `## Invariants`, each naming its test

  --list     prints every place that the ratchet counts
  --bless    writes better figures down; refuses worse ones
  --force    with --bless: writes worse figures down too (say why in the commit)";

/// What was typed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    list: bool,
    bless: bool,
    force: bool,
}

fn tidy(arguments: &[String]) -> Outcome {
    let options = parse(arguments)?;
    run(&root(), &options).map_err(Failure::Failed)
}

/// The check as `cargo xtask ci` runs it.
pub fn check(root: &Path) -> Result<(), String> {
    run(root, &Options::default())
}

fn parse(arguments: &[String]) -> Result<Options, Failure> {
    let mut options = Options::default();
    for argument in arguments {
        match argument.as_str() {
            "--list" => options.list = true,
            "--bless" => options.bless = true,
            "--force" => options.force = true,
            other => return Err(Failure::unknown(other)),
        }
    }
    if options.force && !options.bless {
        return Err(Failure::Misused("--force only goes with --bless".into()));
    }
    Ok(options)
}

fn run(root: &Path, options: &Options) -> Result<(), String> {
    let files = text_files(root)?;
    let rust = rust::read_all(&files);
    let figures = sizes::figures(&rust);
    if options.list {
        figures.iter().for_each(list);
    }
    let mut problems = problems(root, &files, &rust);
    problems.iter().for_each(say);
    problems.extend(compare(root, &figures, options)?);
    match problems.len() {
        0 => say(format_args!("tidy: {} files, nothing to say", files.len())),
        found => return Err(format!("{found} problems in {} files", files.len())),
    }
    Ok(())
}

fn problems(root: &Path, files: &[TextFile], rust: &[RustFile<'_>]) -> Vec<Problem> {
    let checks = [
        edges::check(files),
        purity::check(files, rust),
        sizes::check(files, rust),
        hygiene::check(files),
        markdown::check(root, files, rust),
    ];
    let mut problems: Vec<Problem> = checks.into_iter().flatten().collect();
    problems.sort();
    problems
}

fn list(figure: &Figure) {
    say(format_args!("{} = {}", figure.name, figure.value()));
    figure.places.iter().for_each(|place| say(format_args!("  {place}")));
}

/// Prints the figures beside the record, writes the record where asked; gives those that are worse or not on record.
fn compare(root: &Path, figures: &[Figure], options: &Options) -> Result<Vec<Problem>, String> {
    let record = read_record(root)?;
    figures.iter().for_each(|figure| say(describe(&record, figure)));
    let worse = figures.iter().any(|figure| record.standing(figure) == Standing::Worse);
    if options.bless && (options.force || !worse) {
        write_record(root, &Record::of(figures))?;
        return Ok(Vec::new());
    }
    let held = |figure: &&Figure| matches!(record.standing(figure), Standing::Same | Standing::Better);
    let loose = figures.iter().filter(|figure| !held(figure));
    Ok(loose.map(|figure| Problem::of(RECORD, describe(&record, figure))).collect())
}

fn describe(record: &Record, figure: &Figure) -> String {
    let recorded = record.get(figure.name).unwrap_or_default();
    let remark = match record.standing(figure) {
        Standing::Worse => format!("  WORSE than {recorded} on record: `cargo xtask tidy --list` shows where"),
        Standing::Better => format!("  better than {recorded} on record: `cargo xtask tidy --bless` keeps it"),
        Standing::New => "  not on record: `cargo xtask tidy --bless` keeps it".to_owned(),
        Standing::Same => String::new(),
    };
    format!("{:<33}{:>5}{remark}", figure.name, figure.value())
}

fn read_record(root: &Path) -> Result<Record, String> {
    match fs::read_to_string(root.join(RECORD)) {
        Ok(text) => Record::parse(&text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Record::default()),
        Err(error) => Err(format!("{RECORD}: {error}")),
    }
}

fn write_record(root: &Path, record: &Record) -> Result<(), String> {
    fs::write(root.join(RECORD), record.to_text()).map_err(|error| format!("{RECORD}: {error}"))?;
    say(format_args!("tidy: figures written to {RECORD}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn options_are_what_was_typed() {
        let blessed = Options { bless: true, force: true, list: false };
        assert_eq!(parse(&words("--bless --force")), Ok(blessed));
        assert_eq!(parse(&words("--all")), Err(Failure::unknown("--all")));
        assert!(matches!(parse(&words("--force")), Err(Failure::Misused(_))));
    }

    #[test]
    fn blessing_keeps_what_is_better_and_refuses_what_is_worse() {
        let folder = std::env::temp_dir().join(format!("seiza-tidy-{}", std::process::id()));
        fs::create_dir_all(folder.join("xtask")).expect("the temporary folder is writable");
        let figure = |places| {
            [Figure { name: "some", count: ratchet::Count::Number, places: vec![Problem::of("a", "b"); places] }]
        };
        let plain = Options::default();
        let bless = Options { bless: true, ..Options::default() };
        let force = Options { force: true, bless: true, list: false };
        let recorded = || read_record(&folder).map(|record| record.get("some"));
        let steps = [
            (5, &plain, 1, None),
            (5, &bless, 0, Some(5)),
            (6, &plain, 1, Some(5)),
            (6, &bless, 1, Some(5)),
            (4, &plain, 0, Some(5)),
            (4, &bless, 0, Some(4)),
            (7, &force, 0, Some(7)),
        ];
        for (places, options, worse, expected) in steps {
            let found = compare(&folder, &figure(places), options).expect("the record is readable");
            assert_eq!((found.len(), recorded()), (worse, Ok(expected)), "{places} with {options:?}");
        }
        fs::remove_dir_all(&folder).expect("it was made above");
    }
}
