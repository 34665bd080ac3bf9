//! Proof that a block was decided: Tendermint's commit, with real precommit signatures over Tendermint's canonical vote.

use alloy_primitives::B256;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use prost::Message as _;
use tendermint::block::{self, Commit, CommitSig, Round, parts};
use tendermint::vote::{self, ValidatorIndex, Vote};
use tendermint::{Hash, Time, account, chain, merkle, validator};
use tendermint_proto::v0_38::types::CommitSig as RawCommitSig;

use crate::Block;

/// Why a commit is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The commit is for another block or height.
    #[error("commit names another block")]
    Block,
    /// A signature does not verify.
    #[error("precommit {0} does not verify")]
    Signature(usize),
    /// Not more than two thirds of the power signed.
    #[error("{signed} of {total} voting power signed, more than two thirds are needed")]
    Power {
        /// Power behind valid precommits.
        signed: u64,
        /// Power of the whole set.
        total: u64,
    },
}

/// A decided block's commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate(pub Commit);

/// A validator's ed25519 consensus key pair.
#[derive(Clone)]
pub struct ValidatorKey(SigningKey);

impl ValidatorKey {
    /// The key pair of a 32-byte seed.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// The 32-byte seed: secret.
    #[must_use]
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half in Tendermint's form.
    #[must_use]
    pub fn public_key(&self) -> tendermint::PublicKey {
        tendermint::PublicKey::from_raw_ed25519(self.0.verifying_key().as_bytes())
            .expect("32 bytes of a key pair's public half are a public key")
    }

    /// The consensus address: first 20 bytes of SHA-256 of the public key.
    #[must_use]
    pub fn address(&self) -> account::Id {
        self.public_key().into()
    }
}

/// The id by which votes name a block. Bodies do not travel as Tendermint parts, so the part set is one part named by the
/// header's hash.
#[must_use]
pub fn block_id(hash: B256) -> block::Id {
    let hash = Hash::Sha256(hash.0);
    let part_set_header = parts::Header::new(1, hash).expect("one part with a hash is a valid part set");
    block::Id { hash, part_set_header }
}

/// Tendermint's `LastCommitHash`: merkle root over the encoded precommits; of nothing for the first block.
#[must_use]
pub fn commit_hash(commit: Option<&Commit>) -> B256 {
    let leaves: Vec<Vec<u8>> = commit
        .iter()
        .flat_map(|commit| &commit.signatures)
        .map(|sig| RawCommitSig::from(sig.clone()).encode_to_vec())
        .collect();
    B256::new(merkle::simple_hash_from_byte_vectors::<tendermint::crypto::default::Sha256>(&leaves))
}

/// A commit signed by one validator alone, over the block's own time (DESIGN 4: commits are rebuilt from certificates).
#[must_use]
pub fn sign_commit(block: &Block, round: u32, chain_id: &chain::Id, key: &ValidatorKey) -> Certificate {
    let vote = precommit(block, round, key.address(), 0, block.header.time);
    let signature = key.0.sign(&vote.into_signable_vec(chain_id.clone()));
    let signature = tendermint::Signature::try_from(&signature.to_bytes()[..]).ok();
    Certificate(Commit {
        height: block.header.height,
        round: Round::try_from(round).unwrap_or_default(),
        block_id: block_id(block.hash()),
        signatures: vec![CommitSig::BlockIdFlagCommit {
            validator_address: key.address(),
            timestamp: block.header.time,
            signature,
        }],
    })
}

fn precommit(block: &Block, round: u32, validator: account::Id, index: usize, timestamp: Time) -> Vote {
    Vote {
        vote_type: vote::Type::Precommit,
        height: block.header.height,
        round: Round::try_from(round).unwrap_or_default(),
        block_id: Some(block_id(block.hash())),
        timestamp: Some(timestamp),
        validator_address: validator,
        validator_index: ValidatorIndex::try_from(u32::try_from(index).unwrap_or(u32::MAX))
            .expect("a set has fewer than 2^31 validators"),
        signature: None,
        extension: Vec::new(),
        extension_signature: None,
    }
}

impl Certificate {
    /// Checks that more than two thirds of `set` signed `block`; signatures stand in the set's order.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn verify(&self, block: &Block, chain_id: &chain::Id, set: &validator::Set) -> Result<(), CertificateError> {
        let commit = &self.0;
        if commit.height != block.header.height || commit.block_id != block_id(block.hash()) {
            return Err(CertificateError::Block);
        }
        let mut signed = 0;
        for (index, sig) in commit.signatures.iter().enumerate() {
            let CommitSig::BlockIdFlagCommit { validator_address, timestamp, signature } = sig else { continue };
            let vote = precommit(block, commit.round.value(), *validator_address, index, *timestamp);
            // By place in the set, as Tendermint does: looked up by address, one validator could be counted twice.
            let info = set.validators().get(index).filter(|info| info.address == *validator_address);
            let info = info.ok_or(CertificateError::Signature(index))?;
            let valid = signature.as_ref().is_some_and(|signature| {
                verifies(info, &vote.into_signable_vec(chain_id.clone()), signature.as_bytes())
            });
            if !valid {
                return Err(CertificateError::Signature(index));
            }
            signed += info.power();
        }
        let total = set.total_voting_power().value();
        if signed.saturating_mul(3) > total.saturating_mul(2) {
            Ok(())
        } else {
            Err(CertificateError::Power { signed, total })
        }
    }
}

fn verifies(info: &validator::Info, message: &[u8], signature: &[u8]) -> bool {
    let key = info.pub_key.to_bytes();
    let Ok(key) = <[u8; 32]>::try_from(key.as_slice()) else { return false };
    let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else { return false };
    VerifyingKey::from_bytes(&key).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
}
