//! The node files that belong together, as one space of addresses.

use std::sync::Arc;

use super::node_file::NodeFile;
use super::record::{self, Record};
use super::{Address, node_file};
use crate::StorageError;

/// Mapped node files, by address. They stay mapped while anyone holds this, also when their names are gone.
#[derive(Debug, Default)]
pub(crate) struct Files {
    list: Vec<Arc<NodeFile>>,
}

impl Files {
    /// These files, whose addresses have to ascend.
    pub(super) fn new(list: Vec<Arc<NodeFile>>) -> Self {
        debug_assert!(list.is_sorted_by_key(|file| file.place.base), "files come by address");
        Self { list }
    }

    /// The files, by address.
    pub(super) fn list(&self) -> &[Arc<NodeFile>] {
        &self.list
    }

    /// The node at an address; a leaf of nothing where none is.
    #[inline]
    pub(crate) fn record(&self, address: Address) -> Record<'_> {
        record::read(self.bytes(address), address)
    }

    /// What lies from an address on.
    #[inline]
    pub(crate) fn bytes(&self, address: Address) -> &[u8] {
        // Most files are the newest, and small; most nodes are in the oldest.
        let holder = match self.list.as_slice() {
            [only] => Some(only),
            list => list[..list.partition_point(|file| file.place.base <= address.number())].last(),
        };
        holder.map_or(&[], |file| file.from(address))
    }

    /// The first address behind all files.
    pub(super) fn end(&self) -> u64 {
        self.list.last().map_or(node_file::FIRST_ADDRESS, |file| file.place.base + file.place.bytes)
    }

    /// Bytes of nodes in all files.
    pub(crate) fn node_bytes(&self) -> u64 {
        self.list.iter().map(|file| file.place.bytes).sum()
    }

    /// Reads all files and compares them with their checksums.
    pub(super) fn check(&self) -> Result<(), StorageError> {
        self.list.iter().try_for_each(|file| file.check())
    }
}
