//! Dropping what is older than the heights to keep: whole files, never a part of one, so that it costs as much as there are
//! files. Where there is an archive, it has to have them first.

use std::path::Path;
use std::sync::Arc;

use seiza_types::Height;

use crate::archive::{self, Archive};
use crate::index::Run;
use crate::limits::PRUNE_STEPS;
use crate::log::LogConfig;
use crate::open::{INDEX_DIR, block_log, change_log};
use crate::store::Shared;
use crate::{StorageError, files, genesis, image, log};

impl Shared {
    /// Heights that a run may cover, so that pruning, which drops only whole ones, keeps up.
    pub(crate) fn run_heights_max(&self) -> Option<Height> {
        self.options.keep_heights.map(|keep| (keep / PRUNE_STEPS).max(self.options.run_heights as u64))
    }

    /// Drops whole files that hold only heights below those to keep. An archive that cannot be reached makes it wait.
    pub(crate) fn prune(&self) -> Result<(), StorageError> {
        let Some(keep) = self.options.keep_heights else { return Ok(()) };
        let horizon = self.head.read().height.saturating_sub(keep);
        match self.prune_below(horizon) {
            Err(StorageError::Unreachable(error)) => {
                tracing::warn!(error, "nothing is pruned until the archive can be reached");
                Ok(())
            }
            pruned => pruned,
        }
    }

    /// Drops whole files that hold only heights below `horizon`.
    pub(crate) fn prune_below(&self, horizon: Height) -> Result<(), StorageError> {
        let runs = self.recent.read().runs.clone();
        let local: Vec<_> = runs.runs().iter().filter(|run| run.is_local()).cloned().collect();
        // The newest run stays in any case: without it nobody would know what is indexed.
        let dropped: Vec<_> =
            local.iter().take(local.len().saturating_sub(1)).filter(|run| run.last() < horizon).collect();
        let Some(first) = local.get(dropped.len()).map(|run| run.first()) else { return Ok(()) };
        let archive = self.archive.as_ref().map(|archive| self.attached(archive)).transpose()?;
        if !dropped.is_empty() {
            self.let_go(archive, &dropped)?;
        }
        self.prune_log(archive, &block_log(&self.dir, &self.options), archive::BLOCKS, first)?;
        // A start replays the changes above an image: they stay, however far back the older image lies.
        match image::list(&self.dir)?.last() {
            Some((image, _)) => {
                let reaches = first.min(image + 1);
                self.prune_log(archive, &change_log(&self.dir, &self.options), archive::CHANGES, reaches)
            }
            None => Ok(()),
        }
    }

    /// Takes runs out of use, or puts those of the archive in their place; then unlinks them.
    fn let_go(&self, archive: Option<&Arc<Archive>>, dropped: &[&Arc<Run>]) -> Result<(), StorageError> {
        let archived = match archive {
            Some(archive) => {
                let kept = dropped.iter().map(|run| {
                    let file = keep(archive, archive::RUNS, run.path())?;
                    file.copy_tail(run.path(), run.tail_at()?);
                    Ok(Run::archived(file))
                });
                Some(kept.collect::<Result<Vec<_>, StorageError>>()?)
            }
            None => None,
        };
        {
            let mut recent = self.recent.write();
            let runs = match archived {
                Some(archived) => recent.runs.archived(archived),
                None => recent.runs.reaching(dropped.last().map_or(0, |run| run.last()) + 1),
            };
            recent.pruned(runs);
        }
        dropped.iter().try_for_each(|run| files::remove(run.path()))?;
        files::sync_dir(&self.dir.join(INDEX_DIR), self.options.fsync)
    }

    /// Unlinks the segments of a log that hold only heights below `first`.
    fn prune_log(
        &self,
        archive: Option<&Arc<Archive>>,
        config: &LogConfig,
        folder: &str,
        first: Height,
    ) -> Result<(), StorageError> {
        let below = log::below(config, first)?;
        if below.is_empty() {
            return Ok(());
        }
        for path in &below {
            if let Some(archive) = archive {
                keep(archive, folder, path)?;
            }
            files::remove(path)?;
        }
        files::sync_dir(&config.dir, self.options.fsync)
    }

    /// The archive, ready to take files.
    fn attached<'a>(&self, archive: &'a Arc<Archive>) -> Result<&'a Arc<Archive>, StorageError> {
        if !archive.is_attached() {
            let archived = archive.attach(&genesis::path(&self.dir))?;
            let mut recent = self.recent.write();
            recent.runs = recent.runs.behind(archived);
            recent.measure_earliest();
        }
        Ok(archive)
    }

    /// Puts the archive's runs behind those of this folder. An archive that cannot be reached is asked again later.
    ///
    /// # Errors
    /// [`StorageError::Archive`] where it is another chain's.
    pub(crate) fn attach_at_start(&self) -> Result<(), StorageError> {
        let Some(archive) = self.archive.as_ref().filter(|_| genesis::path(&self.dir).exists()) else { return Ok(()) };
        match self.attached(archive) {
            Err(StorageError::Unreachable(error)) => {
                tracing::warn!(error, "the archive cannot be reached: old heights cannot be read until it is");
                Ok(())
            }
            attached => attached.map(|_| ()),
        }
    }
}

fn keep(archive: &Arc<Archive>, folder: &str, path: &Path) -> Result<archive::ArchivedFile, StorageError> {
    archive.keep(folder, path).map_err(|error| StorageError::Unreachable(format!("{}: {error}", path.display())))
}
