//! State sync: how a node without blocks comes by the state of a recent height, and how it gives it to others.
//!
//! ```text
//! offers of peers -> a height that most can give                                                        [`plan`]
//!   -> headers of it and the next, verified from the genesis' validators or a trusted block             [`light`]
//!   -> its block and results, its top, then chunks from all peers at once, each checked on arrival      [`pull`]
//!   -> a file in FOLDER/sync, gone on with after a kill                                                 (storage)
//!   -> a storage folder, put in place at once                                                           (storage)
//!   -> the node starts: block sync from there, then consensus
//! ```
//!
//! The node's own network serves for it, before anything else runs; it is closed at the end and opened again by the node.

mod create;
mod download;
mod light;
mod light_block;
pub mod limits;
mod pace;
mod plan;
mod proof;
mod prove;
mod pull;
mod serve;
mod take;
#[cfg(test)]
mod tests;
mod trust;

use std::path::{Path, PathBuf};

use seiza_chain::Genesis;
use seiza_network::{Event, Network};
use seiza_storage::sync::{Installed, SnapshotFile, Step, SyncError, install, is_fresh};
use tokio::sync::mpsc;

pub use create::{copy, create, path_in};
pub use light::Light;
pub use proof::Proof;
pub use pull::Pull;
pub use serve::SnapshotServer;
pub use trust::{Root, Trust};

use crate::failure::Failure;
use crate::telemetry::progress::{Meter, Unit};

/// Where a download lies.
pub fn download_in(data: &Path) -> PathBuf {
    data.join("sync").join("download.snapshot")
}

/// Whether the folder has no blocks yet.
///
/// # Errors
/// Those of the disk.
pub fn is_wanted(data: &Path) -> Result<bool, Failure> {
    is_fresh(data).map_err(Failure::refused)
}

/// Fetches the state over the network and installs it. `None` where peers have nothing to offer: then blocks are fetched from
/// the first one, as by any node.
///
/// # Errors
/// What is trusted is too old, and those of the disk. Peers' faults are no errors: others are asked.
pub async fn run(
    data: &Path,
    genesis: &Genesis,
    trust: Trust,
    (network, events): (Network, mpsc::Receiver<Event>),
    quiet: bool,
) -> Result<Option<Installed>, Failure> {
    let listening = tokio::spawn(answer_nothing(events));
    let pull = Pull { network: network.clone(), data: data.to_owned(), genesis: genesis.clone(), trust, quiet };
    let fetched = pull.fetch().await;
    network.stop().await;
    listening.abort();
    let Some(file) = fetched? else { return Ok(None) };
    let (data, genesis) = (data.to_owned(), genesis.clone());
    let installed = tokio::task::spawn_blocking(move || install_file(&data, &file, &genesis, false, quiet)).await;
    let installed =
        installed.unwrap_or_else(|_| Err(Failure::refused("installing the state failed by a fault in seiza")));
    installed.map(Some)
}

/// A node that has no state has nothing for others; an answer that is dropped says so.
async fn answer_nothing(mut events: mpsc::Receiver<Event>) {
    while let Some(event) = events.recv().await {
        drop(event);
    }
}

/// Installs a whole file whose proof was verified.
///
/// # Errors
/// A chain is there already, and those of the disk.
pub fn install_file(
    data: &Path,
    file: &SnapshotFile,
    genesis: &Genesis,
    replace: bool,
    quiet: bool,
) -> Result<Installed, Failure> {
    let (record, changes) = genesis.stored().map_err(Failure::refused)?;
    let meter = Meter::new("installing the state", Unit::Items, quiet);
    let show = &mut |Step { done, total }| meter.show(done, total);
    let installed = install(data, file, (&record, &changes), replace, show).map_err(told)?;
    drop(meter);
    let Installed { height, app_hash, keys } = installed;
    tracing::info!(height, %app_hash, keys, "the state is installed");
    let download = download_in(data);
    match std::fs::remove_file(&download) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::io("remove", &download, &error)),
        _ => Ok(installed),
    }
}

fn told(error: SyncError) -> Failure {
    match error {
        SyncError::Occupied(height) => Failure::refused(format!(
            "this home holds the chain up to height {height} already: choose another --home, or say --replace"
        )),
        other => Failure::refused(other),
    }
}
