//! Transactions between pools: what comes in here is announced, what others announce is fetched and admitted by the same
//! door as a client's.

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::Mutex;
use seiza_network::{Announced, Fault, Network, PeerId};
use seiza_rpc::{Admitted, Backend};
use seiza_types::{B256, Bytes};

use super::Shared;
use super::limits::{FETCH_TXS_MAX, FETCHING_TXS_MAX};

/// Fetches and admits what peers announce. Cloning shares it.
#[derive(Clone)]
pub struct Gossip {
    pub shared: Shared,
    pub network: Network,
    pub backend: Arc<Backend>,
    /// Being fetched, so that a transaction announced by many is fetched from one.
    pub fetching: Arc<Mutex<HashSet<B256>>>,
}

impl Gossip {
    /// A peer announced transactions: those that came along are admitted, those that nobody fetches yet are fetched.
    pub(super) fn announced(&self, peer: PeerId, txs: Vec<Announced>) {
        let unknown = self.unknown(txs);
        let (whole, named): (Vec<_>, Vec<_>) = unknown.into_iter().partition(|tx| tx.bytes.is_some());
        let whole: Vec<Bytes> = whole.into_iter().filter_map(|tx| tx.bytes).collect();
        if !whole.is_empty() {
            self.admit(peer, whole);
        }
        let named: Vec<B256> = named.into_iter().map(|tx| tx.hash).collect();
        for hashes in named.chunks(FETCH_TXS_MAX) {
            tokio::spawn(self.clone().fetch(peer, hashes.to_vec()));
        }
    }

    /// Those that are not here and not on their way; named ones are marked as on their way.
    fn unknown(&self, mut txs: Vec<Announced>) -> Vec<Announced> {
        {
            let pool = self.shared.pool.lock();
            txs.retain(|tx| !pool.contains(&tx.hash));
        }
        let mut fetching = self.fetching.lock();
        txs.retain(|tx| tx.bytes.is_some() || (fetching.len() < FETCHING_TXS_MAX && fetching.insert(tx.hash)));
        txs
    }

    async fn fetch(self, peer: PeerId, hashes: Vec<B256>) {
        let found = self.network.fetch_txs(peer, hashes.clone()).await;
        {
            let (mut fetching, hashes) = (self.fetching.lock(), hashes.iter().collect::<HashSet<_>>());
            fetching.retain(|hash| !hashes.contains(hash));
        }
        // A peer that does not answer was scored by the network; what it announced, others announce too.
        let Ok(found) = found else { return };
        self.admit(peer, found.into_iter().flatten().collect());
    }

    /// Admits transactions as a client's would be. What no honest node would pass on is the peer's fault.
    fn admit(&self, peer: PeerId, raws: Vec<Bytes>) {
        let (backend, network) = (self.backend.clone(), self.network.clone());
        tokio::task::spawn_blocking(move || {
            let faults = backend.admit_gossip(raws).into_iter().filter(|answer| *answer == Admitted::Malformed).count();
            for _ in 0..faults {
                network.report(&peer, Fault::WrongTx);
            }
        });
    }
}
