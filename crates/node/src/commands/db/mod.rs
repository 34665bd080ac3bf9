//! `seiza db` and `seiza rollback`: looks at, checks and tidies the database of a node that does not run.

mod stats;
mod verify;

use std::path::PathBuf;

use seiza_storage::{Options, Progress, Storage, upkeep};

use crate::args::{DbAction, DbHome, NodeFlags, RollbackArgs};
use crate::failure::Failure;
use crate::home::Home;
use crate::settings::Settings;
use crate::telemetry::progress;

/// Runs what was typed.
///
/// # Errors
/// A node runs on the folder; something in it is damaged; what the system says.
pub fn run(action: DbAction) -> Result<(), Failure> {
    match action {
        DbAction::Stats { json, home } => stats::run(&data(&home)?, json),
        DbAction::Verify { json, home } => verify::run(&data(&home)?, json),
        DbAction::Prune { keep_heights, home } => prune(&home, keep_heights.map(|keep| keep.0)),
        DbAction::Compact { home } => compact(&home),
    }
}

/// Takes the newest height back.
///
/// # Errors
/// A node runs on the folder; there is nothing to take back; what the system says.
pub fn rollback(args: &RollbackArgs) -> Result<(), Failure> {
    let done = upkeep::rollback(&data(&args.home)?, &Options::default()).map_err(Failure::refused)?;
    let next = done.to + 1;
    if done.from == done.to {
        println!("Nothing to do: the state is that of height {}; the next start executes block {next}.", done.to);
    } else {
        println!(
            "Height {} is taken back: the state is that of height {}; the next start executes block {next} again.",
            done.from, done.to
        );
    }
    Ok(())
}

/// The database's folder; it has to be there.
fn data(home: &DbHome) -> Result<PathBuf, Failure> {
    let data = Home::at(&home.home).data();
    if data.join("genesis.bin").exists() {
        return Ok(data);
    }
    Err(Failure::refused(format!("{} holds no chain: a node that was started once does", data.display())))
}

fn open(home: &DbHome, keep_heights: Option<u64>) -> Result<(Storage, Option<u64>), Failure> {
    let data = data(home)?;
    let config = Home::at(&home.home).config();
    let settings =
        Settings::load(&NodeFlags::default(), Some(&config).filter(|path| path.exists()).map(PathBuf::as_path))?;
    let mut options = settings.storage.options(false);
    options.keep_heights = keep_heights.or(options.keep_heights);
    let keep = options.keep_heights;
    Ok((Storage::open(&data, options).map_err(Failure::refused)?, keep))
}

fn prune(home: &DbHome, keep_heights: Option<u64>) -> Result<(), Failure> {
    let (storage, keep) = open(home, keep_heights)?;
    let keep = keep.ok_or_else(|| Failure::usage("storage.keep_heights is 0: say --keep-heights N"))?;
    let earliest = storage.prune(keep).map_err(Failure::refused)?;
    println!("Heights {earliest} to {} can be read.", storage.head().height);
    Ok(())
}

fn compact(home: &DbHome) -> Result<(), Failure> {
    let (storage, _) = open(home, None)?;
    let show = progress::listener(false);
    let done = storage.compact(&|progress: Progress| show(progress)).map_err(Failure::refused)?;
    println!("{} files of {} became {} of {}.", done.files.0, size(done.bytes.0), done.files.1, size(done.bytes.1));
    Ok(())
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    let units = [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_unit_that_fits() {
        let table = [(0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (1_600, "1.5 KiB"), (3 << 30, "3.0 GiB")];
        for (bytes, expected) in table {
            assert_eq!(size(bytes), expected);
        }
    }
}
