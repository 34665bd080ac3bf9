//! Giving the state to others: any node does, of the heights that it has in memory.
//!
//! Asking for a height's top or chunks lets a node cut it ([`seiza_storage::sync::Cut`]); the cut is held while it is asked
//! for. So nothing is prepared that nobody wants, and several nodes that are asked for one height cut it alike. Bounded:
//! cuts, items encoded at a time, questions waiting, bytes kept.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use parking_lot::Mutex;
use seiza_chain::Chain;
use seiza_network::{Item, Offer, Piece};
use seiza_state::StoreId;
use seiza_storage::sync::{Base, ChunkId, Cut, pack};
use seiza_types::{Bytes, Height};
use tokio::sync::{Semaphore, oneshot};

use super::light_block::LightBlock;
use super::limits::{
    CUT_IDLE, CUT_SPARE, CUTS_MAX, KEPT_BYTES_MAX, KEPT_ITEMS_MAX, SERVING_MAX, SWEEP_EVERY, WAITING_MAX,
};
use super::pace::Pace;

/// Gives items of snapshots. Cloning shares it.
#[derive(Clone)]
pub struct SnapshotServer(Arc<Inner>);

struct Inner {
    chain: Arc<Chain>,
    /// Whether the settings let it serve.
    serves: bool,
    pace: Pace,
    cuts: Mutex<Cuts>,
    kept: Mutex<VecDeque<(Item, Bytes)>>,
    permits: Semaphore,
    waiting: AtomicUsize,
}

/// What is cut, and being cut.
#[derive(Default)]
struct Cuts {
    ready: BTreeMap<Height, (Arc<Cut>, Instant)>,
    cutting: Option<Height>,
}

impl SnapshotServer {
    /// One for a chain, that gives so many bytes a second to all peers together; 0 is no bound.
    pub fn new(chain: Arc<Chain>, serves: bool, bytes_per_second: u64) -> Self {
        Self(Arc::new(Inner {
            chain,
            serves,
            pace: Pace::new(bytes_per_second),
            cuts: Mutex::default(),
            kept: Mutex::default(),
            permits: Semaphore::new(SERVING_MAX),
            waiting: AtomicUsize::new(0),
        }))
    }

    /// Answers a question, in its time.
    pub fn answer(&self, item: Item, part: u32, reply: oneshot::Sender<Option<Piece>>) {
        let waiting = self.0.waiting.fetch_add(1, Ordering::Relaxed);
        let this = self.clone();
        tokio::spawn(async move {
            let piece = if waiting < WAITING_MAX && this.0.serves { this.piece(item, part).await } else { None };
            this.0.waiting.fetch_sub(1, Ordering::Relaxed);
            // Whoever asked may be gone.
            let _ = reply.send(piece);
        });
    }

    async fn piece(&self, item: Item, part: u32) -> Option<Piece> {
        let _permit = self.0.permits.acquire().await.ok()?;
        self.0.pace.wait().await?;
        let this = self.clone();
        let found = tokio::task::spawn_blocking(move || this.item(item)).await.ok().flatten()?;
        let piece = Piece::of(&found, part)?;
        self.0.pace.took(piece.bytes.len());
        Some(piece)
    }

    fn item(&self, item: Item) -> Option<Bytes> {
        if let Some((_, kept)) = self.0.kept.lock().iter().find(|(known, _)| *known == item) {
            return Some(kept.clone());
        }
        let bytes: Bytes = match item {
            Item::Offer => return Some(self.offer().encode().into()),
            Item::Light(height) => self.light(height)?.encode().into(),
            Item::Base(height) => pack(&Base::of(&*self.0.chain.storage().block(height).ok()??)?.encode()).into(),
            Item::Top(height) => self.cut(height)?.top().into(),
            Item::Chunk { height, store, hash } => {
                let id = ChunkId { store: StoreId::from_byte(store)?, hash };
                self.cut(height)?.chunk(&id)?.into()
            }
        };
        self.keep(item, &bytes);
        Some(bytes)
    }

    /// What is asked for again soon is kept: tops, and what comes in several parts.
    fn keep(&self, item: Item, bytes: &Bytes) {
        if Piece::of(bytes, 1).is_none() && !matches!(item, Item::Top(_)) {
            return;
        }
        let mut kept = self.0.kept.lock();
        kept.push_back((item, bytes.clone()));
        while kept.len() > KEPT_ITEMS_MAX || kept.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > KEPT_BYTES_MAX {
            kept.pop_front();
        }
    }

    /// Heights whose next header is decided: without it nobody can verify them.
    fn offer(&self) -> Offer {
        let (lowest, head) = self.0.chain.storage().whole_heights();
        let ready = self.0.cuts.lock().ready.keys().copied().collect();
        Offer { lowest: lowest.min(head), highest: head.saturating_sub(1), ready }
    }

    fn light(&self, height: Height) -> Option<LightBlock> {
        let stored = self.0.chain.storage().block(height).ok()??;
        let validators = self.0.chain.validators_at(height).ok()?;
        LightBlock::new(stored.block.header.clone(), &stored.certificate, validators)
    }

    /// The cut of a height; where there is none, it is begun, if it can be.
    fn cut(&self, height: Height) -> Option<Arc<Cut>> {
        let mut cuts = self.0.cuts.lock();
        if let Some((cut, asked)) = cuts.ready.get_mut(&height) {
            *asked = Instant::now();
            return Some(cut.clone());
        }
        let (lowest, head) = self.0.chain.storage().whole_heights();
        if cuts.cutting.is_none() && (lowest..head).contains(&height) && cuts.make_room() {
            cuts.cutting = Some(height);
            self.begin(height);
        }
        None
    }

    /// Cuts a height beside everything else.
    fn begin(&self, height: Height) {
        let (this, begun) = (self.clone(), Instant::now());
        tokio::task::spawn_blocking(move || {
            let cut = this.0.chain.storage().cut(height);
            let mut cuts = this.0.cuts.lock();
            cuts.cutting = None;
            match cut {
                Ok(Some(cut)) => {
                    let (chunks, keys, seconds) = (cut.chunks().len(), cut.keys(), begun.elapsed().as_secs_f64());
                    tracing::info!(height, chunks, keys, seconds, "a peer fetches the state");
                    cuts.ready.insert(height, (Arc::new(cut), Instant::now()));
                    if cuts.ready.len() == 1 {
                        this.sweep_later();
                    }
                }
                Ok(None) => tracing::debug!(height, "the state is not in memory any more"),
                Err(error) => tracing::warn!(height, %error, "the state cannot be cut"),
            }
        });
    }

    /// Lets go of cuts that nobody asks for, until there are none.
    fn sweep_later(&self) {
        let this = self.clone();
        let runtime = tokio::runtime::Handle::current();
        runtime.spawn(async move {
            loop {
                tokio::time::sleep(SWEEP_EVERY).await;
                let mut cuts = this.0.cuts.lock();
                cuts.ready.retain(|_, (_, asked)| asked.elapsed() < CUT_IDLE);
                if cuts.ready.is_empty() {
                    this.0.kept.lock().clear();
                    return;
                }
            }
        });
    }
}

impl Cuts {
    /// Whether there is room for one more; of too many, the one that was not asked for longest goes, if that was a while ago.
    fn make_room(&mut self) -> bool {
        if self.ready.len() < CUTS_MAX {
            return true;
        }
        let idle = self.ready.iter().min_by_key(|(_, (_, asked))| *asked).map(|(height, (_, asked))| (*height, *asked));
        match idle {
            Some((height, asked)) if asked.elapsed() >= CUT_SPARE => self.ready.remove(&height).is_some(),
            _ => false,
        }
    }
}
