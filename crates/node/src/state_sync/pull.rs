//! Fetching a snapshot from all peers at once. Whatever a peer sends is checked before it is kept; who sends something else is
//! scored and asked no more; who leaves, or lets go of the height, is done without.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use seiza_chain::Genesis;
use seiza_network::{Fault, Item, Network, Offer, PeerId};
use seiza_storage::limits::{SYNC_BASE_BYTES_MAX, SYNC_TOP_BYTES_MAX};
use seiza_storage::sync::{ChunkId, Parts, SnapshotFile, SyncError, Top, unpack};
use seiza_types::Height;

use super::download::Download;
use super::limits::{COMPANY, LOOK_EVERY, OFFERLESS, TELL_EVERY};
use super::{Trust, download_in, plan};
use crate::failure::Failure;
use crate::telemetry::progress::{Meter, Unit};

/// Fetches one snapshot.
pub struct Pull {
    /// The peers.
    pub network: Network,
    /// The folder that becomes the storage.
    pub data: PathBuf,
    /// The chain.
    pub genesis: Genesis,
    /// What is trusted.
    pub trust: Trust,
    /// Whether no progress is shown.
    pub quiet: bool,
}

/// Why an attempt ended.
pub(super) enum Trouble {
    /// Peers did not give it: another height, or others, may.
    Peers(String),
    /// Nothing helps.
    Fatal(Failure),
}

impl Pull {
    /// Fetches the state of a height that peers offer. `None` where they are there and offer nothing.
    ///
    /// # Errors
    /// What is trusted is too old; those of the disk.
    pub async fn fetch(&self) -> Result<Option<SnapshotFile>, Failure> {
        loop {
            let Some(height) = self.choose().await else { return Ok(None) };
            match self.attempt(height).await {
                Ok(file) => return Ok(Some(file)),
                Err(Trouble::Fatal(failure)) => return Err(failure),
                Err(Trouble::Peers(why)) => tracing::warn!(height, why, "the state was not fetched: tries again"),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Waits for peers, and takes the height that most of them offer.
    async fn choose(&self) -> Option<Height> {
        let least = self.trust.block.map_or(0, |(height, _)| height);
        let begun = SnapshotFile::open(&download_in(&self.data)).ok().map(|file| file.parts().height);
        let (mut joined, mut told) = (None, None::<Instant>);
        loop {
            let offers = self.offers().await;
            let since =
                if self.network.peers().is_empty() { None } else { Some(*joined.get_or_insert_with(Instant::now)) };
            let company = since.is_some_and(|since| since.elapsed() >= COMPANY);
            if let Some(height) = plan::choose(&offers, begun, least).filter(|_| company) {
                tracing::info!(height, peers = offers.len(), "fetches the state");
                return Some(height);
            }
            if since.is_some_and(|since| since.elapsed() >= OFFERLESS) {
                tracing::info!("peers offer no state: fetches all blocks");
                return None;
            }
            if told.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
                told = Some(Instant::now());
                tracing::info!(peers = self.network.peers().len(), "waits for peers that offer the state");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn offers(&self) -> Vec<(PeerId, Offer)> {
        let peers: Vec<PeerId> = self.network.peers().iter().map(|peer| peer.id).collect();
        let asked = peers.into_iter().map(|peer| async move {
            let bytes = self.network.fetch_snapshot(peer, Item::Offer).await.ok()?;
            let offer = Offer::decode(&bytes);
            if offer.is_err() {
                self.network.report(&peer, Fault::WrongChunk);
            }
            Some((peer, offer.ok()?))
        });
        futures::future::join_all(asked).await.into_iter().flatten().collect()
    }

    async fn attempt(&self, height: Height) -> Result<SnapshotFile, Trouble> {
        let proof = self.prove(height).await?;
        let app_hash = proof.app_hash().map_err(Trouble::Peers)?;
        let (_, base) = self
            .first(Item::Base(height), |bytes| {
                let base = unpack(bytes, SYNC_BASE_BYTES_MAX, "block").map_err(|error| error.to_string())?;
                proof.check_base(&base).map(|_| base)
            })
            .await?;
        let (_, top) = self
            .first(Item::Top(height), |bytes| {
                let top = unpack(bytes, SYNC_TOP_BYTES_MAX, "top").map_err(|error| error.to_string())?;
                Top::check(&top, app_hash).map(|_| top).map_err(|error| error.to_string())
            })
            .await?;
        let parts = Parts { height, app_hash, proof: proof.encode(), base, top };
        let file = self.open(parts).map_err(|error| Trouble::Fatal(Failure::refused(error)))?;
        self.download(file).await
    }

    /// The file of an earlier download if it is of the same state; else a new one, with the chunks that the old one has.
    fn open(&self, parts: Parts) -> Result<SnapshotFile, SyncError> {
        let path = download_in(&self.data);
        let old = SnapshotFile::open(&path).ok();
        // Peers hold different signatures of one commit: what the old file has proves the same.
        let same = |old: &&SnapshotFile| (old.parts().height, old.parts().app_hash) == (parts.height, parts.app_hash);
        if let Some(old) = old.as_ref().filter(same) {
            let (total, found) = old.progress();
            tracing::info!(height = parts.height, found, total, "goes on with what was fetched before");
            return SnapshotFile::open(&path);
        }
        let folder = path.parent().expect("the file lies in a folder of its own");
        std::fs::create_dir_all(folder).map_err(|error| {
            SyncError::Storage(seiza_storage::StorageError::Io {
                action: "make the folder",
                path: folder.into(),
                source: error,
            })
        })?;
        let mut file = SnapshotFile::create(&path, parts)?;
        if let Some(old) = old {
            let wanted: std::collections::BTreeSet<ChunkId> = file.missing().into_iter().collect();
            for id in old.present().into_iter().filter(|id| wanted.contains(id)) {
                file.append(id, &old.packed(&id)?)?;
            }
        }
        Ok(file)
    }

    async fn download(&self, file: SnapshotFile) -> Result<SnapshotFile, Trouble> {
        let meter = Meter::new("fetching the state", Unit::Bytes, self.quiet);
        let mut download = Download::new(self.network.clone(), file, meter);
        let done = download.run().await;
        let file = Arc::into_inner(download.file).map(Mutex::into_inner);
        done?;
        let file = file.ok_or_else(|| Trouble::Fatal(Failure::refused("a download is still written to")))?;
        file.sync().map_err(|error| Trouble::Fatal(Failure::refused(error)))?;
        Ok(file)
    }
}
