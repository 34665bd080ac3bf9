//! A running node: opens the chain of a home, meets its peers, serves clients, lets the host run, and stops cleanly.
//!
//! Threads: one tokio runtime for clients, one for consensus and peers, rpc's for signatures, storage's for background work,
//! one for execution. No block is ever executed on a reactor, and no client's call delays a vote.

mod clients;
mod config;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use seiza_chain::{Chain, Genesis};
use seiza_engine::Failure as EngineFailure;
use seiza_mempool::{Limits, Pool};
use seiza_network::Network;
use seiza_rpc::{Backend, Executions, Footprints, Notifier};
use seiza_storage::Storage;
use seiza_types::ValidatorKey;
use tokio::runtime::Runtime;
use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::clock;
use crate::failure::Failure;
use crate::home::Home;
use crate::host::{Gossip, Joined, Meetings, RoundView, Seat, Server, Shared, join};
use crate::ports;
use crate::settings::Settings;
use crate::signals::Signals;
use crate::state_sync::{self, SnapshotServer, Trust};
use crate::telemetry::figures;

/// How long a stop waits for clients.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where a running node listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// JSON-RPC over HTTP.
    pub http: SocketAddr,
    /// JSON-RPC over WebSocket.
    pub ws: SocketAddr,
    /// Tendermint's RPC.
    pub tendermint: SocketAddr,
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
        ports::are_free(self.settings)?;
        let (clients, consensus) = (runtime("client")?, runtime("consensus")?);
        let mut signals = None;
        if self.settings.state_sync.enabled && state_sync::is_wanted(&self.home.data())? {
            let listening = signals.insert(consensus.block_on(async { Signals::listen() })?);
            if !consensus.block_on(self.fetch_state(listening))? {
                consensus.shutdown_timeout(PATIENCE);
                return Ok(());
            }
        }
        let shared = self.open()?;
        let result = clients.block_on(self.serve(shared, &consensus, signals, ready));
        consensus.shutdown_timeout(PATIENCE);
        clients.shutdown_timeout(PATIENCE);
        result
    }

    /// Fetches the state from peers, before anything else runs; `false` where a signal came before the end.
    async fn fetch_state(&self, signals: &mut Signals) -> Result<bool, Failure> {
        let network = seiza_network::start(self.network(0)?).await.map_err(Failure::refused)?;
        let settings = &self.settings.state_sync;
        let trust = Trust { block: settings.trust, period: settings.trust_period };
        let (data, quiet) = (self.home.data(), self.settings.quiet);
        tokio::select! {
            biased;
            found = state_sync::run(&data, &self.genesis, trust, network, quiet) => found.map(|_| true),
            () = signals.next() => Ok(false),
        }
    }

    fn open(&self) -> Result<Shared, Failure> {
        let options = self.settings.storage.options(self.settings.quiet);
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
        early: Option<Signals>,
        ready: impl FnOnce(&Addresses) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let wake = Arc::new(Notify::new());
        let metrics = figures::serve(SocketAddr::new(self.settings.host, self.settings.metrics_port))?;
        let (network, events) = on(consensus, seiza_network::start(self.network(shared.chain.head().height)?))
            .await?
            .map_err(Failure::refused)?;
        let rounds = Arc::new(RoundView::new(shared.chain.head().height + 1));
        let backend = Arc::new(self.backend(&shared, &network, &wake, rounds.clone()));
        let mut signals = early.map_or_else(Signals::listen, Ok)?;
        let stop = Arc::new(Notify::new());
        let seat = Seat {
            shared: shared.clone(),
            ways: self.ways(),
            key: Some(self.key.clone()),
            network: network.clone(),
            wake,
            rounds: rounds.clone(),
            quiet: self.settings.quiet,
        };
        let joined = on(consensus, join(seat, self.engine()?)).await??;
        let meetings = Meetings::default();
        let parts =
            self.tendermint_parts(&shared, network.clone(), meetings.clone(), rounds.clone(), joined.letters.clone())?;
        // Clients last: who answers them is up, all its ports are its own.
        let tendermint = self.listen_tendermint(backend.clone(), parts).await?;
        let server = self.listen(backend.clone()).await?;
        let addresses = Addresses {
            http: address(server.http_address())?,
            ws: address(server.ws_address())?,
            tendermint: tendermint.address(),
            metrics,
        };
        let peering = Peering { network, events, backend, meetings };
        let mut ended = self.run_host(shared, joined, peering, &stop, consensus);
        ready(&addresses)?;
        let failed = tokio::select! {
            biased;
            result = &mut ended => Some(result),
            () = signals.next() => None,
        };
        stop.notify_one();
        let clean_end = async {
            server.stop(PATIENCE).await;
            tendermint.stop(PATIENCE).await;
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
        let Peering { network, events, backend, meetings } = peering;
        let gossip = Gossip {
            shared: shared.clone(),
            network: network.clone(),
            backend,
            arrivals: Arc::default(),
            broadcast: self.settings.broadcast,
        };
        let giving = &self.settings.state_sync;
        let snapshots = SnapshotServer::new(shared.chain.clone(), giving.serve, giving.serve_rate);
        consensus.spawn(Server { shared, bodies, gossip, inputs: letters, network, meetings, snapshots }.run(events));
        let (sender, receiver) = oneshot::channel();
        let stop = stop.clone();
        consensus.spawn(async move {
            let result = tokio::select! {
                result = host.run(asks, inputs, stop) => result.map_err(Failure::refused),
                failed = ended(&mut failure) => Err(Failure::refused(match failed {
                    EngineFailure::Safety => {
                        "the log that keeps this validator from signing twice could not be written or read; look at the disk \
                         before you start it again"
                    }
                    EngineFailure::Stopped => "the consensus engine has ended: start the node again, and please report it",
                })),
            };
            // An error says that nobody waits any more: the node is stopping at once.
            let _ = sender.send(result);
        });
        receiver
    }
}

/// Waits until the engine fails. One that is stopped does not: then this waits for ever.
async fn ended(failure: &mut watch::Receiver<Option<EngineFailure>>) -> EngineFailure {
    let found = failure.wait_for(Option::is_some).await.ok().and_then(|found| *found);
    match found {
        Some(failure) => failure,
        None => std::future::pending().await,
    }
}

/// What a node has of its peers besides votes.
struct Peering {
    network: Network,
    events: mpsc::Receiver<seiza_network::Event>,
    backend: Arc<Backend>,
    meetings: Meetings,
}

fn runtime(name: &'static str) -> Result<Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let built = builder.enable_all().thread_name(name).build();
    built.map_err(|error| Failure::refused(format!("cannot start threads: {error}")))
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
