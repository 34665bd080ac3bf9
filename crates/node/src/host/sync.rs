//! Blocks that are decided already: given to nodes that are behind, and taken in when we are.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use seiza_chain::Chain;
use seiza_engine::{Decision, Proposed, Reply, Synced};
use seiza_network::{Item, Network, Offer};
use seiza_types::{Block, Height, ValueId};
use tendermint::account;

use super::height::Candidate;
use super::limits::{SYNC_BLOCKS_MAX, SYNC_BYTES_MAX};
use super::receive::{Origin, Received};
use super::{Host, Input};
use crate::telemetry::progress::{Meter, Unit};

/// How fetching decided blocks goes.
pub struct CatchingUp {
    from: Height,
    since: Instant,
    asked: Instant,
    /// The highest height that a peer told of.
    to: Arc<AtomicU64>,
    /// Shown once it takes longer than a moment.
    meter: Option<Meter>,
}

/// Between two questions how far there is to go.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// Blocks behind from which progress is shown.
const SHOWN_FROM: u64 = 5;

impl Host {
    /// A block came that was decided without us: says how far there is to go, and how fast it goes.
    pub(super) fn behind(&mut self, height: Height) {
        let progress = self.catching_up.get_or_insert_with(|| CatchingUp::from(height));
        if progress.asked.elapsed() >= ASK_EVERY || height == progress.from {
            progress.asked = Instant::now();
            let told = self.network.peers().iter().map(|peer| peer.height).max().unwrap_or(0);
            progress.to.fetch_max(told, Ordering::Relaxed);
            tokio::spawn(ask_how_far(self.network.clone(), progress.to.clone()));
        }
        let to = progress.to.fetch_max(height, Ordering::Relaxed).max(height);
        self.rounds.change(|at| at.syncing = Some((progress.from, to)));
        if to >= height + SHOWN_FROM && progress.meter.is_none() {
            progress.meter = Some(Meter::new("catching up", Unit::Blocks, self.quiet));
        }
        if let Some(meter) = &progress.meter {
            meter.show(height - progress.from + 1, to - progress.from + 1);
        }
    }

    /// A proposal came in time: nothing is to be fetched any more.
    pub(super) fn in_step(&mut self) {
        if let Some(CatchingUp { from, since, .. }) = self.catching_up.take() {
            let (blocks, seconds) = (self.height.saturating_sub(from), since.elapsed().as_secs_f64());
            let per_second = blocks as f64 / seconds;
            tracing::info!(height = self.height, blocks, seconds, per_second, "in step with the others");
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

impl CatchingUp {
    fn from(height: Height) -> Self {
        let (since, to) = (Instant::now(), Arc::new(AtomicU64::new(height)));
        Self { from: height, since, asked: since, to, meter: None }
    }
}

/// Asks any peer for its newest height: what it said when it connected may be long ago.
async fn ask_how_far(network: Network, to: Arc<AtomicU64>) {
    for peer in network.peers().iter().take(3) {
        let Ok(bytes) = network.fetch_snapshot(peer.id, Item::Offer).await else { continue };
        if let Ok(offer) = Offer::decode(&bytes) {
            // A liar changes what is shown, and nothing else.
            to.fetch_max(offer.highest.saturating_add(1), Ordering::Relaxed);
            return;
        }
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
