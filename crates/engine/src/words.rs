//! What the engine and its host say to each other, in the words of `seiza-types`: no Malachite type leaves this file's names.

use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;
use seiza_types::{Certificate, Evidence, Height, Signature, ValidatorSet, ValueId};
use tendermint::account;

use crate::reply::Reply;

/// How long each step of a round waits; `_delta` is added for every round after the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the proposal.
    pub propose: Duration,
    /// See above.
    pub propose_delta: Duration,
    /// After two thirds prevoted, for a majority.
    pub prevote: Duration,
    /// See above.
    pub prevote_delta: Duration,
    /// After two thirds precommitted, for a majority.
    pub precommit: Duration,
    /// See above.
    pub precommit_delta: Duration,
    /// In a round before votes are sent again.
    pub rebroadcast: Duration,
}

/// A height, and how to decide it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeightParams {
    /// The height.
    pub height: Height,
    /// Who decides it.
    pub validators: ValidatorSet,
    /// How long steps wait.
    pub timeouts: Timeouts,
    /// Least time that the height takes, from its start until it is finalized; late precommits are gathered meanwhile.
    pub target_time: Option<Duration>,
}

/// A complete proposed block, named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposed {
    /// Its height.
    pub height: Height,
    /// Round that it was proposed in.
    pub round: u32,
    /// Round of the polka that it had then.
    pub valid_round: Option<u32>,
    /// Who proposed it.
    pub proposer: account::Id,
    /// Its name.
    pub value: ValueId,
    /// Whether to vote for it.
    pub valid: bool,
}

/// A decision: who precommitted what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Height decided.
    pub height: Height,
    /// Round that decided it.
    pub round: u32,
    /// What was decided.
    pub value: ValueId,
    /// Precommits for it, more than two thirds of the power, in no order.
    pub signatures: Vec<(account::Id, Signature)>,
}

impl Decision {
    /// Tendermint's commit of this decision, `set` being the height's validators.
    #[must_use]
    pub fn certificate(&self, set: &ValidatorSet) -> Certificate {
        Certificate::from_signatures(self.value, self.height, self.round, set, &self.signatures)
    }
}

/// What the host makes of a block that was fetched from a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synced {
    /// It decodes to this. Its value must be the certificate's, or the peer is at fault.
    Value(Proposed),
    /// The peer sent nonsense: it is scored, and another one asked.
    PeerFault,
    /// Not now, for a reason of our own: asked again later.
    Later,
}

/// What the engine asks of its host. Unless it says otherwise, a question may be answered later and from anywhere.
#[derive(Debug)]
pub enum Ask {
    /// The engine listens. Nothing happens until the first height is given. Must be answered.
    Ready {
        /// The first height to decide: one after the last block stored.
        reply: Reply<HeightParams>,
    },
    /// A round starts. Answer at once: consensus waits. Dropped: as if empty.
    StartedRound {
        /// Height.
        height: Height,
        /// Round.
        round: u32,
        /// Whose turn it is.
        proposer: account::Id,
        /// Whether it is ours.
        ours: bool,
        /// Complete blocks of this height and round kept from before a crash.
        reply: Reply<Vec<Proposed>>,
    },
    /// It is our turn: build and publish, then answer. The same height and round get the same value again, whatever
    /// happened in between. Dropped: the round times out.
    GetValue {
        /// Height.
        height: Height,
        /// Round.
        round: u32,
        /// Propose timeout of the round.
        timeout: Duration,
        /// What we propose.
        reply: Reply<ValueId>,
    },
    /// Somebody sent a proposal's bytes; the engine has checked nothing in them, not even who sent them. Answer when the
    /// block is complete and durable. Dropped: it never is.
    Proposal {
        /// Peer that handed it on (libp2p id, base58).
        from: String,
        /// Peer that published it, signed by that peer's node key.
        publisher: Option<String>,
        /// As [`crate::Publisher::publish`] got them.
        bytes: Bytes,
        /// The complete block. A height ahead of the engine's is kept until its turn.
        reply: Reply<Proposed>,
    },
    /// Publish the stored proposal of this value again, verbatim.
    Restream {
        /// Height.
        height: Height,
        /// Round that it is proposed again in.
        round: u32,
        /// Round of its polka.
        valid_round: Option<u32>,
        /// What was proposed.
        value: ValueId,
    },
    /// Decided. Answer when block and decision are durable: peers may then fetch it from us. Dropped: they may not.
    Decided {
        /// Height.
        height: Height,
        /// The decision.
        certificate: Decision,
        /// Durable.
        reply: Reply<()>,
    },
    /// Decided, and the height's target time has passed. Answer when the block is executed and committed: nothing of the
    /// next height happens before. Must be answered.
    Finalized {
        /// Height.
        height: Height,
        /// The decision, perhaps with more precommits than before.
        certificate: Decision,
        /// Double votes seen in this height.
        evidence: Vec<Evidence>,
        /// The next height.
        reply: Reply<HeightParams>,
    },
    /// A peer wants decided blocks. The range is unchecked: give what is there, from its start, without gaps. Dropped: none.
    DecidedValues {
        /// Heights wanted.
        range: RangeInclusive<Height>,
        /// Encoded blocks and their decisions.
        reply: Reply<Vec<(Bytes, Decision)>>,
    },
    /// A peer sent a block whose certificate verifies for this height. Dropped: as [`Synced::Later`].
    Synced {
        /// Height of the certificate.
        height: Height,
        /// Its round.
        round: u32,
        /// Whose turn that round was.
        proposer: account::Id,
        /// The encoded block.
        bytes: Bytes,
        /// What it is.
        reply: Reply<Synced>,
    },
    /// The lowest height that [`Ask::DecidedValues`] could give. Answer at once: sync waits. Dropped: as 1.
    HistoryMin {
        /// The height.
        reply: Reply<Height>,
    },
}
