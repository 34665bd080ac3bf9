//! Pruning and merging now, not in the background's own time.

use std::sync::Arc;

use seiza_types::Height;

use crate::index::Run;
use crate::limits::RUN_MERGED_BYTES_MAX;
use crate::options::Progress;
use crate::{Storage, StorageError};

/// What [`Storage::compact`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Files of the index before and now.
    pub files: (usize, usize),
    /// Their bytes before and now.
    pub bytes: (u64, u64),
}

impl Storage {
    /// Merges neighbouring files of the index as far as their bounds allow; `progress` hears of files.
    ///
    /// # Errors
    /// Those of reading and writing; nothing is lost by them.
    pub fn compact(&self, progress: &dyn Fn(Progress)) -> Result<Compacted, StorageError> {
        let shared = self.shared();
        let _tidying = shared.tidying.lock();
        let runs: Vec<Arc<Run>> = local(self);
        let before = (runs.len(), bytes(&runs));
        let mut done = 0;
        for group in groups(&runs, shared.run_heights_max()) {
            if group.len() > 1 {
                shared.merge_group(group)?;
            }
            done += group.len();
            progress(Progress { stage: "merging", done: done as u64, total: runs.len() as u64 });
        }
        let runs = local(self);
        Ok(Compacted { files: (before.0, runs.len()), bytes: (before.1, bytes(&runs)) })
    }

    /// Drops, or archives, whole files that hold only heights more than `keep` below the head. Answers the lowest height
    /// that is left in this folder or its archive.
    ///
    /// # Errors
    /// [`StorageError::Unreachable`] where the archive is; those of reading and writing.
    pub fn prune(&self, keep: Height) -> Result<Height, StorageError> {
        let shared = self.shared();
        let _tidying = shared.tidying.lock();
        shared.prune_below(self.head().height.saturating_sub(keep))?;
        Ok(self.earliest())
    }
}

fn local(storage: &Storage) -> Vec<Arc<Run>> {
    let runs = storage.shared().recent.read().runs.clone();
    runs.runs().iter().filter(|run| run.is_local()).cloned().collect()
}

fn bytes(runs: &[Arc<Run>]) -> u64 {
    runs.iter().map(|run| run.bytes()).sum()
}

/// Neighbours that may become one file.
fn groups(runs: &[Arc<Run>], heights_max: Option<Height>) -> Vec<&[Arc<Run>]> {
    let (mut groups, mut start) = (Vec::new(), 0);
    for end in 1..=runs.len() {
        let fits = |group: &[Arc<Run>]| {
            let heights = group[group.len() - 1].last() - group[0].first() + 1;
            bytes(group) <= RUN_MERGED_BYTES_MAX && heights_max.is_none_or(|max| heights <= max)
        };
        if end == runs.len() || !fits(&runs[start..=end]) {
            groups.push(&runs[start..end]);
            start = end;
        }
    }
    groups
}
