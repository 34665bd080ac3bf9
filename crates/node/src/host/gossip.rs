//! Transactions between pools: what comes in here is announced, what others announce is fetched and admitted by the same
//! door as a client's.

use std::sync::Arc;

use parking_lot::Mutex;
use seiza_network::{Announced, Fault, Network, PeerId};
use seiza_rpc::{Admitted, Backend};
use seiza_types::{B256, Bytes, Tx};

use super::Shared;
use super::arrivals::Arrivals;
use super::limits::FETCH_TXS_MAX;

/// Fetches and admits what peers announce. Cloning shares it.
#[derive(Clone)]
pub struct Gossip {
    pub shared: Shared,
    pub network: Network,
    pub backend: Arc<Backend>,
    pub arrivals: Arc<Mutex<Arrivals>>,
    /// Whether what waits here is told to peers.
    pub broadcast: bool,
}

impl Gossip {
    /// A peer announced transactions: those that came along are admitted, those that nobody fetches yet are fetched.
    pub(super) fn announced(&self, peer: PeerId, mut txs: Vec<Announced>) {
        {
            let pool = self.shared.pool.lock();
            txs.retain(|tx| !pool.has_met(&tx.hash));
        }
        let (mut whole, mut named) = (Vec::new(), Vec::new());
        for tx in txs {
            match tx.bytes {
                Some(bytes) => whole.push((tx.hash, bytes)),
                None => named.push(tx.hash),
            }
        }
        self.arrived(peer, whole);
        let named = self.arrivals.lock().fetch_now(named);
        for hashes in named.chunks(FETCH_TXS_MAX) {
            tokio::spawn(self.clone().fetch(peer, hashes.to_vec()));
        }
    }

    async fn fetch(self, peer: PeerId, hashes: Vec<B256>) {
        let found = self.network.fetch_txs(peer, hashes.clone()).await;
        // A peer that does not answer was scored by the network; what it announced, others announce too.
        let found = found.unwrap_or_default();
        let found = hashes.iter().zip(found).filter_map(|(hash, bytes)| Some((*hash, bytes?)));
        self.arrived(peer, found.collect());
        self.arrivals.lock().fetched(&hashes);
    }

    /// Bytes came: those that are what they were announced as, and are not being verified already, are admitted as a
    /// client's would be.
    fn arrived(&self, peer: PeerId, txs: Vec<(B256, Bytes)>) {
        let (sound, wrong): (Vec<_>, Vec<_>) =
            txs.into_iter().partition(|(hash, bytes)| Tx::hash_of(bytes).as_ref() == Some(hash));
        self.blame(&peer, wrong.len());
        let (hashes, raws) = self.arrivals.lock().verify_now(sound);
        if hashes.is_empty() {
            return;
        }
        let gossip = self.clone();
        tokio::task::spawn_blocking(move || {
            let answers = gossip.backend.admit_gossip(raws);
            gossip.arrivals.lock().verified(&hashes);
            gossip.blame(&peer, answers.iter().filter(|answer| **answer == Admitted::Malformed).count());
        });
    }

    /// What no honest node would pass on is the peer's fault.
    fn blame(&self, peer: &PeerId, faults: usize) {
        for _ in 0..faults {
            self.network.report(peer, Fault::WrongTx);
        }
    }
}
