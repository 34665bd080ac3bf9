//! Counters: bytes and messages by kind and direction, and what happened to peers.
//!
//! Bytes are those of frames as the codec reads and writes them; the encryption's and the multiplexer's own bytes come
//! on top (about 2 %).

use std::{
    array,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Hello, welcome, refusal.
    Hello,
    /// Hashes of transactions.
    Announce,
    /// Whole transactions, unasked.
    Push,
    /// Evidence.
    Evidence,
    /// Requests for transactions, and responses.
    Txs,
    /// Requests for a block's transactions, and responses.
    BlockTxs,
    /// Requests for block parts, and responses.
    Parts,
    /// Requests for peers' addresses, and responses; "busy".
    Peers,
    /// Requests for parts of snapshots, and responses.
    Snapshots,
}

impl Kind {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Hello,
        Self::Announce,
        Self::Push,
        Self::Evidence,
        Self::Txs,
        Self::BlockTxs,
        Self::Parts,
        Self::Peers,
        Self::Snapshots,
    ];

    /// Its name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Announce => "announce",
            Self::Push => "push",
            Self::Evidence => "evidence",
            Self::Txs => "txs",
            Self::BlockTxs => "block_txs",
            Self::Parts => "parts",
            Self::Peers => "peers",
            Self::Snapshots => "snapshots",
        }
    }
}

/// Messages and bytes of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages received.
    pub messages_in: u64,
    /// Messages sent.
    pub messages_out: u64,
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes sent.
    pub bytes_out: u64,
}

/// All counters at one moment, since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// By kind, in the order of [`Kind::ALL`].
    pub traffic: [Traffic; 9],
    /// Faults that were scored.
    pub faults: u64,
    /// Bans that were spoken.
    pub bans: u64,
    /// Connections refused because of a ban or a bound.
    pub refused: u64,
    /// Peers that said a good hello.
    pub joined: u64,
    /// Dials that were begun.
    pub dials: u64,
    /// Dials that failed.
    pub dials_failed: u64,
    /// Frames dropped because a peer takes them too slowly.
    pub frames_dropped: u64,
    /// Announced transactions dropped because too many wait for the next flush.
    pub announcements_dropped: u64,
    /// Events dropped because the node takes them too slowly.
    pub events_dropped: u64,
    /// Requests that got no answer in time.
    pub timeouts: u64,
}

impl Figures {
    /// Traffic of one kind.
    #[must_use]
    pub const fn of(&self, kind: Kind) -> Traffic {
        self.traffic[kind as usize]
    }

    /// Traffic of all kinds.
    #[must_use]
    pub fn total(&self) -> Traffic {
        self.traffic.iter().fold(Traffic::default(), |sum, one| Traffic {
            messages_in: sum.messages_in + one.messages_in,
            messages_out: sum.messages_out + one.messages_out,
            bytes_in: sum.bytes_in + one.bytes_in,
            bytes_out: sum.bytes_out + one.bytes_out,
        })
    }
}

/// The counters themselves, shared by all tasks.
#[derive(Debug, Default)]
pub struct Counters {
    traffic: [[AtomicU64; 4]; 9],
    pub(crate) faults: AtomicU64,
    pub(crate) bans: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) joined: AtomicU64,
    pub(crate) dials: AtomicU64,
    pub(crate) dials_failed: AtomicU64,
    pub(crate) frames_dropped: AtomicU64,
    pub(crate) announcements_dropped: AtomicU64,
    pub(crate) events_dropped: AtomicU64,
    pub(crate) timeouts: AtomicU64,
}

impl Counters {
    /// One message of so many bytes came.
    pub fn received(&self, kind: Kind, bytes: usize) {
        let [messages, _, total, _] = &self.traffic[kind as usize];
        messages.fetch_add(1, Relaxed);
        total.fetch_add(bytes as u64, Relaxed);
    }

    /// One message of so many bytes went.
    pub fn sent(&self, kind: Kind, bytes: usize) {
        let [_, messages, _, total] = &self.traffic[kind as usize];
        messages.fetch_add(1, Relaxed);
        total.fetch_add(bytes as u64, Relaxed);
    }

    /// All of them now.
    pub fn read(&self) -> Figures {
        Figures {
            traffic: array::from_fn(|kind| self.traffic(kind)),
            faults: self.faults.load(Relaxed),
            bans: self.bans.load(Relaxed),
            refused: self.refused.load(Relaxed),
            joined: self.joined.load(Relaxed),
            dials: self.dials.load(Relaxed),
            dials_failed: self.dials_failed.load(Relaxed),
            frames_dropped: self.frames_dropped.load(Relaxed),
            announcements_dropped: self.announcements_dropped.load(Relaxed),
            events_dropped: self.events_dropped.load(Relaxed),
            timeouts: self.timeouts.load(Relaxed),
        }
    }

    fn traffic(&self, kind: usize) -> Traffic {
        let [messages_in, messages_out, bytes_in, bytes_out] =
            array::from_fn(|at| self.traffic[kind][at].load(Relaxed));
        Traffic { messages_in, messages_out, bytes_in, bytes_out }
    }
}

/// Adds one.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}
