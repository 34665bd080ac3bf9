//! How much memory and disk storage may take, as settings say it, and as storage takes it.

use seiza_storage::Options;

use super::{Count, Sources, field};
use crate::failure::Failure;

/// Bytes of a mebibyte.
const MIB: u64 = 1 << 20;

/// The bounds of `[storage]`, in mebibytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageBudget {
    /// Memory for the map that makes point reads fast.
    pub index_memory_mb: Count<0, 1_000_000_000>,
    /// Memory for what has changed since the last image of the state.
    pub changed_memory_mb: Count<1, 1_000_000_000>,
    /// Images written in a second.
    pub image_mb_per_second: Count<1, 1_000_000>,
    /// The whole folder; zero is no bound.
    pub disk_mb: Count<0, 1_000_000_000_000>,
}

impl StorageBudget {
    pub(super) fn resolve(sources: &Sources<'_>, unset: &mut Vec<String>) -> Result<Self, Failure> {
        Ok(Self {
            index_memory_mb: sources.pick(None, &field::INDEX_MEMORY_MB, unset)?,
            changed_memory_mb: sources.pick(None, &field::CHANGED_MEMORY_MB, unset)?,
            image_mb_per_second: sources.pick(None, &field::IMAGE_MB_PER_SECOND, unset)?,
            disk_mb: sources.pick(None, &field::DISK_MB, unset)?,
        })
    }

    /// Storage's other defaults with these bounds.
    pub fn options(&self) -> Options {
        Options {
            index_memory_bytes_max: self.index_memory_mb.0 * MIB,
            changed_bytes_max: self.changed_memory_mb.0 * MIB,
            image_bytes_per_second: self.image_mb_per_second.0 * MIB,
            disk_bytes_max: Some(self.disk_mb.0 * MIB).filter(|bytes| *bytes > 0),
            ..Options::default()
        }
    }
}
