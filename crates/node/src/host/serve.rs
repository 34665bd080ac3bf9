//! What peers ask of this node besides votes: transactions, missing transactions of a block, parts of a block. Answered
//! beside the host, from what it keeps at hand, so that no flood of questions delays a vote.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use seiza_network::{Announced, Event, Network, PeerId};
use seiza_types::{B256, Bytes};
use tokio::sync::mpsc;

use super::bodies::Bodies;
use super::gossip::Gossip;
use super::{Input, Inputs, Shared};
use crate::state_sync::SnapshotServer;

/// Serves peers until the network ends.
pub struct Server {
    /// Pool and chain.
    pub shared: Shared,
    /// Bodies that peers may ask for.
    pub bodies: Bodies,
    /// What to do with announced transactions.
    pub gossip: Gossip,
    /// The host's letter box.
    pub inputs: Inputs,
    /// The peers.
    pub network: Network,
    /// Since when they are connected.
    pub meetings: Meetings,
    /// Gives the state to those that fetch it.
    pub snapshots: SnapshotServer,
}

/// Since when each peer is connected. Cloning shares it.
#[derive(Clone, Default)]
pub struct Meetings(Arc<Mutex<BTreeMap<PeerId, Instant>>>);

impl Meetings {
    /// Since when the peer is connected.
    pub fn since(&self, peer: &PeerId) -> Option<Instant> {
        self.0.lock().get(peer).copied()
    }
}

impl Server {
    /// Answers until the network ends.
    pub async fn run(self, mut events: mpsc::Receiver<Event>) {
        while let Some(event) = events.recv().await {
            self.answer(event);
        }
    }

    fn answer(&self, event: Event) {
        // Whoever asked may be gone: an answer that nobody waits for is no error.
        match event {
            Event::Announced { peer, txs } => self.gossip.announced(peer, txs),
            Event::TxsAsked { hashes, reply, .. } => drop(reply.send(self.txs(&hashes))),
            Event::BlockTxsAsked { block, indexes, reply, .. } => {
                drop(reply.send(self.bodies.get(&block).and_then(|body| body.txs(&indexes))));
            }
            Event::PartAsked { block, index, reply, .. } => {
                let bodies = self.bodies.clone();
                // Splitting and hashing a large block takes milliseconds.
                tokio::task::spawn_blocking(move || {
                    drop(reply.send(bodies.get(&block).and_then(|body| body.part(index))));
                });
            }
            Event::SnapshotAsked { item, part, reply, .. } => self.snapshots.answer(item, part, reply),
            Event::Evidence { bytes, .. } => self.inputs.tell(Input::Evidence(bytes.to_vec())),
            Event::Joined { peer } => {
                self.meetings.0.lock().insert(peer.id, Instant::now());
                self.count_peers();
                self.announce_all();
            }
            Event::Left { peer } => {
                self.meetings.0.lock().remove(&peer);
                self.count_peers();
            }
        }
    }

    fn txs(&self, hashes: &[B256]) -> Vec<Option<Bytes>> {
        let pool = self.shared.pool.lock();
        hashes.iter().map(|hash| pool.get(hash).map(|tx| tx.raw.clone())).collect()
    }

    /// Tells whoever is new of all that waits; those that know it are told nothing again.
    fn announce_all(&self) {
        if !self.gossip.broadcast {
            return;
        }
        let named = |hash: &B256| Announced { hash: *hash, bytes: None };
        let waiting = self.shared.pool.lock().all().map(|(hash, _)| named(hash)).collect();
        self.network.announce(waiting);
    }

    fn count_peers(&self) {
        #[expect(clippy::cast_precision_loss, reason = "a gauge of Prometheus is a float")]
        metrics::gauge!(crate::telemetry::figures::PEERS).set(self.network.peers().len() as f64);
    }
}
