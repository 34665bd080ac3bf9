//! The index: immutable sorted files ("runs"), each over a range of heights, that together cover every height they ever
//! will. What changes is only which files there are: a new run is added at the end, neighbours are merged into one, the
//! oldest are dropped. So pruning is unlinking, readers keep the files they began with, and a crash leaves whole files.
//!
//! The index can be made again from the logs: without its folder, opening replays the chain from genesis.

mod block;
mod cache;
mod cursor;
mod filter;
mod look;
mod merge;
mod names;
mod run;
mod source;
mod tables;
mod verify;
mod write;

use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;
use std::sync::Arc;

use seiza_types::Height;

use crate::StorageError;
use crate::files;
pub(crate) use merge::{Merged, due, merge};
pub(crate) use names::{kept, range_of};
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
        let (kept, covered) = kept(files::list(dir)?);
        covered.iter().try_for_each(|path| files::remove(path))?;
        let mut runs: Vec<Arc<Run>> = Vec::new();
        for (first, path) in kept {
            match runs.last().map(|run| run.last() + 1) {
                Some(expected) if first != expected => return Err(gap(&path, expected)),
                _ => runs.push(Arc::new(Run::open(path)?)),
            }
        }
        Ok(Self(Arc::new(runs)))
    }

    /// Opens the runs in a folder, changing nothing in it.
    pub(crate) fn look(dir: &Path) -> Result<Self, StorageError> {
        let (kept, _) = kept(if dir.exists() { files::list(dir)? } else { Vec::new() });
        let runs = kept.into_iter().map(|(_, path)| Run::open(path).map(Arc::new));
        Ok(Self(Arc::new(runs.collect::<Result<_, _>>()?)))
    }

    /// The same runs, with archived ones before them: as many as join without a gap.
    pub(crate) fn behind(&self, archived: Vec<Run>) -> Self {
        let mut runs: Vec<Arc<Run>> = self.0.iter().filter(|run| run.is_local()).cloned().collect();
        for run in archived.into_iter().rev() {
            match runs.first().map(|after| after.first()) {
                Some(first) if run.last() + 1 == first => runs.insert(0, Arc::new(run)),
                _ => {}
            }
        }
        Self(Arc::new(runs))
    }

    /// The same runs with some of them replaced by what the archive has of the same heights.
    pub(crate) fn archived(&self, archived: Vec<Run>) -> Self {
        let mut runs = self.0.to_vec();
        for run in archived {
            if let Some(place) = runs.iter_mut().find(|local| local.first() == run.first()) {
                *place = Arc::new(run);
            }
        }
        Self(Arc::new(runs))
    }

    /// The runs that cover heights of a range.
    pub(crate) fn among(&self, heights: RangeInclusive<Height>) -> Self {
        let meets = |run: &&Arc<Run>| run.first() <= *heights.end() && run.last() >= *heights.start();
        Self(Arc::new(self.0.iter().filter(meets).cloned().collect()))
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
    #[cfg(test)]
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

    /// Visits a key's entries with heights of a range, ascending.
    pub(crate) fn visit(
        &self,
        key: &[u8],
        heights: RangeInclusive<Height>,
        visit: &mut dyn FnMut(Height, &[u8]) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, StorageError> {
        let mut flow = ControlFlow::Continue(());
        for run in self.among(heights.clone()).0.iter() {
            run.visit_key(key, *heights.start(), &mut |height, value| {
                flow = if height > *heights.end() { ControlFlow::Break(()) } else { visit(height, value) };
                flow
            })?;
            if flow.is_break() {
                break;
            }
        }
        Ok(flow)
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
