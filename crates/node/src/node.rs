//! A running node: opens the chain of a home, meets its peers, serves clients, lets the host run, and stops cleanly.
//!
//! Threads: one tokio runtime for clients, one for consensus and peers, rpc's for signatures, storage's for background work,
//! one for execution. No block is ever executed on a reactor, and no client's call delays a vote.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use seiza_chain::{Chain, Genesis};
use seiza_engine::{EngineConfig, Failure as EngineFailure, Timeouts};
use seiza_mempool::{Limits, Pool};
use seiza_network::{Announced, Network, NetworkConfig};
use seiza_rpc::{Backend, Executions, Footprints, Notifier, Parts, Peers, ServerConfig, ServerHandle};
use seiza_storage::{Options, Storage};
use seiza_types::{Height, PeerAddress, ValidatorKey, VerifiedTx};
use tokio::runtime::Runtime;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::clock;
use crate::failure::Failure;
use crate::founding::NodeKey;
use crate::home::Home;
use crate::host::{Gossip, Joined, Seat, Server, Shared, Ways, join};
use crate::ports::listen_failure;
use crate::settings::Settings;
use crate::signals::Signals;
use crate::telemetry::{figures, progress};

/// How long a stop waits for clients.
const PATIENCE: Duration = Duration::from_secs(2);
/// In a round without progress, time after which votes are sent again.
const REBROADCAST: Duration = Duration::from_millis(500);

/// Where a running node listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// JSON-RPC over HTTP.
    pub http: SocketAddr,
    /// JSON-RPC over WebSocket.
    pub ws: SocketAddr,
    /// Prometheus.
    pub metrics: SocketAddr,
}

/// What a node runs with.
pub struct Node<'a> {
    /// Its folder.
    pub home: &'a Home,
    /// Its settings.
    pub settings: &'a Settings,
    /// Its chain.
    pub genesis: Genesis,
    /// Its validator key.
    pub key: ValidatorKey,
}

impl Node<'_> {
    /// Runs until a signal says stop; `ready` is called once clients are served.
    ///
    /// # Errors
    /// Whatever keeps it from running, and a fatal failure while it ran.
    pub fn run(self, ready: impl FnOnce(&Addresses) -> Result<(), Failure>) -> Result<(), Failure> {
        let shared = self.open()?;
        let (clients, consensus) = (runtime("client")?, runtime("consensus")?);
        let result = clients.block_on(self.serve(shared, &consensus, ready));
        consensus.shutdown_timeout(PATIENCE);
        clients.shutdown_timeout(PATIENCE);
        result
    }

    fn open(&self) -> Result<Shared, Failure> {
        let keep_heights = Some(self.settings.keep_heights.0).filter(|heights| *heights > 0);
        let progress = Some(progress::listener(self.settings.quiet));
        let options = Options { keep_heights, progress, ..Options::default() };
        let storage = Storage::open(&self.home.data(), options).map_err(Failure::refused)?;
        let chain = Arc::new(Chain::open(storage, self.genesis.clone()).map_err(Failure::refused)?);
        let limits = Limits { txs: self.settings.pool_txs_max.size(), ..Limits::default() };
        let notifier = Notifier::new(chain.head().height);
        seiza_chain::measure_with(clock::ticks);
        Ok(Shared {
            chain,
            pool: Arc::new(Mutex::new(Pool::new(limits))),
            notifier,
            executions: Executions::default(),
            footprints: self.settings.learn_at_admission.then(Footprints::default),
        })
    }

    async fn serve(
        &self,
        shared: Shared,
        consensus: &Runtime,
        ready: impl FnOnce(&Addresses) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let wake = Arc::new(Notify::new());
        let metrics = figures::serve(SocketAddr::new(self.settings.host, self.settings.metrics_port))?;
        let (network, events) = on(consensus, seiza_network::start(self.network(shared.chain.head().height)?))
            .await?
            .map_err(Failure::refused)?;
        let backend = Arc::new(self.backend(&shared, &network, &wake));
        let server = self.listen(backend.clone()).await?;
        let addresses = Addresses { http: address(server.http_address())?, ws: address(server.ws_address())?, metrics };
        let mut signals = Signals::listen()?;
        let stop = Arc::new(Notify::new());
        let seat = Seat {
            shared: shared.clone(),
            ways: self.ways(),
            key: Some(self.key.clone()),
            network: network.clone(),
            wake,
        };
        let joined = on(consensus, join(seat, self.engine()?)).await??;
        let mut ended = self.run_host(shared, joined, Peering { network, events, backend }, &stop, consensus);
        ready(&addresses)?;
        let failed = tokio::select! {
            biased;
            result = &mut ended => Some(result),
            () = signals.next() => None,
        };
        stop.notify_one();
        let clean_end = async {
            server.stop(PATIENCE).await;
            match failed {
                Some(result) => result,
                None => ended.await,
            }
        };
        let result = tokio::select! {
            biased;
            result = clean_end => result,
            () = signals.again() => return Err(Failure::refused("stopped at once by a second signal")),
        };
        result
            .unwrap_or_else(|_| Err(Failure::refused("the host stopped by a fault in seiza itself: please report it")))
    }

    /// Lets the host run, and peers be answered; the receiver hears of the host's end.
    fn run_host(
        &self,
        shared: Shared,
        joined: Joined,
        peering: Peering,
        stop: &Arc<Notify>,
        consensus: &Runtime,
    ) -> oneshot::Receiver<Result<(), Failure>> {
        let Joined { host, asks, inputs, bodies, letters, mut failure, .. } = joined;
        let Peering { network, events, backend } = peering;
        let gossip = Gossip { shared: shared.clone(), network: network.clone(), backend, fetching: Arc::default() };
        consensus.spawn(Server { shared, bodies, gossip, inputs: letters, network }.run(events));
        let (sender, receiver) = oneshot::channel();
        let stop = stop.clone();
        consensus.spawn(async move {
            let result = tokio::select! {
                result = host.run(asks, inputs, stop) => result.map_err(Failure::refused),
                found = failure.wait_for(Option::is_some) => Err(Failure::refused(match found.as_deref() {
                    Ok(Some(EngineFailure::Safety)) => {
                        "the log that keeps this validator from signing twice could not be written or read; look at the disk \
                         before you start it again"
                    }
                    _ => "the consensus engine has ended: start the node again, and please report it",
                })),
            };
            // An error says that nobody waits any more: the node is stopping at once.
            let _ = sender.send(result);
        });
        receiver
    }

    fn backend(&self, shared: &Shared, network: &Network, wake: &Arc<Notify>) -> Backend {
        let (waker, announcer, peers) = (wake.clone(), network.clone(), network.clone());
        let on_admitted = move |txs: &[VerifiedTx]| {
            waker.notify_one();
            let whole = |tx: &VerifiedTx| Announced { hash: tx.hash, bytes: Some(tx.raw.clone()) };
            announcer.announce(txs.iter().map(whole).collect());
        };
        Backend::new(Parts {
            chain: shared.chain.clone(),
            pool: shared.pool.clone(),
            notifier: shared.notifier.clone(),
            clock: Arc::new(clock::now),
            on_admitted: Arc::new(on_admitted),
            peers: Arc::new(move || Peers { count: peers.peers().len() as u64, syncing: None }),
            executions: shared.executions.clone(),
            footprints: shared.footprints.clone(),
        })
    }

    async fn listen(&self, backend: Arc<Backend>) -> Result<ServerHandle, Failure> {
        let settings = self.settings;
        let config = ServerConfig {
            http: Some(SocketAddr::new(settings.host, settings.http_port)),
            ws: Some(SocketAddr::new(settings.host, settings.ws_port)),
            connections_max: u32::try_from(settings.connections_max.0).unwrap_or(u32::MAX),
        };
        seiza_rpc::serve(config, backend).await.map_err(|error| listen_failure(&error))
    }

    fn ways(&self) -> Ways {
        let consensus = &self.settings.consensus;
        let timeouts = Timeouts {
            propose: consensus.timeout_propose,
            propose_delta: consensus.timeout_propose_delta,
            prevote: consensus.timeout_prevote,
            prevote_delta: consensus.timeout_prevote_delta,
            precommit: consensus.timeout_precommit,
            precommit_delta: consensus.timeout_precommit_delta,
            rebroadcast: REBROADCAST,
        };
        Ways {
            mode: self.settings.mode(),
            smart_propagation: consensus.smart_propagation,
            optimistic_processing: consensus.optimistic_processing,
            block_time: self.settings.block_time.0,
            gather: self.settings.gather.0,
            timeouts,
        }
    }

    fn engine(&self) -> Result<EngineConfig, Failure> {
        let p2p = &self.settings.p2p;
        Ok(EngineConfig {
            chain_id: self.genesis.chain_id.parse().map_err(Failure::refused)?,
            key: Some(self.key.clone()),
            node_key: NodeKey::open(self.home)?.seed(),
            moniker: self.settings.moniker.clone(),
            listen: SocketAddr::new(p2p.host, p2p.port),
            peers: p2p.peers.clone(),
            wal: self.home.data().join("wal"),
            discovery: p2p.discovery,
        })
    }

    fn network(&self, height: Height) -> Result<NetworkConfig, Failure> {
        let p2p = &self.settings.p2p;
        Ok(NetworkConfig {
            chain_id: self.genesis.chain_id.clone(),
            genesis_hash: self.genesis.hash(),
            height,
            node_key: NodeKey::open(self.home)?.seed(),
            listen: SocketAddr::new(p2p.host, p2p.gossip_port),
            // A peer is named by its consensus port; transactions and blocks travel one below it.
            peers: p2p.peers.iter().map(|peer| PeerAddress { port: peer.port - 1, ..peer.clone() }).collect(),
            peers_max: p2p.peers_max,
            moniker: self.settings.moniker.clone(),
            discovery: p2p.discovery,
            consensus_port: p2p.port,
            validator: Some(self.key.clone()),
            book: Some(self.home.data().join("peers")),
            seed: entropy()?,
            limits: seiza_network::Limits::default(),
        })
    }
}

/// What a node has of its peers besides votes.
struct Peering {
    network: Network,
    events: mpsc::Receiver<seiza_network::Event>,
    backend: Arc<Backend>,
}

fn runtime(name: &'static str) -> Result<Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let built = builder.enable_all().thread_name(name).build();
    built.map_err(|error| Failure::refused(format!("cannot start threads: {error}")))
}

/// For the order in which peers are dialled, so that not all nodes do it alike.
fn entropy() -> Result<u64, Failure> {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|error| Failure::refused(format!("no entropy: {error}")))?;
    Ok(u64::from_be_bytes(seed))
}

/// Runs `work` on another runtime.
async fn on<T: Send + 'static>(
    runtime: &Runtime,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Failure> {
    let done = runtime.spawn(work).await;
    done.map_err(|_| Failure::refused("a start failed by a fault in seiza itself: please report it"))
}

fn address(found: Option<SocketAddr>) -> Result<SocketAddr, Failure> {
    found.ok_or_else(|| Failure::refused("a server has no address"))
}
