//! What validators sign, and the strict check of it.
//!
//! Votes sign Tendermint's canonical vote. Proposals sign [`proposal_bytes`], which no vote's bytes can equal. Proofs that a
//! peer is a validator sign the engine's own preimage, which names no chain.
//!
//! A round or height beyond what a canonical vote can name is no valid vote, so that no two votes share one preimage.

use async_trait::async_trait;
use malachitebft_core_types::{
    NilOrVal, SignedMessage, SigningScheme as _, ValidatorProof, VoteExtensionScope, VoteType,
};
use malachitebft_signing::{Error, VerificationResult};
use seiza_types::{ChainId, ValidatorKey, VoteKind, verify_signature, vote_sign_bytes};

use crate::context::{Height, Proposal, Seiza, Vote, round_number};
use crate::limits::{HEIGHT_MAX, ROUND_MAX};
use crate::scheme::{Ed25519, Signature};

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

fn extension_bytes(chain_id: &ChainId, scope: &VoteExtensionScope<Seiza>) -> Vec<u8> {
    let precommit = Vote {
        kind: VoteType::Precommit,
        height: scope.height,
        round: scope.round,
        value: NilOrVal::Val(scope.value_id),
        address: scope.validator_address,
    };
    [EXTENSION_DOMAIN, &scope.validator_address.0, &vote_bytes(chain_id, &precommit)].concat()
}

fn nameable(height: Height, round: malachitebft_core_types::Round) -> bool {
    height.0 <= HEIGHT_MAX && round.as_u32().is_some_and(|round| round <= ROUND_MAX)
}

/// Signs with a validator's key for one chain.
#[derive(Clone)]
pub struct Signer {
    chain_id: ChainId,
    key: ValidatorKey,
}

impl Signer {
    /// A signer for `chain_id`.
    #[must_use]
    pub fn new(chain_id: ChainId, key: ValidatorKey) -> Self {
        Self { chain_id, key }
    }

    fn sign(&self, message: &[u8]) -> Signature {
        self.key.sign(message).into()
    }

    /// The vote with its signature.
    #[must_use]
    pub fn vote(&self, vote: Vote) -> SignedMessage<Seiza, Vote> {
        let signature = self.sign(&vote_bytes(&self.chain_id, &vote));
        SignedMessage::new(vote, signature)
    }

    /// The proposal with its signature.
    #[must_use]
    pub fn proposal(&self, proposal: Proposal) -> SignedMessage<Seiza, Proposal> {
        let signature = self.sign(&proposal_bytes(&self.chain_id, &proposal));
        SignedMessage::new(proposal, signature)
    }

    /// Proof that the peer `peer_id` (multihash bytes) holds this key.
    #[must_use]
    pub fn proof(&self, peer_id: Vec<u8>) -> ValidatorProof<Seiza> {
        let public_key = Ed25519::encode_public_key(&self.key.public_key());
        let signature = self.sign(&ValidatorProof::<Seiza>::signing_bytes(&public_key, &peer_id));
        ValidatorProof::new(public_key, peer_id, signature)
    }
}

/// Checks signatures for one chain, strictly (no malleable signature, no weak key).
#[derive(Clone, Debug)]
pub struct Verifier {
    chain_id: ChainId,
}

impl Verifier {
    /// A verifier for `chain_id`.
    #[must_use]
    pub fn new(chain_id: ChainId) -> Self {
        Self { chain_id }
    }

    /// Whether `key` signed the vote.
    #[must_use]
    pub fn vote(&self, vote: &Vote, signature: &Signature, key: &tendermint::PublicKey) -> bool {
        nameable(vote.height, vote.round) && verifies(key, &vote_bytes(&self.chain_id, vote), signature)
    }

    /// Whether `key` signed the proposal.
    #[must_use]
    pub fn proposal(&self, proposal: &Proposal, signature: &Signature, key: &tendermint::PublicKey) -> bool {
        nameable(proposal.height, proposal.round) && verifies(key, &proposal_bytes(&self.chain_id, proposal), signature)
    }
}

fn verifies(key: &tendermint::PublicKey, message: &[u8], signature: &Signature) -> bool {
    verify_signature(key, message, &(*signature).into())
}

#[async_trait]
impl malachitebft_signing::Signer<Seiza> for Signer {
    async fn sign_vote(&self, vote: Vote) -> Result<SignedMessage<Seiza, Vote>, Error> {
        Ok(self.vote(vote))
    }

    async fn sign_proposal(&self, proposal: Proposal) -> Result<SignedMessage<Seiza, Proposal>, Error> {
        Ok(self.proposal(proposal))
    }

    async fn sign_vote_extension(
        &self,
        scope: VoteExtensionScope<Seiza>,
        extension: (),
    ) -> Result<SignedMessage<Seiza, ()>, Error> {
        Ok(SignedMessage::new(extension, self.sign(&extension_bytes(&self.chain_id, &scope))))
    }

    async fn sign_validator_proof(
        &self,
        public_key: Vec<u8>,
        peer_id: Vec<u8>,
    ) -> Result<ValidatorProof<Seiza>, Error> {
        let proof = self.proof(peer_id);
        if proof.public_key == public_key { Ok(proof) } else { Err(Error::new()) }
    }
}

#[async_trait]
impl malachitebft_signing::Verifier<Seiza> for Verifier {
    async fn verify_signed_vote(
        &self,
        vote: &Vote,
        signature: &Signature,
        key: &tendermint::PublicKey,
    ) -> Result<VerificationResult, Error> {
        Ok(VerificationResult::from_bool(self.vote(vote, signature, key)))
    }

    async fn verify_signed_proposal(
        &self,
        proposal: &Proposal,
        signature: &Signature,
        key: &tendermint::PublicKey,
    ) -> Result<VerificationResult, Error> {
        Ok(VerificationResult::from_bool(self.proposal(proposal, signature, key)))
    }

    async fn verify_signed_vote_extension(
        &self,
        scope: &VoteExtensionScope<Seiza>,
        _extension: &(),
        signature: &Signature,
        key: &tendermint::PublicKey,
    ) -> Result<VerificationResult, Error> {
        let valid =
            nameable(scope.height, scope.round) && verifies(key, &extension_bytes(&self.chain_id, scope), signature);
        Ok(VerificationResult::from_bool(valid))
    }

    async fn verify_validator_proof(&self, proof: &ValidatorProof<Seiza>) -> Result<VerificationResult, Error> {
        let valid = proof.decoded_public_key().is_ok_and(|key| verifies(&key, &proof.preimage(), &proof.signature));
        Ok(VerificationResult::from_bool(valid))
    }
}
