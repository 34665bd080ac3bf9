//! Drives `consensus::fetch` over the network: asks whom it names for what it names, and tells it what came.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use seiza_consensus::compact::CompactProposal;
use seiza_consensus::fetch::{Action, Event, Failure, Fetch, FetchParams, Need, What};
use seiza_consensus::parts::{Part, PartSet};
use seiza_consensus::rebuild::{Rebuild, RebuildError};
use seiza_network::{Fault, FetchError, Network, PeerId};
use seiza_types::{B256, Block, Bytes};
use tendermint::account;

/// Round-trip time of a peer that has not been measured yet.
const RTT_UNKNOWN_MS: u64 = 100;

/// A request's answer.
type Answer = (PeerId, What, Result<Vec<Bytes>, FetchError>);

/// A block that is whole, and for each of its transactions the hash under which the pool holds it, where it came from there.
pub type Whole = (Block, Vec<Option<B256>>);

/// One block on its way.
pub struct Fetching<'a> {
    network: &'a Network,
    proposer: account::Id,
    compact: Arc<CompactProposal>,
    start: Instant,
    fetch: Fetch<PeerId>,
    rebuild: Option<Rebuild>,
    parts: PartSet,
    under_way: FuturesUnordered<BoxFuture<'a, Answer>>,
}

impl<'a> Fetching<'a> {
    /// A fetch of what `rebuild` misses: of single transactions, or of the `whole` block as parts.
    ///
    /// # Errors
    /// The proposal names an impossible number of parts: its proposer's fault.
    pub fn new(
        network: &'a Network,
        compact: Arc<CompactProposal>,
        rebuild: Rebuild,
        whole: bool,
        patience: Duration,
    ) -> Result<Self, String> {
        let parts = PartSet::new(compact.parts).map_err(|error| error.to_string())?;
        let propose_timeout_ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        let params = FetchParams { propose_timeout_ms, whole, ..FetchParams::default() };
        let need = Need { missing: rebuild.missing(), txs: compact.txs.len(), parts: compact.parts.total };
        let fetch = Fetch::new(params, need, 0);
        let (proposer, start) = (compact.header.proposer_address, Instant::now());
        let (rebuild, under_way) = (Some(rebuild), FuturesUnordered::new());
        Ok(Self { network, proposer, compact, start, fetch, rebuild, parts, under_way })
    }

    /// Until the block is whole.
    ///
    /// # Errors
    /// Why it could not be completed.
    pub async fn finish(mut self) -> Result<Whole, String> {
        if let Some(block) = self.whole()? {
            return Ok(block);
        }
        let mut event = self.peers();
        loop {
            for action in self.fetch.on(self.now_ms(), event) {
                match action {
                    Action::Ask { peer, what } => self.ask(peer, what),
                    Action::GiveUp => return Err("nobody gave what is missing".into()),
                }
            }
            if let Some(block) = self.whole()? {
                return Ok(block);
            }
            event = self.next().await;
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The block, once all of it is here. Transactions that are not what the proposer meant are a collision of ids.
    fn whole(&mut self) -> Result<Option<Whole>, String> {
        if self.rebuild.as_ref().is_some_and(|rebuild| rebuild.missing_count() == 0) {
            let rebuild = self.rebuild.take().expect("asked just now");
            let pooled = rebuild.pooled();
            match rebuild.finish() {
                Ok(block) => return Ok(Some((block, pooled))),
                Err(RebuildError::DataHash { .. }) => {
                    // What to do about it is said with the next event.
                    self.fetch.on(self.now_ms(), Event::Collision).into_iter().for_each(|action| {
                        if let Action::Ask { peer, what } = action {
                            self.ask(peer, what);
                        }
                    });
                }
                Err(error) => return Err(error.to_string()),
            }
        }
        if !self.parts.is_complete() {
            return Ok(None);
        }
        let parts = std::mem::replace(&mut self.parts, PartSet::new(self.compact.parts).map_err(|e| e.to_string())?);
        let block = parts.finish(self.compact.block()).map_err(|error| error.to_string())?;
        let unknown = vec![None; block.txs.len()];
        Ok(Some((block, unknown)))
    }

    fn peers(&self) -> Event<PeerId> {
        let (mut proposer, mut others) = (None, Vec::new());
        for peer in self.network.peers() {
            let rtt = peer.rtt.map_or(RTT_UNKNOWN_MS, |rtt| u64::try_from(rtt.as_millis()).unwrap_or(u64::MAX).max(1));
            match peer.validator {
                Some(address) if address == self.proposer => proposer = Some((peer.id, rtt)),
                _ => others.push((peer.id, rtt)),
            }
        }
        Event::Peers { proposer, others }
    }

    fn ask(&mut self, peer: PeerId, what: What) {
        let (network, block) = (self.network.clone(), self.compact.block());
        self.under_way.push(Box::pin(async move {
            let answer = match &what {
                What::Txs(indexes) => network.fetch_block_txs(peer, block, indexes.clone()).await,
                What::Part(index) => network.fetch_part(peer, block, *index).await.map(|part| vec![part]),
            };
            (peer, what, answer)
        }));
    }

    /// What happens next.
    async fn next(&mut self) -> Event<PeerId> {
        let now = self.now_ms();
        let wake = Duration::from_millis(self.fetch.wake_ms(now).map_or(50, |at| at.saturating_sub(now).max(1)));
        if self.under_way.is_empty() {
            tokio::time::sleep(wake.min(Duration::from_millis(100))).await;
            return self.peers();
        }
        match tokio::time::timeout(wake, self.under_way.next()).await {
            Ok(Some((peer, what, answer))) => self.take(peer, what, answer),
            _ => Event::Tick,
        }
    }

    fn take(&mut self, peer: PeerId, what: What, answer: Result<Vec<Bytes>, FetchError>) -> Event<PeerId> {
        let part = match &what {
            What::Txs(_) => None,
            What::Part(index) => Some(*index),
        };
        let Ok(found) = answer else { return Event::Failed { peer, part, failure: Failure::Lacks } };
        let taken = match what {
            What::Txs(indexes) => self.take_txs(&indexes, found).map(|accepted| Event::Txs { peer, accepted }),
            What::Part(index) => self.take_part(index, found).map(|()| Event::Part { peer, index }),
        };
        taken.unwrap_or_else(|error| {
            tracing::warn!(%peer, error, "a peer gave something else than was asked for");
            self.network.report(&peer, Fault::WrongPart);
            Event::Failed { peer, part, failure: Failure::Wrong }
        })
    }

    fn take_txs(&mut self, indexes: &[u32], found: Vec<Bytes>) -> Result<Vec<u32>, String> {
        // The block may have become whole by parts meanwhile.
        let Some(rebuild) = &mut self.rebuild else { return Ok(indexes.to_vec()) };
        let mut accepted = Vec::with_capacity(found.len());
        for (index, bytes) in indexes.iter().zip(found) {
            rebuild.supply(*index, bytes).map_err(|error| error.to_string())?;
            accepted.push(*index);
        }
        Ok(accepted)
    }

    fn take_part(&mut self, index: u32, found: Vec<Bytes>) -> Result<(), String> {
        let bytes = found.into_iter().next().ok_or("no part")?;
        let part = Part::decode(&bytes).map_err(|error| error.to_string())?;
        if part.index != index {
            return Err(format!("part {} for part {index}", part.index));
        }
        self.parts.add(part).map(|_| ()).map_err(|error| error.to_string())
    }
}
