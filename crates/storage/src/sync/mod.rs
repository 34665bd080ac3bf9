//! State sync: the state of one height as a set of chunks that do not depend on how the disk keeps trees, so that a new node
//! takes it from many peers at once and believes none of them.
//!
//! ```text
//!            app hash (from a header that a light client has verified)
//!                |
//!               top        inner nodes above the cut: their hashes lead to the app hash           [`Top`]
//!            /   |   \
//!        chunk chunk chunk   subtrees below it, about two mebibytes each: nodes in post-order      [`check_chunk`]
//! ```
//!
//! | | |
//! |---|---|
//! | [`Cut`] | the serving side: a state of memory, cut; holds it as long as it lives |
//! | [`Top`], [`check_chunk`] | the taking side: what is sound, and what is not |
//! | [`Base`] | the block of the height and its results: what the next block is checked against |
//! | [`SnapshotFile`] | chunks on disk, whole or on their way; what a kill leaves is gone on with |
//! | [`install`] | makes a storage folder of a whole file, all at once or not at all |
//!
//! Promises: a chunk is kept only if it is exactly what the top names, and a top only if it leads to the app hash; arbitrary
//! bytes never panic and never allocate more than their bound; an install that is killed anywhere leaves the folder as it was
//! or goes through at the next opening.
//!
//! Formats and invariants: `docs/spec/state-sync.md`.

mod base;
mod build;
mod chunk;
mod cut;
mod error;
mod file;
mod install;
mod pack;
mod scan;
#[cfg(test)]
mod tests;
mod top;

pub use base::Base;
pub use chunk::{ChunkId, ChunkTally, check_chunk};
pub use cut::Cut;
pub use error::SyncError;
pub use file::SnapshotFile;
pub use install::{Installed, Step, install, is_fresh};
pub(crate) use install::{SYNC_DIR, SYNCED, floor, roll_forward};
pub use pack::{pack, unpack};
pub use scan::Parts;
pub use top::Top;
