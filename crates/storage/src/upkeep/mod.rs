//! What operators ask of a folder: figures, checks, pruning and compaction now, one height back. All of it takes the folder's
//! lock: none of it goes on beside a node.

mod compact;
mod rollback;
mod stats;
mod verify;

pub use compact::Compacted;
pub use rollback::{RolledBack, rollback};
pub use stats::{Part, Stats, stats};
pub use verify::{Fault, Repair, Verification, verify};
