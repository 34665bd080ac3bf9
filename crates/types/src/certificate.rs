//! Proof that a block was decided: Tendermint's commit, with real precommit signatures over Tendermint's canonical vote.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use prost::Message as _;
use tendermint::block::{self, Commit, CommitSig, Round, parts};
use tendermint::{Hash, account, merkle};
use tendermint_proto::v0_38::types::CommitSig as RawCommitSig;

use crate::{
    Block, ChainId, Height, Signature, Time, Validator, ValidatorKey, ValidatorSet, ValueId, VoteKind,
    verify_signature, vote_sign_bytes,
};

/// Why a commit is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The commit is for another block or height.
    #[error("commit names another block")]
    Block,
    /// The commit has not one place for each validator.
    #[error("commit has {found} places, the validator set has {expected}")]
    Places {
        /// Places of the commit.
        found: usize,
        /// Validators.
        expected: usize,
    },
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
pub fn sign_commit(block: &Block, round: u32, chain_id: &ChainId, key: &ValidatorKey) -> Certificate {
    let (value, height) = (ValueId::of(&block.header), block.height());
    let message = vote_sign_bytes(chain_id, VoteKind::Precommit, height, round, Some(value));
    Certificate::of(value, height, round, vec![signed(key.address(), value.time(), &key.sign(&message))])
}

fn signed(validator_address: account::Id, timestamp: Time, signature: &Signature) -> CommitSig {
    let signature = tendermint::Signature::try_from(&signature.0[..]).ok();
    CommitSig::BlockIdFlagCommit { validator_address, timestamp, signature }
}

impl Certificate {
    fn of(value: ValueId, height: Height, round: u32, signatures: Vec<CommitSig>) -> Self {
        Self(Commit {
            height: block::Height::try_from(height).expect("heights fit 63 bits"),
            round: Round::try_from(round).unwrap_or_default(),
            block_id: block_id(value.block),
            signatures,
        })
    }

    /// The certificate of precommits for `value`: one place for each validator of `set`, absent where it has not signed.
    #[must_use]
    pub fn from_signatures(
        value: ValueId,
        height: Height,
        round: u32,
        set: &ValidatorSet,
        signatures: &[(account::Id, Signature)],
    ) -> Self {
        let by_address: BTreeMap<_, _> = signatures.iter().copied().collect();
        let of = |validator: &Validator| match by_address.get(&validator.address) {
            Some(signature) => signed(validator.address, value.time(), signature),
            None => CommitSig::BlockIdFlagAbsent,
        };
        Self::of(value, height, round, set.validators().iter().map(of).collect())
    }

    /// Who signed, and how.
    pub fn signatures(&self) -> impl Iterator<Item = (account::Id, Signature)> {
        self.0.signatures.iter().filter_map(|sig| match sig {
            CommitSig::BlockIdFlagCommit { validator_address, signature: Some(signature), .. } => {
                Some((*validator_address, Signature(signature.as_bytes().try_into().ok()?)))
            }
            _ => None,
        })
    }

    /// The round that decided.
    #[must_use]
    pub fn round(&self) -> u32 {
        self.0.round.value()
    }

    /// Checks that more than two thirds of `set` signed `block`; signatures stand in the set's order, one place each, each
    /// over the block's own time.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn verify(&self, block: &Block, chain_id: &ChainId, set: &ValidatorSet) -> Result<(), CertificateError> {
        let value = ValueId::of(&block.header);
        self.check_places(block, value, set)?;
        let message = vote_sign_bytes(chain_id, VoteKind::Precommit, block.height(), self.round(), Some(value));
        let mut signed = 0;
        // By place in the set, as Tendermint does: looked up by address, one validator could be counted twice.
        for (index, (sig, validator)) in self.0.signatures.iter().zip(set.validators()).enumerate() {
            signed += power(sig, validator, value.time(), &message).ok_or(CertificateError::Signature(index))?;
        }
        let total = set.total_power();
        let enough = u128::from(signed) * 3 > u128::from(total) * 2;
        if enough { Ok(()) } else { Err(CertificateError::Power { signed, total }) }
    }

    /// Whether it is of this block, and has one place for each validator.
    fn check_places(&self, block: &Block, value: ValueId, set: &ValidatorSet) -> Result<(), CertificateError> {
        let commit = &self.0;
        if commit.height != block.header.height || commit.block_id != block_id(value.block) {
            return Err(CertificateError::Block);
        }
        if commit.signatures.len() != set.len() {
            return Err(CertificateError::Places { found: commit.signatures.len(), expected: set.len() });
        }
        Ok(())
    }
}

/// The power that a validator's place adds: none where it is empty. `None` where what stands there is not its signature of
/// `message` at `time`. A vote for nothing is no part of what an engine certifies: a place is signed for the block, or empty.
fn power(sig: &CommitSig, validator: &Validator, time: Time, message: &[u8]) -> Option<u64> {
    let CommitSig::BlockIdFlagCommit { validator_address, timestamp, signature } = sig else {
        return matches!(sig, CommitSig::BlockIdFlagAbsent).then_some(0);
    };
    let place = *validator_address == validator.address && *timestamp == time;
    let signature = signature.as_ref().and_then(|signature| signature.as_bytes().try_into().ok().map(Signature));
    let valid = signature.is_some_and(|signature| verify_signature(&validator.public_key, message, &signature));
    (place && valid).then_some(validator.power)
}
