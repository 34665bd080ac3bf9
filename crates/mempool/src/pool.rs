//! The pool itself: what it holds, its indices, and the questions one may ask it.

use std::collections::{BTreeMap, HashMap};

use seiza_types::{Address, B256, VerifiedTx};

use crate::entry::Entry;
use crate::lane::Lane;
use crate::limits::{Limits, RECENT_MAX};
use crate::recent::Recent;
use crate::tails::Tails;
use crate::view::LaneView;

/// The waiting transactions of a node.
///
/// A transaction is in four places: its lane, `by_hash`, `by_arrival`, and, where it is its lane's last, `tails`. Only
/// [`Pool::update`], [`Pool::remember`] and [`Pool::forget`] keep them in step.
#[derive(Debug)]
pub struct Pool {
    pub(crate) limits: Limits,
    pub(crate) lanes: BTreeMap<Address, Lane>,
    pub(crate) by_hash: HashMap<B256, Place>,
    pub(crate) by_arrival: BTreeMap<u64, (Address, u64)>,
    pub(crate) tails: Tails,
    pub(crate) counts: Counts,
    pub(crate) arrivals: u64,
    pub(crate) recent: Recent,
    /// The latest time that a caller told; one that goes back is not believed.
    pub(crate) now_ms: u64,
}

/// Where a transaction waits.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) lane: Address,
    pub(crate) tx: VerifiedTx,
}

/// How much the pool holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Executable transactions.
    pub pending: usize,
    /// Transactions that wait for a nonce or for funds.
    pub queued: usize,
    /// Bytes of all encodings.
    pub bytes: usize,
}

impl Counts {
    /// Transactions in all.
    #[must_use]
    pub fn txs(&self) -> usize {
        self.pending + self.queued
    }
}

impl Pool {
    /// An empty pool.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            lanes: BTreeMap::new(),
            by_hash: HashMap::new(),
            by_arrival: BTreeMap::new(),
            tails: Tails::default(),
            counts: Counts::default(),
            arrivals: 0,
            recent: Recent::new(RECENT_MAX),
            now_ms: 0,
        }
    }

    /// The transaction with this hash. O(1).
    #[must_use]
    pub fn get(&self, hash: &B256) -> Option<&VerifiedTx> {
        self.by_hash.get(hash).map(|place| &place.tx)
    }

    /// Whether the pool holds this transaction. O(1).
    #[must_use]
    pub fn contains(&self, hash: &B256) -> bool {
        self.by_hash.contains_key(hash)
    }

    /// Whether this transaction waits here, or was lately included in a block: nobody need bring it again. O(1).
    #[must_use]
    pub fn has_met(&self, hash: &B256) -> bool {
        self.contains(hash) || self.recent.contains(hash)
    }

    /// When the transaction with this hash came in, milliseconds on the clock of whoever inserted it. O(log n).
    #[must_use]
    pub fn arrived_ms(&self, hash: &B256) -> Option<u64> {
        let place = self.by_hash.get(hash)?;
        self.lanes.get(&place.lane)?.get(place.tx.nonce).map(|entry| entry.at_ms)
    }

    /// All transactions here with their hashes, in no order that means anything: what a proposal's short ids are looked up
    /// in.
    pub fn all(&self) -> impl Iterator<Item = (&B256, &VerifiedTx)> {
        self.by_hash.iter().map(|(hash, place)| (hash, &place.tx))
    }

    /// The nonce that the account's next transaction should take, after its executable ones; `None` where nothing of it
    /// waits here, so that state knows better.
    #[must_use]
    pub fn pending_nonce(&self, lane: &Address) -> Option<u64> {
        self.lanes.get(lane).map(Lane::next)
    }

    /// How much the pool holds. O(1).
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What the pool may hold.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// One account's transactions, if any wait.
    #[must_use]
    pub fn lane(&self, lane: &Address) -> Option<LaneView<'_>> {
        self.lanes.get(lane).map(LaneView)
    }

    /// Every account's transactions, in address order.
    pub fn lanes(&self) -> impl Iterator<Item = (&Address, LaneView<'_>)> {
        self.lanes.iter().map(|(address, lane)| (address, LaneView(lane)))
    }

    /// Changes a lane that exists, keeping its tail's place and the counts in step. What enters or leaves by it must be
    /// remembered or forgotten, and an emptied lane swept.
    pub(crate) fn update<R>(&mut self, address: Address, change: impl FnOnce(&mut Lane, &Limits) -> R) -> Option<R> {
        let lane = self.lanes.get_mut(&address)?;
        if let Some(tail) = lane.tail() {
            self.tails.remove(tail, lane.is_executable(tail.tx.nonce));
        }
        self.counts.pending -= lane.run_len();
        self.counts.queued -= lane.queued_len();
        let answer = change(lane, &self.limits);
        self.counts.pending += lane.run_len();
        self.counts.queued += lane.queued_len();
        if let Some(tail) = lane.tail() {
            self.tails.add(address, tail, lane.is_executable(tail.tx.nonce));
        }
        Some(answer)
    }

    /// Drops a lane that is empty.
    pub(crate) fn sweep(&mut self, address: Address) {
        if self.lanes.get(&address).is_some_and(Lane::is_empty) {
            self.lanes.remove(&address);
        }
    }

    /// Indexes an entry that enters a lane.
    pub(crate) fn remember(&mut self, lane: Address, entry: &Entry) {
        self.counts.bytes += entry.tx.raw.len();
        self.by_arrival.insert(entry.arrival, (lane, entry.tx.nonce));
        self.by_hash.insert(entry.tx.hash, Place { lane, tx: entry.tx.clone() });
    }

    /// Takes an entry that left its lane out of the indices; gives its hash.
    pub(crate) fn forget(&mut self, entry: &Entry) -> B256 {
        self.counts.bytes -= entry.tx.raw.len();
        self.by_arrival.remove(&entry.arrival);
        self.by_hash.remove(&entry.tx.hash);
        entry.tx.hash
    }
}
