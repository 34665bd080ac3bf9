//! The node's handle on the network: what it can tell and ask.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use libp2p::PeerId;
use seiza_types::{B256, Bytes};
use tokio::sync::{mpsc, oneshot};

use crate::{
    command::{Answer, Command, FetchError, Shared},
    event::{Announced, PeerInfo},
    figures::Figures,
    limits::{EVIDENCE_BYTES_MAX, FETCH_MAX, REQUEST_HASHES_MAX, REQUEST_INDEXES_MAX},
    score::Fault,
    wire::{Item, Piece, Request, Response},
};

/// The handle. Cheap to clone; the network stops when the last one is dropped.
#[derive(Clone)]
pub struct Network {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) shared: Arc<Shared>,
}

/// How long [`Network::stop`] waits for the task.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);

impl Network {
    /// Tells the peers that do not know them of these transactions, within milliseconds. Those with bytes are pushed
    /// whole to up to eight peers while they are small. Of a newcomer to the whole network give the bytes, of one that
    /// a peer told of the hash alone. Never waits: what does not fit is dropped and counted.
    pub fn announce(&self, txs: Vec<Announced>) {
        let count = txs.len() as u64;
        if self.commands.try_send(Command::Announce(txs)).is_err() {
            self.shared.counters.announcements_dropped.fetch_add(count, Relaxed);
        }
    }

    /// Fetches waiting transactions: one answer for each hash, in order. Asks as often as it takes.
    ///
    /// # Errors
    /// [`FetchError`]; the hashes of what came are the caller's to compare.
    pub async fn fetch_txs(&self, peer: PeerId, hashes: Vec<B256>) -> Result<Vec<Option<Bytes>>, FetchError> {
        bounded(hashes.len())?;
        let mut txs = Vec::with_capacity(hashes.len());
        while txs.len() < hashes.len() {
            let asked = &hashes[txs.len()..];
            let asked = asked[..asked.len().min(REQUEST_HASHES_MAX)].to_vec();
            match self.ask(peer, Request::Txs(asked)).await? {
                Response::Txs(some) => txs.extend(some),
                _ => return Err(FetchError::Faulty(Fault::Unsolicited)),
            }
        }
        Ok(txs)
    }

    /// Fetches transactions of a block: one for each index, in order. Asks as often as it takes.
    ///
    /// # Errors
    /// [`FetchError`]; [`FetchError::NotHeld`] if the peer does not hold the block.
    pub async fn fetch_block_txs(
        &self,
        peer: PeerId,
        block: B256,
        indexes: Vec<u32>,
    ) -> Result<Vec<Bytes>, FetchError> {
        bounded(indexes.len())?;
        let mut txs = Vec::with_capacity(indexes.len());
        while txs.len() < indexes.len() {
            let asked = &indexes[txs.len()..];
            let asked = asked[..asked.len().min(REQUEST_INDEXES_MAX)].to_vec();
            match self.ask(peer, Request::BlockTxs { block, indexes: asked }).await? {
                Response::BlockTxs(some) => txs.extend(some.ok_or(FetchError::NotHeld)?),
                _ => return Err(FetchError::Faulty(Fault::Unsolicited)),
            }
        }
        Ok(txs)
    }

    /// Fetches a part of a block.
    ///
    /// # Errors
    /// [`FetchError`]; [`FetchError::NotHeld`] if the peer does not hold it.
    pub async fn fetch_part(&self, peer: PeerId, block: B256, index: u32) -> Result<Bytes, FetchError> {
        match self.ask(peer, Request::Part { block, index }).await? {
            Response::Part(part) => part.ok_or(FetchError::NotHeld),
            _ => Err(FetchError::Faulty(Fault::Unsolicited)),
        }
    }

    /// Fetches an item of a snapshot, in as many parts as it comes in. What it holds is the caller's to check.
    ///
    /// # Errors
    /// [`FetchError`]; [`FetchError::NotHeld`] if the peer does not hold it, or not yet.
    pub async fn fetch_snapshot(&self, peer: PeerId, item: Item) -> Result<Bytes, FetchError> {
        let Piece { parts, bytes } = self.fetch_piece(peer, item, 0).await?;
        if parts == 1 {
            return Ok(bytes);
        }
        let mut all = bytes.to_vec();
        for part in 1..parts {
            let next = self.fetch_piece(peer, item, part).await?;
            if next.parts != parts || next.bytes.is_empty() {
                self.report(&peer, Fault::Unsolicited);
                return Err(FetchError::Faulty(Fault::Unsolicited));
            }
            all.extend_from_slice(&next.bytes);
        }
        Ok(all.into())
    }

    async fn fetch_piece(&self, peer: PeerId, item: Item, part: u32) -> Result<Piece, FetchError> {
        match self.ask(peer, Request::Snapshot { item, part }).await? {
            Response::Snapshot(piece) => piece.ok_or(FetchError::NotHeld),
            _ => Err(FetchError::Faulty(Fault::Unsolicited)),
        }
    }

    /// Passes verified evidence on to all peers that do not know it; more than 8 KiB is none and is dropped.
    pub fn gossip_evidence(&self, bytes: Bytes) {
        if bytes.len() <= EVIDENCE_BYTES_MAX {
            let _ = self.commands.try_send(Command::Evidence(bytes));
        }
    }

    /// Connected peers.
    #[must_use]
    pub fn peers(&self) -> Vec<PeerInfo> {
        self.shared.peers.read().clone()
    }

    /// Scores a peer's fault; enough of them ban it.
    pub fn report(&self, peer: &PeerId, fault: Fault) {
        let _ = self.commands.try_send(Command::Report(*peer, fault));
    }

    /// The head's height, told to peers that connect from now on.
    pub fn set_height(&self, height: u64) {
        let _ = self.commands.try_send(Command::Height(height));
    }

    /// Our own identity.
    #[must_use]
    pub fn id(&self) -> PeerId {
        self.shared.id
    }

    /// Where we accept peers.
    #[must_use]
    pub fn listen_addr(&self) -> SocketAddr {
        self.shared.listen
    }

    /// All counters.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.shared.counters.read()
    }

    /// Closes all connections and waits, at most three seconds.
    pub async fn stop(self) {
        let (reply, done) = oneshot::channel();
        if self.commands.send(Command::Stop(reply)).await.is_ok() {
            let _ = tokio::time::timeout(STOP_TIMEOUT, done).await;
        }
    }

    async fn ask(&self, peer: PeerId, request: Request) -> Answer {
        let (reply, answer) = oneshot::channel();
        let command = Command::Ask { peer, request, reply };
        self.commands.send(command).await.map_err(|_| FetchError::Stopped)?;
        answer.await.map_err(|_| FetchError::Stopped)?
    }
}

const fn bounded(count: usize) -> Result<(), FetchError> {
    if count > FETCH_MAX { Err(FetchError::TooMany { count, max: FETCH_MAX }) } else { Ok(()) }
}
