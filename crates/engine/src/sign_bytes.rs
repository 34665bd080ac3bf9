//! What exactly is signed.

use malachitebft_core_types::{NilOrVal, VoteExtensionScope, VoteType};
use seiza_types::{ChainId, VoteKind, vote_sign_bytes};

use crate::context::{Height, Proposal, Seiza, Vote, round_number};
use crate::limits::{HEIGHT_MAX, ROUND_MAX};

/// First bytes of what a proposal signs. A canonical vote's second byte is 8.
const PROPOSAL_DOMAIN: &[u8] = b"seiza/proposal/1";
/// First bytes of what a vote extension signs; heights do not ask for extensions.
const EXTENSION_DOMAIN: &[u8] = b"seiza/extension/1";

/// The bytes that a vote signs.
#[must_use]
pub fn vote_bytes(chain_id: &ChainId, vote: &Vote) -> Vec<u8> {
    let kind = match vote.kind {
        VoteType::Prevote => VoteKind::Prevote,
        VoteType::Precommit => VoteKind::Precommit,
    };
    let value = match vote.value {
        NilOrVal::Nil => None,
        NilOrVal::Val(value) => Some(value.0),
    };
    vote_sign_bytes(chain_id, kind, vote.height.0, round_number(vote.round), value)
}

/// The bytes that a proposal signs: domain, chain id with its length, height, round, round of the polka (-1 for none),
/// value, proposer; integers big-endian.
#[must_use]
pub fn proposal_bytes(chain_id: &ChainId, proposal: &Proposal) -> Vec<u8> {
    let chain = chain_id.as_str().as_bytes();
    [
        PROPOSAL_DOMAIN,
        &u32::try_from(chain.len()).unwrap_or(u32::MAX).to_be_bytes(),
        chain,
        &proposal.height.0.to_be_bytes(),
        &proposal.round.as_i64().to_be_bytes(),
        &proposal.pol_round.as_i64().to_be_bytes(),
        &proposal.value.0.to_bytes(),
        &proposal.address.0,
    ]
    .concat()
}

/// The bytes that a vote extension signs.
pub(crate) fn extension_bytes(chain_id: &ChainId, scope: &VoteExtensionScope<Seiza>) -> Vec<u8> {
    let precommit = Vote {
        kind: VoteType::Precommit,
        height: scope.height,
        round: scope.round,
        value: NilOrVal::Val(scope.value_id),
        address: scope.validator_address,
    };
    [EXTENSION_DOMAIN, &scope.validator_address.0, &vote_bytes(chain_id, &precommit)].concat()
}

/// Whether a canonical vote can name this height and round.
pub(crate) fn nameable(height: Height, round: malachitebft_core_types::Round) -> bool {
    height.0 <= HEIGHT_MAX && round.as_u32().is_some_and(|round| round <= ROUND_MAX)
}
