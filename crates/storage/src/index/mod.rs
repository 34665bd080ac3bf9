//! The index: immutable sorted files ("runs"), each over a range of heights, that together cover every height they ever
//! will. What changes is only which files there are: a new run is added at the end, neighbours are merged into one, the
//! oldest are dropped. So pruning is unlinking, readers keep the files they began with, and a crash leaves whole files.
//!
//! The index can be made again from the logs: without its folder, opening replays the chain from genesis.

mod block;
mod filter;
mod merge;
mod run;
mod write;

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use seiza_types::Height;

use crate::StorageError;
use crate::files;
pub(crate) use merge::{Merged, due, merge};
pub(crate) use run::Run;
pub(crate) use write::{RunSpec, write};

/// The runs at one moment, by height, without gap or overlap. Cloning costs a reference count.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunSet(Arc<Vec<Arc<Run>>>);

impl RunSet {
    /// Opens the runs in a folder; removes those whose heights a larger one covers, leftovers of a merge.
    pub(crate) fn open(dir: &Path) -> Result<Self, StorageError> {
        files::make_dir(dir)?;
        files::sweep(dir)?;
        let mut found: Vec<(Height, Height, PathBuf)> = Vec::new();
        for path in files::list(dir)? {
            if let Some((first, last)) = run::range_of(&path) {
                found.push((first, last, path));
            }
        }
        found.sort_by_key(|(first, last, _)| (*first, Reverse(*last)));
        let mut runs: Vec<Arc<Run>> = Vec::new();
        for (first, last, path) in found {
            match runs.last().map(|run| run.last()) {
                Some(covered) if last <= covered => files::remove(&path)?,
                Some(covered) if first != covered + 1 => return Err(gap(&path, covered + 1)),
                _ => runs.push(Arc::new(Run::open(path)?)),
            }
        }
        Ok(Self(Arc::new(runs)))
    }

    /// The runs by height.
    pub(crate) fn runs(&self) -> &[Arc<Run>] {
        &self.0
    }

    /// The lowest height indexed; `None` where nothing is.
    pub(crate) fn first(&self) -> Option<Height> {
        self.0.first().map(|run| run.first())
    }

    /// The highest height indexed; 0 where nothing is.
    pub(crate) fn last(&self) -> Height {
        self.0.last().map_or(0, |run| run.last())
    }

    /// The same runs and a new one behind them.
    pub(crate) fn with(&self, run: Run) -> Self {
        debug_assert!(self.0.is_empty() || run.first() == self.last() + 1, "runs leave no gap");
        Self(Arc::new(self.0.iter().cloned().chain([Arc::new(run)]).collect()))
    }

    /// The same runs with those inside `merged`'s range replaced by it.
    pub(crate) fn replaced(&self, merged: Run) -> Self {
        let (before, rest): (Vec<_>, Vec<_>) = self.0.iter().cloned().partition(|run| run.last() < merged.first());
        let after = rest.into_iter().filter(|run| run.first() > merged.last());
        let after: Vec<_> = after.collect();
        Self(Arc::new(before.into_iter().chain([Arc::new(merged)]).chain(after).collect()))
    }

    /// The same runs without those that end below `height`.
    pub(crate) fn reaching(&self, height: Height) -> Self {
        Self(Arc::new(self.0.iter().filter(|run| run.last() >= height).cloned().collect()))
    }

    /// The newest entry of a key.
    pub(crate) fn newest(&self, key: &[u8]) -> Result<Option<(Height, Vec<u8>)>, StorageError> {
        for run in self.0.iter().rev() {
            if let Some(newest) = run.all(key)?.pop() {
                return Ok(Some(newest));
            }
        }
        Ok(None)
    }

    /// All entries of a key, ascending in height.
    pub(crate) fn all(&self, key: &[u8]) -> Result<Vec<(Height, Vec<u8>)>, StorageError> {
        let mut all = Vec::new();
        for run in self.0.iter() {
            all.extend(run.all(key)?);
        }
        Ok(all)
    }

    /// The first entry of a key above a height.
    pub(crate) fn first_above(&self, key: &[u8], height: Height) -> Result<Option<Vec<u8>>, StorageError> {
        for run in self.0.iter().filter(|run| run.last() > height) {
            if let Some(value) = run.first_above(key, height)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// All entries of a range of keys, sorted by key and height; `end` absent means to the end.
    pub(crate) fn range(&self, start: &[u8], end: Option<&[u8]>) -> Result<Merged, StorageError> {
        Merged::new(self.0.iter().cloned(), start, end)
    }
}

fn gap(path: &Path, expected: Height) -> StorageError {
    let what = format!(
        "the file that begins with height {expected} is missing before it; without the whole folder the index is made again"
    );
    StorageError::damaged(path, 0, what)
}

#[cfg(test)]
mod tests;
