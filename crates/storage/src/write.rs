//! Writing: genesis, decided blocks, commits. One writer at a time each; the order of steps is what the promises rest on.

use std::sync::Arc;

use seiza_state::Changeset;
use seiza_types::{AppHash, B256, Block, Certificate, Height};

use crate::entry::Place;
use crate::genesis::{self, GenesisRecord};
use crate::limits::{BACKLOG_BYTES_MAX, BACKLOG_HEIGHTS_MAX};
use crate::parties::Parties;
use crate::recent::{Decided, Pending, tendermint_names};
use crate::speculation::{Speculation, Start};
use crate::version::Version;
use crate::{Commit, Head, Snapshot, Storage, StorageError, StoredBlock, payload};

impl Storage {
    /// Root of the state that `layers` over the head lead to, the oldest first: layer `i` is the block `i + 1` above the
    /// head. Nothing is written. A layer that has become the head meanwhile is recognised by its `Arc` and left out, so a
    /// caller that computes beside a commit gets the right answer; each block's changeset has to be an `Arc` of its own.
    ///
    /// # Errors
    /// None at present; the type leaves room for trees on disk.
    pub fn root_after(&self, layers: &[Arc<Changeset>]) -> Result<AppHash, StorageError> {
        let start = self.shared().speculation.lock().start(layers);
        Ok(self.compute(start).app_hash())
    }

    fn compute(&self, start: Start) -> Arc<Version> {
        let (mut done, mut version) = (start.done, start.version);
        for layer in start.left {
            version = Arc::new(version.apply(version.height + 1, &layer));
            version.app_hash();
            done.push(layer);
            self.shared().speculation.lock().remember(&start.base, &done, version.clone());
        }
        version
    }

    /// Stores what the chain begins with, once: the state of height 0. Answers its root.
    ///
    /// # Errors
    /// [`StorageError::Initialised`] the second time; those of writing.
    pub fn init_genesis(&self, record: GenesisRecord, changes: &Changeset) -> Result<AppHash, StorageError> {
        let shared = self.shared();
        let mut stored = shared.genesis.write();
        if stored.is_some() {
            return Err(StorageError::Initialised);
        }
        genesis::write(&shared.dir, shared.options.fsync, &record, changes)?;
        let empty = shared.recent.read().versions.get(&0).cloned().ok_or(StorageError::Initialised)?;
        let version = Arc::new(empty.apply(0, changes));
        let head = genesis_head(&record, &version);
        shared.recent.write().versions.insert(0, version.clone());
        let mut speculation = shared.speculation.lock();
        *speculation = Speculation::new(version);
        let app_hash = head.app_hash;
        shared.imaging.changed(changes.len());
        *shared.head.write() = Arc::new(head);
        *stored = Some(record);
        drop(speculation);
        shared.signal.notify();
        Ok(app_hash)
    }

    /// Makes a decided block durable: the commit point of consensus; what was kept undecided of its height is let go.
    /// Storing the same block again is no error, so a node that replays need not ask.
    ///
    /// # Errors
    /// [`StorageError::Height`] where it is not the next; [`StorageError::OtherBlock`]; those of writing.
    pub fn append_block(&self, block: &Block, certificate: &Certificate) -> Result<(), StorageError> {
        let shared = self.shared();
        if shared.genesis.read().is_none() {
            return Err(StorageError::NotInitialised);
        }
        let (height, hash) = (block.height(), block.hash());
        if height <= self.decided_tip() {
            return self.check_same(height, hash);
        }
        let record = payload::block_record(block, certificate);
        let bytes = record.len();
        let mut log = shared.block_log.lock();
        let location = log.append(height, record)?;
        let stored = StoredBlock { block: block.clone(), hash, certificate: certificate.clone(), results: None };
        let decided = Decided { location, block: Arc::new(stored), bytes };
        shared.recent.write().decided.insert(height, decided);
        shared.undecided.lock().empty(height + 1)
    }

    fn check_same(&self, height: Height, hash: B256) -> Result<(), StorageError> {
        let stored = self.block(height)?.ok_or(StorageError::Pruned(height))?;
        if stored.hash == hash { Ok(()) } else { Err(StorageError::OtherBlock(height)) }
    }

    /// Makes the results of the next decided block durable by one append, then publishes it as the head. When this returns,
    /// every query finds the height.
    ///
    /// # Errors
    /// [`StorageError::Height`] where it is not the next, or not decided; [`StorageError::AppHash`] where the changes lead
    /// to another root than stated; [`StorageError::Stopped`] after an earlier failure, of background work too; those of
    /// writing. After any of these nothing is changed.
    pub fn commit(&self, commit: Commit) -> Result<Arc<Head>, StorageError> {
        let shared = self.shared();
        shared.wait_for_indexer()?;
        let mut log = shared.change_log.lock();
        let expected = self.head().height + 1;
        let decided = shared.recent.read().decided.get(&commit.height).cloned();
        let Some(decided) = decided.filter(|_| commit.height == expected) else {
            return Err(StorageError::Height { expected, given: commit.height });
        };
        let start = shared.speculation.lock().start_at_head(std::slice::from_ref(&commit.changes));
        let version = self.compute(start);
        let actual = version.app_hash();
        if actual != commit.app_hash {
            return Err(StorageError::AppHash { height: commit.height, stated: commit.app_hash, actual });
        }
        let record = payload::commit_record(actual, &commit.changes, &commit.results);
        let bytes = decided.bytes + record.len();
        let record_bytes = record.len();
        let location = log.append(commit.height, record)?;
        shared.imaging.committed(commit.height, &commit.changes, record_bytes);
        let place = Place { hash: decided.block.hash, block: decided.location, commit: location };
        Ok(shared.publish(commit, place, &decided, version, bytes))
    }
}

impl crate::store::Shared {
    /// Shows a durable height to readers: first everything that is found by it, then the head.
    fn publish(
        &self,
        commit: Commit,
        place: Place,
        decided: &Decided,
        version: Arc<Version>,
        bytes: usize,
    ) -> Arc<Head> {
        let names = tendermint_names(&decided.block.block);
        let results = Arc::new(commit.results);
        let block = Arc::new(StoredBlock { results: Some(results.clone()), ..(*decided.block).clone() });
        let parties = Parties::later(block.clone());
        let pending = Pending::new(commit.height, place, commit.changes.clone(), &results, &names, parties);
        let head = Arc::new(block_head(&block, &version));
        {
            let mut recent = self.recent.write();
            recent.cache(block, bytes);
            recent.commit(Arc::new(pending), version.clone());
        }
        let mut speculation = self.speculation.lock();
        speculation.advance(version, commit.changes);
        *self.head.write() = head.clone();
        drop(speculation);
        self.signal.notify();
        head
    }

    /// Where too much waits for the indexer, waits for it; says so where background work has failed.
    fn wait_for_indexer(&self) -> Result<(), StorageError> {
        self.signal.wait_while(|| {
            let recent = self.recent.read();
            recent.pending.len() >= BACKLOG_HEIGHTS_MAX || recent.pending_bytes >= BACKLOG_BYTES_MAX
        })
    }
}

/// The head at height 0.
pub(crate) fn genesis_head(record: &GenesisRecord, version: &Arc<Version>) -> Head {
    Head {
        height: 0,
        app_hash: version.app_hash(),
        block_hash: B256::ZERO,
        time: record.time,
        block: None,
        state: Snapshot::recent(version.clone()),
    }
}

/// The head at a block.
pub(crate) fn block_head(block: &Arc<StoredBlock>, version: &Arc<Version>) -> Head {
    Head {
        height: version.height,
        app_hash: version.app_hash(),
        block_hash: block.hash,
        time: block.block.header.time,
        block: Some(block.clone()),
        state: Snapshot::recent(version.clone()),
    }
}
