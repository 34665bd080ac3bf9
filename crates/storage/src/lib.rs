//! SeiDB: the chain's state, its commitment, its history, its blocks, on disk.
//!
//! Two logs are the truth: one holds decided blocks, the other each height's changes and results. Appending to the second is
//! the commit; all else (trees, indexes, images) is made from the logs and can be made again.
//!
//! ```text
//! keep_undecided  -> durable, of the height decided next: what may be voted for
//! append_block(H) -> durable in the block log: decided, whatever happens        (node replays it if it was not executed)
//! root_after      -> what the app hash would be; nothing is written
//! commit(H)       -> durable in the change log, then ONE head is published
//! background      -> index runs (history, transactions, blooms), images of the trees, merging, pruning
//! ```
//!
//! Promises:
//! - What `append_block` or `commit` has returned for survives `kill -9` and a power cut (with [`Options::fsync`]).
//! - A reader that sees height H at [`Storage::head`] finds H's block, receipts, transactions and state by every query.
//! - Readers never wait for the disk of the writer, and the writer never waits for readers.
//! - A bit that flips on disk is reported with file and offset; wrong data is never answered.
//!
//! File formats and invariants: `docs/spec/storage.md`.

mod archive;
mod background;
mod change;
mod entry;
mod error;
#[cfg(feature = "faults")]
pub mod faults;
mod files;
mod fills;
mod flat;
mod genesis;
mod head;
mod history;
mod image;
mod imaging;
mod index;
pub mod limits;
mod log;
mod merkle;
mod moving;
mod open;
mod options;
mod parties;
mod payload;
mod prune;
mod recent;
mod results;
mod snapshot;
mod speculation;
mod stats;
mod steps;
mod store;
pub mod sync;
mod tree;
mod undecided;
pub mod upkeep;
mod version;
mod write;

pub use archive::ArchiveOptions;
pub use error::StorageError;
pub use genesis::GenesisRecord;
pub use head::{Commit, Head, StoredBlock, TxLocation};
pub use options::{Options, Progress};
pub use parties::address;
pub use results::{BlockResults, LogsBloom};
pub use snapshot::Snapshot;
pub use stats::{ImageReport, Stats};
pub use store::{StateProof, Storage};
pub use undecided::Undecided;
pub use wire::WireError;

use seiza_types::wire;
