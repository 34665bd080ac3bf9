//! Blocks that are decided already: given to nodes that are behind, and taken in when we are.

use std::ops::RangeInclusive;

use bytes::Bytes;
use seiza_chain::Chain;
use seiza_engine::{Decision, Proposed, Reply, Synced};
use seiza_types::{Block, Height, ValueId};
use tendermint::account;

use super::height::Candidate;
use super::limits::{SYNC_BLOCKS_MAX, SYNC_BYTES_MAX};
use super::receive::{Origin, Received};
use super::{Host, Input};

impl Host {
    /// Reads decided blocks, off this task; as many as fit.
    pub(super) fn decided_values(&self, range: RangeInclusive<Height>, reply: Reply<Vec<(Bytes, Decision)>>) {
        let chain = self.shared.chain.clone();
        tokio::task::spawn_blocking(move || reply.send(read(&chain, range)));
    }

    /// A block that was decided while we were away. Its certificate has been verified by the engine; the block itself is
    /// checked here like any other.
    pub(super) fn synced(
        &mut self,
        height: Height,
        round: u32,
        proposer: account::Id,
        bytes: Bytes,
        reply: Reply<Synced>,
    ) {
        if height != self.height {
            reply.send(Synced::Later);
            return;
        }
        let (chain, inputs) = (self.shared.chain.clone(), self.inputs.clone());
        tokio::task::spawn_blocking(move || match take_in(&chain, height, round, proposer, &bytes) {
            Ok(candidate) => inputs.tell(Input::Received(Box::new(Received {
                height,
                outcome: Ok(candidate),
                origin: Origin::Sync(reply),
            }))),
            Err(reason) => {
                tracing::warn!(height, reason, "a peer's decided block is not valid here");
                reply.send(Synced::PeerFault);
            }
        });
    }
}

fn take_in(
    chain: &Chain,
    height: Height,
    round: u32,
    proposer: account::Id,
    bytes: &[u8],
) -> Result<Candidate, String> {
    let block = Block::decode(bytes).map_err(|error| error.to_string())?;
    if block.height() != height {
        return Err(format!("asked for height {height}, got {}", block.height()));
    }
    let block = chain.validate(block, |_, _| None).map_err(|error| error.to_string())?;
    let value = ValueId::of(&block.header);
    let proposed = Proposed { height, round, valid_round: None, proposer, value, valid: true };
    Ok(Candidate { block, compact: None, proposed })
}

fn read(chain: &Chain, range: RangeInclusive<Height>) -> Vec<(Bytes, Decision)> {
    let mut room = SYNC_BYTES_MAX;
    let last = (*range.end()).min(range.start().saturating_add(SYNC_BLOCKS_MAX - 1)).min(chain.head().height);
    let mut found = Vec::new();
    for height in *range.start()..=last {
        // What cannot be read cannot be given; the asker turns to another.
        let Ok(Some(stored)) = chain.storage().block(height) else { break };
        let bytes = stored.block.encode();
        let Some(left) = room.checked_sub(bytes.len()) else { break };
        room = left;
        let (value, round) = (ValueId::of(&stored.block.header), stored.certificate.round());
        let signatures = stored.certificate.signatures().collect();
        found.push((bytes.into(), Decision { value, height, round, signatures }));
    }
    found
}
