//! What validators sign: CometBFT's canonical votes over a value that carries the block's time, so that the timestamp in
//! every vote follows from what is voted for, and commits can be rebuilt from signatures alone.

use alloy_primitives::B256;
use tendermint::block::Round;
use tendermint::vote::{self, CanonicalVote};
use tendermint_proto::Protobuf;

use crate::{ChainId, Header, Height, Time, block_id};

/// What validators vote for: a block's hash and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId {
    /// Hash of the header.
    pub block: B256,
    /// The header's time, nanoseconds since 1970.
    pub time_ns: u64,
}

impl ValueId {
    /// Bytes of its encoding.
    pub const BYTES: usize = 40;

    /// The value that a header stands for. Times before 1970 count as 1970.
    #[must_use]
    pub fn of(header: &Header) -> Self {
        let time_ns = u64::try_from(header.time.unix_timestamp_nanos()).unwrap_or(0);
        Self { block: B256::from_slice(header.hash().as_bytes()), time_ns }
    }

    /// The block's time.
    #[must_use]
    pub fn time(&self) -> Time {
        let seconds = i64::try_from(self.time_ns / 1_000_000_000).expect("nanoseconds of 64 bits are fewer seconds");
        let nanos = u32::try_from(self.time_ns % 1_000_000_000).expect("less than a billion");
        Time::from_unix_timestamp(seconds, nanos).expect("64 bits of nanoseconds end in 2554")
    }

    /// Hash, then the time as 8 bytes, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..32].copy_from_slice(self.block.as_slice());
        bytes[32..].copy_from_slice(&self.time_ns.to_be_bytes());
        bytes
    }

    /// As [`ValueId::to_bytes`] made it.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let time = bytes[32..].try_into().expect("the last 8 of 40 bytes");
        Self { block: B256::from_slice(&bytes[..32]), time_ns: u64::from_be_bytes(time) }
    }
}

/// The two votes of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoteKind {
    /// The first.
    Prevote,
    /// The one that decides.
    Precommit,
}

/// What a validator signs: CometBFT's `CanonicalVote`, length-delimited. A vote for nothing has the time 1970.
#[must_use]
pub fn vote_sign_bytes(
    chain_id: &ChainId,
    kind: VoteKind,
    height: Height,
    round: u32,
    value: Option<ValueId>,
) -> Vec<u8> {
    let vote = CanonicalVote {
        vote_type: match kind {
            VoteKind::Prevote => vote::Type::Prevote,
            VoteKind::Precommit => vote::Type::Precommit,
        },
        height: tendermint::block::Height::try_from(height).expect("heights fit 63 bits"),
        round: Round::try_from(round).expect("rounds fit 31 bits"),
        block_id: value.map(|value| block_id(value.block)),
        timestamp: Some(value.map_or_else(Time::unix_epoch, |value| value.time())),
        chain_id: chain_id.clone(),
    };
    Protobuf::<tendermint_proto::v0_38::types::CanonicalVote>::encode_length_delimited_vec(vote)
}
