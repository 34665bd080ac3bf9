//! The settings as documents: the commented default file, and the reference for docs/operations.md.

use std::fmt::Write as _;

use super::field::{FIELDS, Field};

/// What a table of the file is about.
fn section_says(section: &str) -> &'static str {
    match section {
        "node" => "Who this node is.",
        "server" => "Who can reach this node, and where.",
        "blocks" => "When blocks are made.",
        "consensus" => "How this node agrees with other validators. Timeouts are best equal on all of them.",
        "p2p" => "Which peers this node meets, and where.",
        "state_sync" => "How a new node comes by the state, and whether others get it here.",
        "execution" => "How blocks are executed. It decides how long that takes, never what comes out.",
        "mempool" => "How many transactions may wait, and whether peers are told.",
        "storage" => "What is kept on disk.",
        _ => "What is logged.",
    }
}

/// The commented default file.
#[cfg(test)]
pub fn default_file() -> String {
    file_with(&[])
}

/// The commented file, with other values than the defaults for some settings; they are put into quotes where their kind
/// wants it, and must hold neither quotes nor line breaks.
pub fn file_with(values: &[(&Field, String)]) -> String {
    let mut file = String::from(
        "# Settings of a Seiza node. Precedence: command line flag, then environment variable, then this file, then the\n\
         # default. What the chain itself is (ids, accounts, validators, gas limit) stands in genesis.json, not here.\n",
    );
    let mut section = "";
    for field in FIELDS {
        if field.section != section {
            section = field.section;
            let _ = write!(file, "\n# {}\n[{section}]\n", section_says(section));
        }
        let value = values.iter().find(|(other, _)| *other == field).map_or(field.default, |(_, value)| value);
        let _ = write!(file, "{}\n{} = {}\n", comment(field), field.name, field.toml(value));
    }
    file
}

fn comment(field: &Field) -> String {
    let mut text = format!("{} Allowed: {}. Variable: {}.", field.says, field.bound, field.variable());
    if let Some(flag) = field.flag {
        let _ = write!(text, " Flag: {flag}.");
    }
    wrapped(&text, "# ", 110)
}

/// Text broken at spaces into lines of at most `width`, each behind `prefix`.
fn wrapped(text: &str, prefix: &str, width: usize) -> String {
    let mut lines = vec![String::from(prefix)];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("the list begins with a line");
        if line.len() + word.len() > width {
            lines.push(format!("{prefix}{word} "));
        } else {
            line.push_str(word);
            line.push(' ');
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

/// The settings as a Markdown table.
pub fn reference() -> String {
    let mut table =
        String::from("| key | default | allowed | flag | variable | what it does |\n|---|---|---|---|---|---|\n");
    for field in FIELDS {
        let flag = field.flag.map_or(String::from("-"), |flag| format!("`{flag}`"));
        let (key, variable) = (field.key(), field.variable());
        let _ = writeln!(
            table,
            "| `{key}` | {} | {} | {flag} | `{variable}` | {} |",
            shown(field.default),
            field.bound,
            field.says
        );
    }
    table
}

fn shown(default: &str) -> String {
    if default.is_empty() { "empty".into() } else { format!("`{default}`") }
}
