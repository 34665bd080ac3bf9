//! What a run came to, for people.

use std::fmt;

use seiza_types::{B256, Height};

use crate::profile::Profile;

/// What happened how often.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Events handled.
    pub steps: u64,
    /// Highest height committed.
    pub height: Height,
    /// Heights that needed more than one round.
    pub late_rounds: u64,
    /// Transactions in blocks.
    pub txs: u64,
    /// Transactions sent.
    pub txs_sent: u64,
    /// Processes that died.
    pub crashes: u64,
    /// Of these, in the midst of a step.
    pub torn: u64,
    /// Partitions.
    pub partitions: u64,
    /// Lies told.
    pub lies: u64,
    /// Messages whose sender was blamed.
    pub blamed: u64,
    /// Blocks refused.
    pub refused: u64,
    /// Double signatures seen, by all nodes together.
    pub caught: u64,
    /// Pieces of evidence in blocks.
    pub evidence: u64,
    /// Blocks that nodes got by sync.
    pub synced: u64,
    /// Longest time without a new height.
    pub stall_us: u64,
}

/// A run that ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// Its profile.
    pub profile: Profile,
    /// SHA-256 of everything that happened.
    pub digest: B256,
    /// Highest height committed.
    pub height: Height,
    /// Simulated seconds.
    pub seconds: u64,
    /// Events in the digest.
    pub events: u64,
    /// What happened how often.
    pub counts: Counts,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = &self.counts;
        write!(
            f,
            "seed {:<20} {:<9} digest {}  {:>4} heights in {:>4} s, {} txs, {} heights of several rounds, longest stall \
             {} ms; crashes {} ({} in a step), partitions {}, lies {}, blamed {}, refused {}, caught {}, evidence {}, \
             synced {}",
            self.seed,
            self.profile.to_string(),
            short(&self.digest),
            self.height,
            self.seconds,
            c.txs,
            c.late_rounds,
            c.stall_us / 1_000,
            c.crashes,
            c.torn,
            c.partitions,
            c.lies,
            c.blamed,
            c.refused,
            c.caught,
            c.evidence,
            c.synced
        )
    }
}

/// The first 8 bytes of a digest: enough for people to compare.
fn short(digest: &B256) -> String {
    digest.to_string().chars().take(18).collect()
}

/// A run in which a rule was broken.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Which rule, where.
    pub reason: String,
    /// How far it came.
    pub report: Report,
    /// The last events.
    pub last: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.last.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        writeln!(f, "{}", self.report)?;
        write!(f, "BROKEN: {}", self.reason)
    }
}
