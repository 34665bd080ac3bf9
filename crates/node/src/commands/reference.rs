//! The reference part of docs/operations.md, made from the same tables as the program: settings, metrics, command line.

use std::fmt::Write as _;

use clap::CommandFactory as _;

use crate::args::CommandLine;
use crate::failure::Failure;
use crate::settings::document;
use crate::telemetry::figures;

/// Prints the reference as Markdown.
///
/// # Errors
/// None.
pub fn run() -> Result<(), Failure> {
    print!("{}", markdown());
    Ok(())
}

fn markdown() -> String {
    let mut text = format!("## Settings\n\n{}\n", document::reference());
    let _ = write!(text, "## Metrics\n\n{}\n", figures::reference());
    text.push_str("## Command line\n");
    let mut command = CommandLine::command().term_width(100);
    command.build();
    describe(&mut command, "", &mut text);
    text
}

fn describe(command: &mut clap::Command, parent: &str, text: &mut String) {
    if command.is_hide_set() {
        return;
    }
    let path = format!("{parent} {}", command.get_name()).trim().to_owned();
    let help = command.render_long_help().to_string();
    let help = help.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let _ = write!(text, "\n### `{path}`\n\n```text\n{}\n```\n", help.trim_end());
    for inner in command.get_subcommands_mut() {
        describe(inner, &path, text);
    }
}
