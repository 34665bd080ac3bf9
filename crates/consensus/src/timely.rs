//! Is a proposal's time near the time at which it came? Proposer-based timestamps, as CometBFT 1.0 has them.
//!
//! A block's time is its proposer's clock. A validator prevotes for a new block only where its own clock, **at the moment
//! the proposal arrived**, lies in
//!
//! ```text
//! [ block time - precision,  block time + message delay + precision ]
//! ```
//!
//! - *precision*: how far two honest clocks may differ. 505 ms, CometBFT's: half a second of drift is what an NTP client
//!   that works never reaches, and 5 ms are left for leap smearing and rounding.
//! - *message delay*: how long a proposal may be under way. 15 s, CometBFT's. It bounds how far into the past a proposer
//!   can date its block; a smaller one would make slow links vote nil. It grows by 10 % a round, so that a value chosen too
//!   small delays a height but never stops it.
//! - A proposal with a valid round was found timely by more than two thirds in that round: it is not checked again, for by
//!   now it must be late.
//! - A block is later than its parent, always.

use crate::limits::DELAY_GROWTH_ROUNDS_MAX;

/// Nanoseconds of a millisecond.
const MS: u64 = 1_000_000;

/// What the clocks and the links are trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelyParams {
    /// Nanoseconds by which two honest clocks may differ.
    pub precision_ns: u64,
    /// Nanoseconds that a proposal of round 0 may be under way.
    pub message_delay_ns: u64,
}

impl Default for TimelyParams {
    fn default() -> Self {
        Self { precision_ns: 505 * MS, message_delay_ns: 15_000 * MS }
    }
}

/// Why a proposal's time is refused. Times are nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Untimely {
    /// Not later than the parent.
    #[error("block time {time_ns} is not after the parent's, {parent_ns}")]
    NotAfterParent {
        /// The block's time.
        time_ns: u64,
        /// The parent's.
        parent_ns: u64,
    },
    /// The proposer's clock is ahead.
    #[error("block time {time_ns} is {ahead_ns} ns further ahead than the precision allows")]
    Early {
        /// The block's time.
        time_ns: u64,
        /// By how much.
        ahead_ns: u64,
    },
    /// The block is dated back, or was under way too long.
    #[error("block time {time_ns} is {behind_ns} ns further behind than message delay and precision allow")]
    Late {
        /// The block's time.
        time_ns: u64,
        /// By how much.
        behind_ns: u64,
    },
}

/// A proposal, as far as its time is concerned. Times are nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// The round in which it is proposed.
    pub round: u32,
    /// The earlier round in which it gathered a polka, where it is proposed again.
    pub valid_round: Option<u32>,
    /// The block's time.
    pub time_ns: u64,
    /// Its parent's time.
    pub parent_ns: u64,
    /// This node's clock when the proposal arrived.
    pub received_ns: u64,
}

impl TimelyParams {
    /// How long a proposal of this round may be under way, in nanoseconds.
    #[must_use]
    pub fn message_delay_ns(&self, round: u32) -> u64 {
        let rounds = 0..round.min(DELAY_GROWTH_ROUNDS_MAX);
        rounds.fold(self.message_delay_ns, |delay, _| delay.saturating_add(delay / 10))
    }

    /// May this validator prevote for the block, as far as its time is concerned?
    ///
    /// # Errors
    /// [`Untimely`]: vote nil. No proof of a fault, since it may be this node's clock that is wrong.
    pub fn check(&self, timing: &Timing) -> Result<(), Untimely> {
        let Timing { time_ns, parent_ns, received_ns, .. } = *timing;
        if time_ns <= parent_ns {
            return Err(Untimely::NotAfterParent { time_ns, parent_ns });
        }
        if timing.valid_round.is_some() {
            return Ok(());
        }
        let ahead_ns = time_ns.saturating_sub(received_ns.saturating_add(self.precision_ns));
        if ahead_ns > 0 {
            return Err(Untimely::Early { time_ns, ahead_ns });
        }
        let latest = time_ns.saturating_add(self.message_delay_ns(timing.round)).saturating_add(self.precision_ns);
        let behind_ns = received_ns.saturating_sub(latest);
        if behind_ns > 0 { Err(Untimely::Late { time_ns, behind_ns }) } else { Ok(()) }
    }
}

/// The time of a block that is proposed at `now_ns`: the clock's, or one nanosecond after the parent where the clock is
/// behind it.
#[must_use]
pub fn proposal_time(parent_ns: u64, now_ns: u64) -> u64 {
    now_ns.max(parent_ns.saturating_add(1))
}
