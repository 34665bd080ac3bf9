//! A proposal in a few bytes: the block's frame whole, its transactions by id.
//!
//! What validators have in their mempools need not travel again. A compact proposal holds the header, the last commit and
//! the evidence as they are; of each transaction an id of 8 bytes ([`TxIds`]); whole, only those transactions that the
//! proposer received so late that others probably lack them; and number and root of the block's [`crate::parts`], so that
//! the fall-back can be checked piece by piece. 5,000 transactions take 40 KB instead of a megabyte.
//!
//! # Trust
//! The proposer signs all of it but the signature, behind a text that no vote can begin with, so that the signature stands
//! for nothing else: round included, chain id included (it is in the header). A peer that relays a proposal can't change
//! it; so what is wrong in a proposal whose signature verifies is its proposer's fault.
//!
//! A block that is proposed again in a later round travels verbatim, with the round and signature of its first.
//!
//! # Promises
//! - One encoding for one value; decoding allocates no more than a small multiple of the bytes that came.
//! - [`CompactProposal::of`] makes what [`CompactProposal::decode`] accepts, for every block of at most
//!   [`crate::limits::COMPACT_TXS_MAX`] transactions; the mempool selects 20,000 at most.

mod error;
mod ids;
mod reader;
mod wire;

pub use error::CompactError;
pub use ids::{ShortIdKey, TxIds};
use seiza_types::{
    B256, Block, Bytes, ChainId, Evidence, Header, Height, Signature, ValidatorKey, ValidatorSet, ValueId,
    verify_signature,
};
use tendermint::block::Commit;

use crate::limits::PREFILLED_BYTES_MAX;
use crate::parts::{PartSetHeader, Parts};

/// What a proposer signs begins so. A vote begins with its length, then a protobuf tag: never with these letters.
const DOMAIN: &[u8] = b"seiza compact proposal 1\n";

/// A block as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompactProposal {
    /// The round in which it was first proposed.
    pub round: u32,
    /// The block's header.
    pub header: Header,
    /// Commit of the height before; `None` in the first block.
    pub last_commit: Option<Commit>,
    /// Evidence in the block.
    pub evidence: Vec<Evidence>,
    /// The transactions by id, in order.
    pub txs: TxIds,
    /// Transactions whole, by their place: ascending.
    pub prefilled: Vec<(u32, Bytes)>,
    /// Number and root of the encoded block's parts.
    pub parts: PartSetHeader,
    /// The proposer's, over all of the above.
    pub signature: Signature,
}

impl CompactProposal {
    /// Makes the proposal of `block`, whose transactions have the hashes `tx_hashes`, in order. Those whose place `prefill`
    /// names travel whole, the first first, as far as [`PREFILLED_BYTES_MAX`] allows.
    #[must_use]
    pub fn of(
        block: &Block,
        tx_hashes: &[B256],
        round: u32,
        prefill: impl Fn(usize) -> bool,
        key: &ValidatorKey,
    ) -> Self {
        let mut proposal = Self {
            round,
            header: block.header.clone(),
            last_commit: block.last_commit.clone(),
            evidence: block.evidence.clone(),
            txs: TxIds::of(block.hash(), tx_hashes),
            prefilled: prefilled(&block.txs, prefill),
            parts: Parts::of(block).header(),
            signature: Signature([0; 64]),
        };
        proposal.signature = key.sign(&proposal.sign_bytes());
        proposal
    }

    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = wire::encode_unsigned(self);
        out.extend(self.signature.0);
        out
    }

    /// Takes bytes for a proposal. Nothing is checked of what it says: that is [`CompactProposal::verify`].
    ///
    /// # Errors
    /// [`CompactError`]: every bound, and any other encoding than the one.
    pub fn decode(bytes: &[u8]) -> Result<Self, CompactError> {
        wire::decode(bytes)
    }

    /// What validators vote for when they vote for this block.
    #[must_use]
    pub fn value_id(&self) -> ValueId {
        ValueId::of(&self.header)
    }

    /// The block's hash.
    #[must_use]
    pub fn block(&self) -> B256 {
        B256::from_slice(self.header.hash().as_bytes())
    }

    /// The block's height.
    #[must_use]
    pub fn height(&self) -> Height {
        self.header.height.value()
    }

    /// Checks that it is of this chain and signed by whose turn it is: the proposer of its round in `set`, the validators
    /// of its height.
    ///
    /// # Errors
    /// [`CompactError::Chain`], [`CompactError::Proposer`], [`CompactError::Signature`].
    pub fn verify(&self, chain_id: &ChainId, set: &ValidatorSet) -> Result<(), CompactError> {
        if self.header.chain_id != *chain_id {
            let (expected, found) = (chain_id.clone(), self.header.chain_id.clone());
            return Err(CompactError::Chain { expected, found });
        }
        let proposer = set.proposer(self.round);
        if self.header.proposer_address != proposer.address {
            let (expected, found) = (proposer.address, self.header.proposer_address);
            return Err(CompactError::Proposer { round: self.round, expected, found });
        }
        let signed = verify_signature(&proposer.public_key, &self.sign_bytes(), &self.signature);
        if signed { Ok(()) } else { Err(CompactError::Signature) }
    }

    fn sign_bytes(&self) -> Vec<u8> {
        [DOMAIN, &wire::encode_unsigned(self)].concat()
    }
}

fn prefilled(txs: &[Bytes], prefill: impl Fn(usize) -> bool) -> Vec<(u32, Bytes)> {
    let mut room = PREFILLED_BYTES_MAX;
    let named = (0u32..).zip(txs).filter(|(index, _)| prefill(*index as usize));
    named
        .filter(|(_, tx)| room.checked_sub(tx.len()).inspect(|left| room = *left).is_some())
        .map(|(index, tx)| (index, tx.clone()))
        .collect()
}
