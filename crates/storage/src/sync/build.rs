//! Building the storage of a snapshot in a folder of its own.

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use rayon::prelude::*;
use seiza_state::Changeset;
use seiza_types::Height;

use super::chunk;
use super::install::SYNCED;
use super::top::{self, Op};
use super::{Base, ChunkId, Installed, SnapshotFile, Step, SyncError};
use crate::entry::{self, Entry, Place};
use crate::files::{self, NewFile};
use crate::genesis::{self, GenesisRecord};
use crate::image::{self, Graft, Sink};
use crate::index::{self, RunSpec};
use crate::limits::SYNC_GRAFTS_AHEAD;
use crate::log::{self, Log};
use crate::open::{INDEX_DIR, block_log, change_log};
use crate::{Options, StorageError, payload};

/// A storage being built.
pub(super) struct Build<'a> {
    /// The folder.
    pub(super) dir: &'a Path,
    /// Of what.
    pub(super) snapshot: &'a SnapshotFile,
    /// Hears how far it is.
    pub(super) progress: &'a mut dyn FnMut(Step),
}

impl Build<'_> {
    /// Builds all of it.
    pub(super) fn all(&mut self, (record, changes): (&GenesisRecord, &Changeset)) -> Result<Installed, SyncError> {
        let parts = self.snapshot.parts();
        let (height, app_hash) = (parts.height, parts.app_hash);
        let base = Base::decode(&parts.base)?;
        let keys = self.image()?;
        let place = self.logs(&base)?;
        self.index(height, &place)?;
        let mut synced = NewFile::create(&self.dir.join(SYNCED), true)?;
        let mut record_of_height = log::frame(0);
        log::seal(&mut record_of_height, height, 0);
        synced.write(&record_of_height)?;
        synced.publish()?;
        genesis::write(self.dir, true, record, changes)?;
        Ok(Installed { height, app_hash, keys })
    }

    /// The image of the state, node by node: the state itself is never in memory.
    fn image(&mut self) -> Result<u64, SyncError> {
        image::prepare(self.dir)?;
        let (parts, mut keys) = (self.snapshot.parts(), 0);
        let mut failure = None;
        image::write_nodes(self.dir, true, (parts.height, parts.app_hash), &mut |sink| {
            let fed = self.feed(sink).map(|count| keys = count);
            fed.map_err(|error| match error {
                SyncError::Storage(error) => error,
                other => {
                    let text = other.to_string();
                    failure = Some(other);
                    StorageError::Stopped(text)
                }
            })
        })
        .map_err(|error| failure.take().unwrap_or(SyncError::Storage(error)))?;
        Ok(keys)
    }

    /// Hands over all nodes. Chunks are made ready on all cores while those before are written.
    fn feed(&mut self, sink: &mut Sink<'_>) -> Result<u64, SyncError> {
        let ids: Vec<ChunkId> = in_order(self.snapshot).collect();
        let (snapshot, total) = (self.snapshot, ids.len() as u64);
        std::thread::scope(|scope| {
            let (sender, ready) = mpsc::sync_channel(SYNC_GRAFTS_AHEAD);
            scope.spawn(move || graft_all(snapshot, &ids, &sender));
            self.write(sink, total, &mut ready.into_iter())
        })
    }

    fn write(
        &mut self,
        sink: &mut Sink<'_>,
        total: u64,
        grafts: &mut dyn Iterator<Item = Result<Graft, SyncError>>,
    ) -> Result<u64, SyncError> {
        let (mut done, mut keys) = (0, 0);
        for (_, ops) in self.snapshot.top().stores() {
            for op in ops {
                if let Op::Inner(version, ..) = op {
                    sink.inner(*version)?;
                    continue;
                }
                let graft = grafts.next().expect("there are as many as there are chunks, or an error before")?;
                keys += graft.root().map_or(0, |(_, size)| size);
                sink.graft(graft)?;
                done += 1;
                (self.progress)(Step { done, total });
            }
            sink.end_store()?;
        }
        Ok(keys)
    }

    /// Both logs, each with the one record of the snapshot's height.
    fn logs(&self, base: &Base) -> Result<Place, SyncError> {
        let (options, height) = (Options::default(), self.snapshot.parts().height);
        let block = payload::block_record(&base.block, &base.certificate);
        let commit = payload::commit_record(self.snapshot.parts().app_hash, &Changeset::default(), &base.results);
        let block = Log::open(block_log(self.dir, &options), height)?.append(height, block)?;
        let commit = Log::open(change_log(self.dir, &options), height)?.append(height, commit)?;
        Ok(Place { hash: base.block.hash(), block, commit })
    }

    fn index(&self, height: Height, place: &Place) -> Result<(), StorageError> {
        let dir: PathBuf = self.dir.join(INDEX_DIR);
        files::make_dir(&dir)?;
        let mut entries = [
            Entry { key: entry::block_key(&place.hash), height, value: Vec::new() },
            Entry { key: entry::place_key(height), height, value: entry::place_value(place) },
        ];
        entries.sort_unstable();
        let spec = RunSpec { dir: &dir, range: (height, height), level: 0, fsync: true };
        index::write(spec, entries.into_iter().map(Ok)).map(drop)
    }
}

/// The chunks in the order in which an image has them; one that is in several places comes as often.
fn in_order(snapshot: &SnapshotFile) -> impl Iterator<Item = ChunkId> {
    snapshot.top().stores().flat_map(|(store, ops)| ops.iter().filter_map(move |op| top::id(store, op)))
}

/// Reads and checks chunks on all cores, a few at a time, and hands them on in order.
fn graft_all(snapshot: &SnapshotFile, ids: &[ChunkId], sender: &mpsc::SyncSender<Result<Graft, SyncError>>) {
    for few in ids.chunks(SYNC_GRAFTS_AHEAD) {
        let graft = |id: &ChunkId| chunk::graft(*id, &snapshot.chunk(id)?);
        let grafts: Vec<_> = few.par_iter().map(graft).collect();
        for graft in grafts {
            let failed = graft.is_err();
            if sender.send(graft).is_err() || failed {
                return;
            }
        }
    }
}
