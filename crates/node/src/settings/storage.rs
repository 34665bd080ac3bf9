//! What a node keeps on its disk, as settings say it, and as storage takes it.

use std::fmt;
use std::str::FromStr;

use seiza_storage::{ArchiveOptions, Options};

use super::{Count, Sources, StorageBudget, field};
use crate::failure::Failure;
use crate::telemetry::progress;

/// Bytes of a mebibyte.
const MIB: u64 = 1 << 20;

/// The settings of `[storage]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageSettings {
    /// Heights that stay readable on this disk; zero keeps all.
    pub keep_heights: Count<0, 1_000_000_000_000>,
    /// Where older ones go.
    pub archive: ArchivePlace,
    /// Mebibytes of an object store's pages kept on this disk.
    pub archive_cache_mb: Count<1, 1_000_000_000>,
    /// How much memory and disk it may take.
    pub budget: StorageBudget,
}

impl StorageSettings {
    pub(super) fn resolve(sources: &Sources<'_>, unset: &mut Vec<String>) -> Result<Self, Failure> {
        Ok(Self {
            keep_heights: sources.pick(None, &field::KEEP_HEIGHTS, unset)?,
            archive: sources.pick(None, &field::ARCHIVE, unset)?,
            archive_cache_mb: sources.pick(None, &field::ARCHIVE_CACHE_MB, unset)?,
            budget: StorageBudget::resolve(sources, unset)?,
        })
    }

    /// As storage takes them; who is `quiet` shows no progress.
    pub fn options(&self, quiet: bool) -> Options {
        let cache_bytes = self.archive_cache_mb.0 * MIB;
        let archive = Some(&self.archive.0).filter(|place| !place.is_empty());
        Options {
            keep_heights: Some(self.keep_heights.0).filter(|heights| *heights > 0),
            archive: archive.map(|place| ArchiveOptions { place: place.clone(), cache_bytes }),
            progress: Some(progress::listener(quiet)),
            ..self.budget.options()
        }
    }
}

/// A folder or `s3://BUCKET/PREFIX`; empty for none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArchivePlace(pub String);

impl FromStr for ArchivePlace {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let fits = match text.split_once("://") {
            None => !text.chars().any(char::is_control),
            Some(("s3", rest)) => !rest.is_empty() && !rest.starts_with('/') && !rest.chars().any(char::is_whitespace),
            Some((scheme, rest)) => scheme == "file" && rest.starts_with('/'),
        };
        let wrong = || format!("{text:?} is neither a folder nor s3://BUCKET/PREFIX");
        if fits { Ok(Self(text.to_owned())) } else { Err(wrong()) }
    }
}

impl fmt::Display for ArchivePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_an_archive() {
        for right in ["", "/var/archive", "archive", "file:///var/archive", "s3://bucket", "s3://bucket/a/b"] {
            assert_eq!(right.parse::<ArchivePlace>().unwrap().to_string(), right);
        }
        for wrong in ["s3://", "s3:///prefix", "http://bucket", "file://archive", "s3://a b", "a\nb"] {
            assert!(wrong.parse::<ArchivePlace>().is_err(), "{wrong}");
        }
    }
}
