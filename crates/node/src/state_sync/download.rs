//! Chunks from all peers at once: who is asked for how much at a time, and what becomes of what they answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use parking_lot::Mutex;
use seiza_network::{Network, PeerId};
use seiza_storage::sync::{ChunkId, ChunkTally, SnapshotFile};
use seiza_types::Height;

use super::limits::{FAILURE_PAUSE, FLYING_MAX, LOOK_EVERY, MISS_PAUSE, MISSES_MAX, PER_PEER_MAX, STALL};
use super::pull::Trouble;
use super::take::{Answer, Miss, take};
use crate::failure::Failure;
use crate::telemetry::progress::Meter;

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
pub(super) struct Download {
    network: Network,
    /// Where chunks go.
    pub(super) file: Arc<Mutex<SnapshotFile>>,
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
    /// Of what the file lacks.
    pub(super) fn new(network: Network, file: SnapshotFile, meter: Meter) -> Self {
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

    /// Fetches until nothing is missing.
    ///
    /// # Errors
    /// No chunk came for a while; those of the disk.
    pub(super) async fn run(&mut self) -> Result<(), Trouble> {
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
                let room = self.flying.len() < FLYING_MAX;
                if room
                    && source.useful
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
