//! Blocks that are decided already: given to nodes that are behind, and taken in when we are.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use bytes::Bytes;
use seiza_chain::Chain;
use seiza_engine::{Decision, Proposed, Reply, Synced};
use seiza_types::{Block, Height, ValueId};
use tendermint::account;

use super::height::Candidate;
use super::limits::{SYNC_BLOCKS_MAX, SYNC_BYTES_MAX};
use super::receive::{Origin, Received};
use super::{Host, Input};

/// How fetching decided blocks goes.
pub struct CatchingUp {
    from: Height,
    since: Instant,
    told: Instant,
}

/// Between two lines about it.
const TELL_EVERY: Duration = Duration::from_secs(1);

impl Host {
    /// A block came that was decided without us: says how far there is to go, and how fast it goes.
    pub(super) fn behind(&mut self, height: Height) {
        let to = self.network.peers().iter().map(|peer| peer.height).max().unwrap_or(0).max(height);
        let now = Instant::now();
        let progress = self.catching_up.get_or_insert(CatchingUp { from: height, since: now, told: now });
        self.rounds.change(|at| at.syncing = Some((progress.from, to)));
        if progress.told.elapsed() >= TELL_EVERY {
            progress.told = now;
            let fetched = height - progress.from + 1;
            let per_second = fetched as f64 / progress.since.elapsed().as_secs_f64();
            let left = to.saturating_sub(height);
            tracing::info!(height, to, left, per_second, "catching up");
        }
    }

    /// A proposal came in time: nothing is to be fetched any more.
    pub(super) fn in_step(&mut self) {
        if let Some(CatchingUp { from, since, .. }) = self.catching_up.take() {
            let (blocks, seconds) = (self.height.saturating_sub(from), since.elapsed().as_secs_f64());
            tracing::info!(height = self.height, blocks, seconds, "in step with the others");
            self.rounds.change(|at| at.syncing = None);
        }
    }

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
