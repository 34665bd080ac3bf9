//! Byzantine validators: what a liar tells in its turn, and what becomes of its votes.
//!
//! A liar's own machine stays sound; what leaves it is changed. So it keeps up with the chain and can lie in every turn.

use malachitebft_core_consensus::SignedConsensusMsg;
use malachitebft_core_types::{NilOrVal, Round, SignedProposal};
use rand::Rng as _;
use rand::rngs::StdRng;
use seiza_chain::VerifiedBlock;
use seiza_consensus::compact::CompactProposal;
use seiza_engine::context::{Height, Proposal, Seiza, Value, Vote};
use seiza_engine::signing::Signer;
use seiza_types::{B256, Block, Bytes, ValidatorKey, ValueId};
use tendermint::{AppHash, Hash, Time};

use crate::message::Message;

/// A way to lie as a proposer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// Two proposals for one round, to different halves of the cluster.
    Twins,
    /// The header names other transactions than the proposal.
    WrongData,
    /// The header carries a wrong app hash.
    WrongApp,
    /// A transaction that nobody else has, and that is never given.
    Withhold,
    /// A time an hour ahead.
    Future,
    /// A proposal in somebody else's turn.
    Impostor,
    /// Bytes that are no proposal.
    Garbage,
}

/// All of them.
pub const TRICKS: [Trick; 7] =
    [Trick::Twins, Trick::WrongData, Trick::WrongApp, Trick::Withhold, Trick::Future, Trick::Impostor, Trick::Garbage];

/// A lie about one round: each recipient gets one of its versions.
#[derive(Clone)]
pub struct Lie {
    /// The trick.
    pub trick: Trick,
    /// Whether the liar gives no transactions while it lies.
    pub withholds: bool,
    versions: Vec<(Bytes, SignedProposal<Seiza>)>,
}

/// Who lies, and about what.
pub struct Liar<'a> {
    /// Its key.
    pub key: &'a ValidatorKey,
    /// The same key, as the engine signs.
    pub signer: &'a Signer,
    /// The round it lies about.
    pub round: u32,
}

impl Liar<'_> {
    /// Makes the lie of an honest block.
    pub fn lie(&self, trick: Trick, honest: &VerifiedBlock, rng: &mut StdRng) -> Lie {
        let mut hashes: Vec<B256> = honest.txs().iter().map(|tx| tx.hash).collect();
        let block = honest.block().as_ref().clone();
        let mut versions = Vec::new();
        match trick {
            Trick::Twins => {
                versions.push(self.version(&block, &hashes));
                let later = later(&block, 1);
                versions.push(self.version(&later, &hashes));
            }
            Trick::WrongData => versions.push(self.version(&with(block, |h| h.data_hash = Some(random(rng))), &hashes)),
            Trick::WrongApp => {
                let hash = AppHash::try_from(random(rng).as_bytes().to_vec()).expect("any bytes are an app hash");
                versions.push(self.version(&with(block, |header| header.app_hash = hash), &hashes));
            }
            Trick::Withhold => {
                hashes.push(B256::from_slice(random(rng).as_bytes()));
                versions.push(self.version(&with(block, |h| h.data_hash = Some(random(rng))), &hashes));
            }
            Trick::Future => versions.push(self.version(&later(&block, 3_600_000_000_000), &hashes)),
            Trick::Impostor => versions.push(self.version(&later(&block, 2), &hashes)),
            Trick::Garbage => {
                let (mut bytes, proposal) = self.version(&block, &hashes);
                let mut spoiled = bytes.to_vec();
                let at = rng.random_range(0..spoiled.len());
                spoiled[at] ^= 1 << rng.random_range(0..8u32);
                bytes = spoiled.into();
                versions.push((bytes, proposal));
            }
        }
        Lie { trick, withholds: trick == Trick::Withhold, versions }
    }

    fn version(&self, block: &Block, hashes: &[B256]) -> (Bytes, SignedProposal<Seiza>) {
        let compact = CompactProposal::of(block, hashes, self.round, |_| false, self.key);
        let proposal = Proposal {
            height: Height(block.height()),
            round: Round::new(self.round),
            value: Value(ValueId::of(&block.header)),
            pol_round: Round::Nil,
            address: self.key.address().into(),
        };
        (compact.encode().into(), self.signer.proposal(proposal))
    }

    /// The vote that contradicts this one.
    pub fn contradiction(&self, vote: &Vote, rng: &mut StdRng) -> SignedConsensusMsg<Seiza> {
        let other =
            Value(ValueId { block: B256::from_slice(random(rng).as_bytes()), time_ns: 1_700_000_000_000_000_000 });
        let value =
            if vote.value.is_nil() || rng.random_range(0..2) == 0 { NilOrVal::Val(other) } else { NilOrVal::Nil };
        SignedConsensusMsg::Vote(self.signer.vote(Vote { value, ..vote.clone() }))
    }
}

impl Lie {
    /// What a recipient gets: the compact proposal, then the engine's.
    #[must_use]
    pub fn to(&self, recipient: usize) -> [Message; 2] {
        let (compact, proposal) = &self.versions[recipient % self.versions.len()];
        [Message::Compact(compact.clone()), Message::Consensus(SignedConsensusMsg::Proposal(proposal.clone()))]
    }
}

fn random(rng: &mut StdRng) -> Hash {
    Hash::Sha256(rng.random())
}

fn with(mut block: Block, change: impl FnOnce(&mut seiza_types::Header)) -> Block {
    change(&mut block.header);
    block
}

fn later(block: &Block, nanos: u64) -> Block {
    let time: Time = (block.header.time + std::time::Duration::from_nanos(nanos)).expect("far from year 9999");
    with(block.clone(), |header| header.time = time)
}
