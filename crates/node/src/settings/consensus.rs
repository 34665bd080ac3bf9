//! How validators agree, as settings say it: their patience, and the two features that make them fast.

use std::time::Duration;

use super::field::{self, Field};
use super::{Sources, Span};
use crate::args::NodeFlags;
use crate::failure::Failure;

/// The settings of `[consensus]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsensusSettings {
    /// Patience with a proposer in the first round, beyond the interval of empty blocks.
    pub timeout_propose: Duration,
    /// More of it each round.
    pub timeout_propose_delta: Duration,
    /// Wait for further prevotes once two thirds are in without agreement.
    pub timeout_prevote: Duration,
    /// More of it each round.
    pub timeout_prevote_delta: Duration,
    /// Wait for further precommits once two thirds are in without agreement.
    pub timeout_precommit: Duration,
    /// More of it each round.
    pub timeout_precommit_delta: Duration,
    /// Whether blocks travel as ids of transactions.
    pub smart_propagation: bool,
    /// Whether blocks are executed while they are voted on.
    pub optimistic_processing: bool,
}

impl ConsensusSettings {
    pub(super) fn resolve(flags: &NodeFlags, sources: &Sources<'_>, unset: &mut Vec<String>) -> Result<Self, Failure> {
        Ok(Self {
            timeout_propose: patience(sources, &field::TIMEOUT_PROPOSE, unset)?,
            timeout_propose_delta: growth(sources, &field::TIMEOUT_PROPOSE_DELTA, unset)?,
            timeout_prevote: patience(sources, &field::TIMEOUT_PREVOTE, unset)?,
            timeout_prevote_delta: growth(sources, &field::TIMEOUT_PREVOTE_DELTA, unset)?,
            timeout_precommit: patience(sources, &field::TIMEOUT_PRECOMMIT, unset)?,
            timeout_precommit_delta: growth(sources, &field::TIMEOUT_PRECOMMIT_DELTA, unset)?,
            smart_propagation: sources.pick(flags.smart_propagation, &field::SMART_PROPAGATION, unset)?,
            optimistic_processing: sources.pick(flags.optimistic_processing, &field::OPTIMISTIC_PROCESSING, unset)?,
        })
    }
}

/// A timeout of zero would vote nil before anything can arrive.
fn patience(sources: &Sources<'_>, field: &Field, unset: &mut Vec<String>) -> Result<Duration, Failure> {
    Ok(sources.pick::<Span<1>>(None, field, unset)?.0)
}

fn growth(sources: &Sources<'_>, field: &Field, unset: &mut Vec<String>) -> Result<Duration, Failure> {
    Ok(sources.pick::<Span<0>>(None, field, unset)?.0)
}
