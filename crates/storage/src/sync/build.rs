//! Building the storage of a snapshot in a folder of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use seiza_state::{Changeset, Key, Value};
use seiza_types::Height;

use super::chunk::{self, Node};
use super::install::SYNCED;
use super::top::{self, Op};
use super::{Base, Installed, SnapshotFile, Step, SyncError};
use crate::entry::{self, Entry, Place};
use crate::files::{self, NewFile};
use crate::genesis::{self, GenesisRecord};
use crate::image::{self, Sink};
use crate::index::{self, RunSpec};
use crate::log::{self, Log};
use crate::open::{INDEX_DIR, block_log, change_log};
use crate::tree::{Leaf, TreeNode};
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
        synced.file.write_all(&record_of_height).map_err(StorageError::io("write", self.dir))?;
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

    fn feed(&mut self, sink: &mut Sink<'_>) -> Result<u64, SyncError> {
        let (total, mut done, mut keys) = (self.snapshot.progress().0 as u64, 0, 0);
        for (store, ops) in self.snapshot.top().stores() {
            for op in ops {
                match (op, top::id(store, op)) {
                    (Op::Inner(version, ..), _) => sink.node(&TreeNode::Inner { version: *version })?,
                    (Op::Chunk(_), Some(id)) => {
                        keys += feed_chunk(&self.snapshot.chunk(&id)?, sink)?;
                        done += 1;
                        (self.progress)(Step { done, total });
                    }
                    (Op::Chunk(_), None) => unreachable!("a chunk has a name"),
                }
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

/// Passes a chunk's nodes on; answers its keys.
fn feed_chunk(bytes: &[u8], sink: &mut Sink<'_>) -> Result<u64, SyncError> {
    let mut keys = 0;
    chunk::read(bytes, &mut |store, node| {
        match node {
            Node::Inner(version) => sink.node(&TreeNode::Inner { version })?,
            Node::Leaf(path, value, version) => {
                keys += 1;
                let leaf: Arc<Leaf> = Leaf::new(Key::new(store, &[path]), Value::from(value), version);
                sink.node(&TreeNode::Leaf(&leaf))?;
            }
        }
        Ok(())
    })?;
    Ok(keys)
}
