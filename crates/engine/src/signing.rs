//! What validators sign, and the strict check of it.
//!
//! Votes sign Tendermint's canonical vote. Proposals sign [`proposal_bytes`], which no vote's bytes can equal. Proofs that a
//! peer is a validator sign the engine's own preimage, which names no chain.
//!
//! A round or height beyond what a canonical vote can name is no valid vote, so that no two votes share one preimage.

use async_trait::async_trait;
use malachitebft_core_types::{SignedMessage, SigningScheme as _, ValidatorProof, VoteExtensionScope};
use malachitebft_signing::{Error, VerificationResult};
use seiza_types::{ChainId, ValidatorKey, verify_signature};

use crate::context::{Proposal, Seiza, Vote};
use crate::scheme::{Ed25519, Signature};
use crate::sign_bytes::{extension_bytes, nameable};
pub use crate::sign_bytes::{proposal_bytes, vote_bytes};

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
