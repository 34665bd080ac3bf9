//! `seiza db stats`.

use std::fmt::Write as _;
use std::path::Path;

use seiza_storage::upkeep::{Stats, stats};
use serde_json::json;

use super::size;
use crate::commands::print_json;
use crate::failure::Failure;

/// Prints the figures of a database.
///
/// # Errors
/// A node runs on it; it cannot be read.
pub(super) fn run(data: &Path, json: bool) -> Result<(), Failure> {
    let stats = stats(data).map_err(Failure::refused)?;
    if json {
        print_json(&as_json(&stats))
    } else {
        print!("{}", table(&stats))
    }
    Ok(())
}

fn as_json(stats: &Stats) -> serde_json::Value {
    let parts = stats.parts.iter().map(|part| {
        let heights = part.heights.map(|(first, last)| json!({ "first": first, "last": last }));
        json!({ "name": part.name, "files": part.files, "bytes": part.bytes, "heights": heights })
    });
    json!({
        "head": stats.head,
        "decided": stats.decided,
        "earliest": stats.earliest,
        "index_entries": stats.index_entries,
        "bytes": stats.bytes(),
        "parts": parts.collect::<Vec<_>>(),
    })
}

fn table(stats: &Stats) -> String {
    let mut out = format!("head          {}\n", stats.head);
    if stats.decided > stats.head {
        let _ = writeln!(out, "decided       {} (executed at the next start)", stats.decided);
    }
    let _ = writeln!(out, "earliest      {}", stats.earliest);
    let _ = writeln!(out, "index         {} entries\n", stats.index_entries);
    let _ = writeln!(out, "{:<14} {:>8} {:>12}  heights", "part", "files", "size");
    for part in &stats.parts {
        let heights = part.heights.map_or_else(String::new, |(first, last)| format!("{first} to {last}"));
        let line = format!("{:<14} {:>8} {:>12}  {heights}", part.name, part.files, size(part.bytes));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let _ = writeln!(
        out,
        "{:<14} {:>8} {:>12}",
        "all",
        stats.parts.iter().map(|part| part.files).sum::<u64>(),
        size(stats.bytes())
    );
    out
}
