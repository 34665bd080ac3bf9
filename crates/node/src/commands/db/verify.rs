//! `seiza db verify`.

use std::path::Path;

use seiza_storage::Progress;
use seiza_storage::upkeep::{Repair, Verification, verify};
use serde_json::json;

use super::size;
use crate::commands::print_json;
use crate::failure::Failure;
use crate::telemetry::progress;

/// Checks a database and prints what is wrong with it.
///
/// # Errors
/// A node runs on it; it cannot be read; anything is damaged.
pub(super) fn run(data: &Path, json: bool) -> Result<(), Failure> {
    let show = progress::listener(json);
    let found = verify(data, &|progress: Progress| show(progress)).map_err(Failure::refused)?;
    if json {
        print_json(&as_json(&found))
    } else {
        print!("{}", lines(&found))
    }
    match found.faults.len() {
        0 => Ok(()),
        1 => Err(Failure::refused("1 file is damaged")),
        count => Err(Failure::refused(format!("{count} files are damaged"))),
    }
}

fn as_json(found: &Verification) -> serde_json::Value {
    let repair = |repair| if repair == Repair::Remove { "remove" } else { "resync" };
    let faults = found.faults.iter().map(
        |fault| json!({ "file": fault.path.display().to_string(), "what": fault.what, "repair": repair(fault.repair) }),
    );
    json!({
        "files": found.files,
        "bytes": found.bytes,
        "unfinished_bytes": found.unfinished_bytes,
        "faults": faults.collect::<Vec<_>>(),
    })
}

fn lines(found: &Verification) -> String {
    let mut out = format!("{} files, {} read.\n", found.files, size(found.bytes));
    if found.unfinished_bytes > 0 {
        out += &format!("A write of {} was cut off; the next start takes it away.\n", size(found.unfinished_bytes));
    }
    for fault in &found.faults {
        out += &format!("{}: {}\n  repair: {}\n", fault.path.display(), fault.what, fault.repair);
    }
    if found.faults.is_empty() { out + "All of it is whole.\n" } else { out }
}
