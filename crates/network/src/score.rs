//! What a peer's faults cost it, how they are forgiven, and when it is banned.
//!
//! A fault adds its points; every second takes one away; at [`BAN_POINTS`] the peer is banned and starts afresh when it
//! comes back, only that its next ban lasts twice as long. Shown scores are negative: 0 is spotless.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use libp2p::PeerId;

use crate::limits::{Limits, SCORES_MAX};

/// What a peer did wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// Bytes that are no message.
    Undecodable,
    /// A message or list beyond its bound.
    Oversized,
    /// A message that has no place: a response that does not fit its request, a request before the hello.
    Unsolicited,
    /// A transaction whose bytes do not have the announced hash, or that no honest node would pass on.
    WrongTx,
    /// A block's transaction or part that is not what the block's header says.
    WrongPart,
    /// A piece of a snapshot that is not what it is named by.
    WrongChunk,
    /// Evidence that proves nothing.
    WrongEvidence,
    /// Transactions that it announced, and does not have when asked.
    NeverSent,
    /// A request that it did not answer in time.
    Unanswered,
    /// More messages than its token bucket holds.
    Flood,
    /// Something that was right long ago.
    Stale,
}

/// Points at which a peer is banned.
pub const BAN_POINTS: u32 = 100;
/// Milliseconds in which one point is forgiven.
const FORGIVE_MS: u64 = 1_000;
/// After so long without a fault a peer's record is dropped, and with it the count of its bans.
const FORGET: Duration = Duration::from_secs(24 * 60 * 60);

impl Fault {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Undecodable,
        Self::Oversized,
        Self::Unsolicited,
        Self::WrongTx,
        Self::WrongPart,
        Self::WrongChunk,
        Self::WrongEvidence,
        Self::NeverSent,
        Self::Unanswered,
        Self::Flood,
        Self::Stale,
    ];

    /// What it costs.
    #[must_use]
    pub const fn points(self) -> u32 {
        match self {
            Self::WrongPart | Self::WrongChunk | Self::WrongEvidence | Self::WrongTx => 60,
            Self::Undecodable | Self::Oversized => 40,
            Self::Unsolicited => 20,
            Self::Flood => 12,
            Self::NeverSent | Self::Unanswered => 4,
            Self::Stale => 1,
        }
    }
}

/// One peer's record.
#[derive(Debug, Clone)]
struct Record {
    /// Thousandths of points, as of `at`.
    milli: u64,
    at: Instant,
    bans: u32,
}

impl Record {
    fn milli_at(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.at).as_millis();
        let forgiven = u64::try_from(passed).unwrap_or(u64::MAX).saturating_mul(1_000 / FORGIVE_MS);
        self.milli.saturating_sub(forgiven)
    }

    fn add(&mut self, points: u32, now: Instant) -> bool {
        self.milli = self.milli_at(now) + u64::from(points) * 1_000;
        self.at = now;
        self.milli >= u64::from(BAN_POINTS) * 1_000
    }

    /// What it would cost to lose this record: the less, the sooner it goes.
    fn weight(&self, now: Instant) -> (u32, u64, Instant) {
        (self.bans, self.milli_at(now), self.at)
    }
}

/// All peers' records: at most [`SCORES_MAX`].
#[derive(Debug, Default)]
pub struct Scores {
    records: HashMap<PeerId, Record>,
}

impl Scores {
    /// The shown score: 0 or less.
    pub fn score(&self, peer: &PeerId, now: Instant) -> i32 {
        let milli = self.records.get(peer).map_or(0, |record| record.milli_at(now));
        -i32::try_from(milli.div_ceil(1_000)).unwrap_or(i32::MAX)
    }

    /// Scores a fault. How many bans the peer has had with this one, if it is to be banned now.
    pub fn fault(&mut self, peer: PeerId, fault: Fault, now: Instant) -> Option<u32> {
        self.make_room(&peer, now);
        let record = self.records.entry(peer).or_insert(Record { milli: 0, at: now, bans: 0 });
        if !record.add(fault.points(), now) {
            return None;
        }
        record.milli = 0;
        record.bans = record.bans.saturating_add(1);
        Some(record.bans)
    }

    /// Drops what is forgiven and long past.
    pub fn forget(&mut self, now: Instant) {
        self.records.retain(|_, record| {
            let age = now.saturating_duration_since(record.at);
            record.milli_at(now) > 0 || (record.bans > 0 && age < FORGET)
        });
    }

    fn make_room(&mut self, newcomer: &PeerId, now: Instant) {
        if self.records.len() < SCORES_MAX || self.records.contains_key(newcomer) {
            return;
        }
        let lightest = self.records.iter().min_by_key(|(_, record)| record.weight(now)).map(|(peer, _)| *peer);
        if let Some(lightest) = lightest {
            self.records.remove(&lightest);
        }
    }
}

/// How long the `count`-th ban of a peer lasts.
pub fn ban_length(count: u32, persistent: bool, limits: &Limits) -> Duration {
    if persistent {
        return limits.ban_persistent;
    }
    let doubled = limits.ban.saturating_mul(1 << (count.saturating_sub(1)).min(16));
    doubled.min(limits.ban_max)
}

#[cfg(test)]
mod tests;
