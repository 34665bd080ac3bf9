//! What memory holds beside the trees: the heights that are not indexed yet, the last states, the last blocks decoded.
//!
//! Invariant: every committed height is either in `pending` or in the index, at any moment a reader can look. Readers hold
//! the lock around this only to look something up, so that nobody waits for anybody's disk.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use seiza_state::Changeset;
use seiza_types::{B256, Block, Bloom, Code, Height};
use sha2::{Digest, Sha256};

use crate::entry::{self, Entry, Place};
use crate::index::{self, Run, RunSet, RunSpec};
use crate::limits::{BLOCK_CACHE_BYTES_MAX, BLOCK_CACHE_COUNT_MAX, RECENT_STATES};
use crate::log::Location;
use crate::open::{INDEX_DIR, earliest_of};
use crate::parties::Parties;
use crate::version::Version;
use crate::{BlockResults, StorageError, StoredBlock};

/// A committed height that waits for the indexer.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) height: Height,
    pub(crate) place: Place,
    /// Bytes its entries will take, about.
    pub(crate) bytes: usize,
    pub(crate) bloom: Bloom,
    changes: Arc<Changeset>,
    txs: HashMap<B256, (u32, bool)>,
    /// Who has part in which transaction.
    parties: Parties,
}

/// By what Tendermint's clients ask for the block's transactions: SHA-256 of their bytes. For a Cosmos transaction that is
/// its hash anyway; an Ethereum one is found by both.
pub(crate) fn tendermint_names(block: &Block) -> Vec<B256> {
    block.txs.iter().map(|tx| B256::new(Sha256::digest(tx).into())).collect()
}

impl Pending {
    /// Collects what will be indexed of a height.
    pub(crate) fn new(
        height: Height,
        place: Place,
        changes: Arc<Changeset>,
        results: &BlockResults,
        names: &[B256],
        parties: Parties,
    ) -> Self {
        let mut txs = HashMap::with_capacity(results.tx_hashes.len());
        for (index, hash) in (0u32..).zip(&results.tx_hashes).chain((0u32..).zip(names)) {
            let skipped = results.receipts.get(index as usize).is_some_and(|receipt| receipt.code == Code::Skipped);
            if !skipped || !txs.contains_key(hash) {
                txs.insert(*hash, (index, skipped));
            }
        }
        let bytes = 512 + txs.len() * 128 + changes.len() * 128;
        Self { height, place, bytes, bloom: *results.bloom(), changes, txs, parties }
    }

    /// Who has part in which of its transactions.
    pub(crate) fn parties(&self) -> &Parties {
        &self.parties
    }

    /// What the height changed.
    pub(crate) fn changes(&self) -> &Arc<Changeset> {
        &self.changes
    }

    /// The transaction with that hash: its index and whether it was skipped.
    pub(crate) fn tx(&self, hash: &B256) -> Option<(u32, bool)> {
        self.txs.get(hash).copied()
    }

    /// Appends this height's entries; `before` is the state it changed.
    pub(crate) fn entries(&self, before: &Version, out: &mut Vec<Entry>) {
        let mut push = |key, value| out.push(Entry { key, height: self.height, value });
        for (key, _) in self.changes.iter() {
            let old = before.leaf(key);
            push(key.as_bytes().to_vec(), entry::old_value(old.as_ref().map(|leaf| leaf.value_bytes())));
        }
        #[allow(clippy::iter_over_hash_type)] // the entries are sorted before they are written
        for (hash, (index, skipped)) in &self.txs {
            push(entry::tx_key(hash), entry::tx_value(*index, *skipped));
        }
        let parties = &self.parties;
        for (key, all) in [(entry::party_key as fn(&_) -> _, parties.txs()), (entry::fills_key, parties.fills())] {
            for group in all.chunk_by(|a, b| a.0 == b.0) {
                push(key(&group[0].0), entry::ascending(group.iter().map(|(_, number)| *number)));
            }
        }
        push(entry::block_key(&self.place.hash), Vec::new());
        push(entry::place_key(self.height), entry::place_value(&self.place));
        if !self.bloom.is_zero() {
            push(entry::bloom_key(self.height), self.bloom.to_vec());
        }
    }
}

/// A block that is decided and not committed yet.
#[derive(Debug, Clone)]
pub(crate) struct Decided {
    pub(crate) location: Location,
    pub(crate) block: Arc<StoredBlock>,
    pub(crate) bytes: usize,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    /// States by height: from the last indexed height, or [`RECENT_STATES`] below the head where that is lower, to the head.
    pub(crate) versions: BTreeMap<Height, Arc<Version>>,
    /// Committed heights above the index, without a gap.
    pub(crate) pending: BTreeMap<Height, Arc<Pending>>,
    /// Decided heights above the head, without a gap.
    pub(crate) decided: BTreeMap<Height, Decided>,
    /// Bytes that the entries of `pending` will take, about.
    pub(crate) pending_bytes: usize,
    /// The index of all heights below `pending`.
    pub(crate) runs: RunSet,
    /// The lowest height whose block and state can be read.
    pub(crate) earliest: Height,
    /// Below it nothing is whole, whatever lies there: where the folder was made of a snapshot.
    pub(crate) floor: Height,
    cache: BTreeMap<Height, (Arc<StoredBlock>, usize)>,
    cache_bytes: usize,
}

impl Recent {
    /// Nothing in memory but one state; all below it is in `runs`.
    pub(crate) fn new(runs: RunSet, version: Arc<Version>) -> Self {
        Self { runs, versions: BTreeMap::from([(version.height, version)]), ..Self::default() }
    }

    /// A height is committed: from now on readers find it.
    pub(crate) fn commit(&mut self, pending: Arc<Pending>, version: Arc<Version>) {
        let height = pending.height;
        self.decided.remove(&height);
        self.pending_bytes += pending.bytes;
        self.pending.insert(height, pending);
        self.versions.insert(height, version);
    }

    /// Keeps a decoded block for readers, dropping the lowest ones beyond the bounds.
    pub(crate) fn cache(&mut self, block: Arc<StoredBlock>, bytes: usize) {
        let height = block.block.height();
        if let Some((_, old)) = self.cache.insert(height, (block, bytes)) {
            self.cache_bytes -= old;
        }
        self.cache_bytes += bytes;
        while self.cache.len() > BLOCK_CACHE_COUNT_MAX
            || (self.cache_bytes > BLOCK_CACHE_BYTES_MAX && self.cache.len() > 1)
        {
            let Some((_, (_, freed))) = self.cache.pop_first() else { break };
            self.cache_bytes -= freed;
        }
    }

    /// Heights below `earliest` are pruned: nothing in memory answers for them either.
    pub(crate) fn pruned(&mut self, kept: RunSet) {
        self.runs = kept;
        self.measure_earliest();
        let cached = self.cache.split_off(&self.earliest);
        self.cache = cached;
        self.cache_bytes = self.cache.values().map(|(_, bytes)| bytes).sum();
    }

    /// Finds the lowest height that can be read, after the runs have changed.
    pub(crate) fn measure_earliest(&mut self) {
        self.earliest = earliest_of(&self.runs).max(self.floor);
    }

    /// The block at a height, if it is in memory.
    pub(crate) fn block(&self, height: Height) -> Option<Arc<StoredBlock>> {
        let cached = self.cache.get(&height).map(|(block, _)| block);
        cached.or_else(|| self.decided.get(&height).map(|decided| &decided.block)).cloned()
    }

    /// The height of a block that is not indexed yet.
    pub(crate) fn height_of(&self, hash: &B256) -> Option<Height> {
        let pending = self.pending.iter().rev().find(|(_, pending)| pending.place.hash == *hash);
        let decided =
            || self.decided.iter().find(|(_, decided)| decided.block.hash == *hash).map(|(height, _)| *height);
        pending.map(|(height, _)| *height).or_else(decided)
    }

    /// The heights that one run would index: their entries, unsorted, and the last height. `None` where none wait.
    pub(crate) fn batch(&self, heights: usize, bytes: usize) -> Option<Batch> {
        let mut batch = Batch::default();
        let mut taken = 0;
        for pending in self.pending.values().take(heights) {
            if taken >= bytes {
                break;
            }
            taken += pending.bytes;
            let before = self.versions.get(&(pending.height - 1)).expect("states below pending heights are kept");
            batch.heights.push((pending.clone(), before.clone()));
        }
        (!batch.heights.is_empty()).then_some(batch)
    }

    /// Heights up to `last` are indexed: they need no longer wait here. What is let go is given back, to be dropped where
    /// nobody waits for it.
    #[must_use = "dropping states takes time: do it outside the lock"]
    pub(crate) fn indexed(&mut self, last: Height) -> Released {
        let waiting = self.pending.split_off(&(last + 1));
        let done = std::mem::replace(&mut self.pending, waiting);
        self.pending_bytes -= done.values().map(|pending| pending.bytes).sum::<usize>();
        let head = self.versions.last_key_value().map_or(0, |(height, _)| *height);
        let kept = self.versions.split_off(&last.min(head.saturating_sub(RECENT_STATES)));
        let old = std::mem::replace(&mut self.versions, kept);
        Released { _pending: done, _versions: old }
    }
}

/// Heights to be indexed together, each with the state before it.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    heights: Vec<(Arc<Pending>, Arc<Version>)>,
}

impl Batch {
    /// First and last height.
    pub(crate) fn range(&self) -> (Height, Height) {
        let height = |pair: Option<&(Arc<Pending>, Arc<Version>)>| pair.map_or(0, |(pending, _)| pending.height);
        (height(self.heights.first()), height(self.heights.last()))
    }

    /// Writes the run of these heights.
    pub(crate) fn write(&self, dir: &Path, fsync: bool) -> Result<Run, StorageError> {
        let mut entries = Vec::new();
        self.heights.iter().for_each(|(pending, before)| pending.entries(before, &mut entries));
        entries.sort_unstable();
        let spec = RunSpec { dir: &dir.join(INDEX_DIR), range: self.range(), level: 0, fsync };
        index::write(spec, entries.into_iter().map(Ok))
    }
}

/// What memory no longer needs; dropping it frees whole states.
pub(crate) struct Released {
    _pending: BTreeMap<Height, Arc<Pending>>,
    _versions: BTreeMap<Height, Arc<Version>>,
}
