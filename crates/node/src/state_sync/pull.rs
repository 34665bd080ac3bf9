//! Fetching a snapshot from all peers at once. Whatever a peer sends is checked before it is kept; who sends something else is
//! scored and asked no more; who leaves, or lets go of the height, is done without.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use parking_lot::Mutex;
use seiza_chain::Genesis;
use seiza_network::{Fault, FetchError, Item, Network, Offer, PeerId};
use seiza_storage::limits::{SYNC_BASE_BYTES_MAX, SYNC_CHUNK_BYTES_MAX, SYNC_TOP_BYTES_MAX};
use seiza_storage::sync::{ChunkId, ChunkTally, Parts, SnapshotFile, SyncError, Top, check_chunk, unpack};
use seiza_types::{Bytes, Height};

use super::light::{Light, LightBlock, Root, Step};
use super::limits::{
    COMPANY, FAILURE_PAUSE, HEADERS_MAX, LOOK_EVERY, MISS_PAUSE, MISSES_MAX, OFFERLESS, PER_PEER_MAX, STALL, TELL_EVERY,
};
use super::proof::Proof;
use super::{Trust, download_in, plan};
use crate::clock;
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
enum Trouble {
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

    /// Asks peer after peer, until one gives what passes the check.
    async fn first<T>(&self, item: Item, check: impl Fn(&[u8]) -> Result<T, String>) -> Result<(PeerId, T), Trouble> {
        let (begun, mut wrong) = (Instant::now(), BTreeSet::new());
        let mut why = "no peer gave it".to_owned();
        while begun.elapsed() < STALL {
            for peer in
                self.network.peers().iter().map(|peer| peer.id).filter(|id| !wrong.contains(id)).collect::<Vec<_>>()
            {
                match self.network.fetch_snapshot(peer, item).await.map(|bytes| check(&bytes)) {
                    Ok(Ok(found)) => return Ok((peer, found)),
                    Ok(Err(error)) => {
                        tracing::warn!(%peer, ?item, error, "a peer sent what is not sound");
                        self.network.report(&peer, Fault::WrongChunk);
                        wrong.insert(peer);
                        why = error;
                    }
                    Err(_) => {}
                }
            }
            tokio::time::sleep(MISS_PAUSE).await;
        }
        Err(Trouble::Peers(format!("{item:?}: {why}")))
    }

    /// Verifies the headers of a height and of the next one.
    async fn prove(&self, height: Height) -> Result<Proof, Trouble> {
        let fatal = |why: String| Trouble::Fatal(Failure::refused(why));
        let root = Root::of(&self.genesis, self.trust.block).map_err(fatal)?;
        let chain_id = self.genesis.chain_id.parse().map_err(|_| fatal("the genesis has no chain id".into()))?;
        let mut light = Light::new(chain_id, root, self.trust.period);
        if let Some(first) = light.first() {
            let ((_, block), (_, next)) = (self.light(first).await?, self.light(first + 1).await?);
            light.begin(&block, &next).map_err(Trouble::Peers)?;
        }
        if let Some(why) = light.expired(clock::now()) {
            return Err(fatal(why));
        }
        let (mut targets, mut asked) = (vec![height], 0);
        while let Some(target) = targets.last().copied() {
            asked += 1;
            let ((peer, block), (_, next)) = (self.light(target).await?, self.light(target + 1).await?);
            match light.advance(&block, &next, clock::now()) {
                Step::Trusted if target == height => {
                    light.follows(&next, clock::now()).map_err(Trouble::Peers)?;
                    return Ok(Proof { block, next });
                }
                Step::Trusted => drop(targets.pop()),
                Step::TooFar => {
                    let middle = light.height().midpoint(target);
                    if middle <= light.height() || asked >= HEADERS_MAX {
                        return Err(Trouble::Peers("too few of the trusted validators signed".into()));
                    }
                    targets.push(middle);
                }
                Step::Refused(why) => {
                    self.network.report(&peer, Fault::WrongChunk);
                    return Err(Trouble::Peers(why));
                }
            }
        }
        Err(Trouble::Peers("no header was wanted".into()))
    }

    async fn light(&self, height: Height) -> Result<(PeerId, LightBlock), Trouble> {
        self.first(Item::Light(height), |bytes| {
            let block = LightBlock::decode(bytes)?;
            let fits = block.height() == height;
            fits.then_some(block).ok_or_else(|| format!("not of height {height}"))
        })
        .await
    }

    /// The file of an earlier download if it is of the same state; else a new one, with the chunks that the old one has.
    fn open(&self, parts: Parts) -> Result<SnapshotFile, SyncError> {
        let path = download_in(&self.data);
        let old = SnapshotFile::open(&path).ok();
        if let Some(old) = old.as_ref().filter(|old| old.parts() == &parts) {
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
            let wanted: BTreeSet<ChunkId> = file.missing().into_iter().collect();
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

/// What became of one question.
type Answer = (PeerId, ChunkId, Result<ChunkTally, Miss>);

/// Why no chunk came.
enum Miss {
    /// The peer's fault, scored by the network or here.
    Fault(String),
    /// It does not hold it, or not yet.
    NotHeld,
    /// Too slow, or too busy.
    Slow,
    /// It is gone.
    Gone,
    /// Our own disk.
    Disk(SyncError),
}

/// A peer that is asked.
struct Source {
    /// Questions at a time.
    limit: usize,
    flying: usize,
    not_before: Instant,
    misses: u32,
    /// Whether it is asked any more.
    useful: bool,
}

/// One download under way.
struct Download {
    network: Network,
    file: Arc<Mutex<SnapshotFile>>,
    height: Height,
    wanted: Vec<ChunkId>,
    total: usize,
    found: usize,
    /// What an earlier download had brought.
    begun: usize,
    bytes: u64,
    sources: BTreeMap<PeerId, Source>,
    flying: FuturesUnordered<BoxFuture<'static, Answer>>,
    last: Instant,
    meter: Meter,
}

impl Download {
    fn new(network: Network, file: SnapshotFile, meter: Meter) -> Self {
        let (total, found) = file.progress();
        let mut wanted = file.missing();
        wanted.reverse();
        Self {
            network,
            height: file.parts().height,
            file: Arc::new(Mutex::new(file)),
            wanted,
            total,
            found,
            begun: found,
            bytes: 0,
            sources: BTreeMap::new(),
            flying: FuturesUnordered::new(),
            last: Instant::now(),
            meter,
        }
    }

    async fn run(&mut self) -> Result<(), Trouble> {
        let begun = Instant::now();
        let mut look = tokio::time::interval(LOOK_EVERY);
        let mut keys = 0;
        while self.found < self.total {
            self.ask();
            tokio::select! {
                Some((peer, id, answer)) = self.flying.next(), if !self.flying.is_empty() => {
                    keys += self.hear(peer, id, answer)?;
                }
                _ = look.tick() => self.look()?,
            }
        }
        let (bytes, seconds) = (self.bytes, begun.elapsed().as_secs_f64());
        let (mb_per_second, keys_per_second) = (bytes as f64 / 1e6 / seconds, keys as f64 / seconds);
        let (chunks, peers) = (self.total, self.sources.len());
        tracing::info!(
            height = self.height,
            chunks,
            peers,
            bytes,
            seconds,
            mb_per_second,
            keys_per_second,
            "fetched the state"
        );
        Ok(())
    }

    /// Looks who is there.
    fn look(&mut self) -> Result<(), Trouble> {
        for peer in self.network.peers() {
            self.sources.entry(peer.id).or_insert_with(|| Source {
                limit: PER_PEER_MAX,
                flying: 0,
                not_before: Instant::now(),
                misses: 0,
                useful: true,
            });
        }
        if self.last.elapsed() >= STALL {
            return Err(Trouble::Peers(format!("{} of {} chunks came, then none", self.found, self.total)));
        }
        Ok(())
    }

    /// Asks everybody who has room for more.
    fn ask(&mut self) {
        let now = Instant::now();
        loop {
            let mut asked = false;
            for (peer, source) in &mut self.sources {
                if source.useful
                    && source.flying < source.limit
                    && source.not_before <= now
                    && let Some(id) = self.wanted.pop()
                {
                    source.flying += 1;
                    asked = true;
                    let (network, file) = (self.network.clone(), self.file.clone());
                    self.flying.push(Box::pin(take(network, file, *peer, self.height, id)));
                }
            }
            if !asked {
                return;
            }
        }
    }

    /// What a peer answered; gives the keys that came.
    fn hear(&mut self, peer: PeerId, id: ChunkId, answer: Result<ChunkTally, Miss>) -> Result<u64, Trouble> {
        let Some(source) = self.sources.get_mut(&peer) else { return Ok(0) };
        source.flying -= 1;
        let miss = match answer {
            Ok(tally) => {
                source.limit = PER_PEER_MAX;
                source.misses = 0;
                self.found += 1;
                self.bytes += tally.bytes;
                self.last = Instant::now();
                let (came, to_come) = ((self.found - self.begun) as u64, (self.total - self.begun) as u64);
                self.meter.show(self.bytes, self.bytes.saturating_mul(to_come) / came);
                return Ok(tally.keys);
            }
            Err(miss) => miss,
        };
        self.wanted.push(id);
        match miss {
            Miss::Fault(why) => {
                tracing::warn!(%peer, why, "a peer sent what is not sound: it is asked no more");
                source.useful = false;
            }
            Miss::NotHeld => {
                source.misses += 1;
                source.useful = source.misses < MISSES_MAX;
                source.not_before = Instant::now() + MISS_PAUSE;
            }
            Miss::Slow => {
                source.limit = (source.limit / 2).max(1);
                source.not_before = Instant::now() + FAILURE_PAUSE;
            }
            Miss::Gone if source.flying == 0 => drop(self.sources.remove(&peer)),
            Miss::Gone => source.not_before = Instant::now() + MISS_PAUSE,
            Miss::Disk(error) => return Err(Trouble::Fatal(Failure::refused(error))),
        }
        Ok(0)
    }
}

/// Fetches a chunk, checks it, and keeps it.
async fn take(network: Network, file: Arc<Mutex<SnapshotFile>>, peer: PeerId, height: Height, id: ChunkId) -> Answer {
    let item = Item::Chunk { height, store: id.store as u8, hash: id.hash };
    let answer = match network.fetch_snapshot(peer, item).await {
        Ok(packed) => {
            let kept = tokio::task::spawn_blocking(move || keep(&file, id, &packed)).await;
            kept.unwrap_or_else(|_| Err(Miss::Fault("checking it failed".into())))
        }
        Err(FetchError::NotHeld) => Err(Miss::NotHeld),
        Err(FetchError::Busy | FetchError::Timeout) => Err(Miss::Slow),
        Err(FetchError::Faulty(fault)) => Err(Miss::Fault(format!("{fault:?}"))),
        Err(FetchError::NotConnected | FetchError::Stopped | FetchError::TooMany { .. }) => Err(Miss::Gone),
    };
    if let Err(Miss::Fault(_)) = &answer {
        network.report(&peer, Fault::WrongChunk);
    }
    (peer, id, answer)
}

fn keep(file: &Mutex<SnapshotFile>, id: ChunkId, packed: &Bytes) -> Result<ChunkTally, Miss> {
    let fault = |error: SyncError| Miss::Fault(error.to_string());
    let bytes = unpack(packed, SYNC_CHUNK_BYTES_MAX, "chunk").map_err(fault)?;
    let tally = check_chunk(id, &bytes).map_err(fault)?;
    file.lock().append(id, packed).map_err(Miss::Disk)?;
    Ok(tally)
}
