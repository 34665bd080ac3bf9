//! Where a run's bytes come from: a file of this machine, or the archive.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use crate::archive::ArchivedFile;

/// See the module. While it is held a local file is readable, unlinked or not.
#[derive(Debug)]
pub(crate) enum Source {
    /// On this machine's disk.
    Local(File),
    /// In the archive.
    Archived(ArchivedFile),
}

impl Source {
    /// Fills `out` from `offset` on.
    pub(super) fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        match self {
            Self::Local(file) => file.read_exact_at(out, offset),
            Self::Archived(file) => file.read_exact_at(out, offset),
        }
    }

    /// Keeps on the disk what lies from `at` on, of an archived file: what every look needs.
    pub(super) fn keep_tail(&self, at: u64) {
        if let Self::Archived(file) = self {
            file.keep_tail(at);
        }
    }

    /// Lets go what [`Source::keep_tail`] kept, because it is not what it should be; answers whether asking again may help.
    pub(super) fn drop_tail(&self) -> bool {
        matches!(self, Self::Archived(file) if file.drop_tail())
    }

    /// Whether it is on this machine's disk.
    pub(super) fn is_local(&self) -> bool {
        matches!(self, Self::Local(_))
    }
}
