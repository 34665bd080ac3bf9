//! A running node: opens the chain of a home, serves clients, lets the proposer run, and stops cleanly.
//!
//! Threads: tokio's for connections, rpc's for signatures, storage's for background work, one for the proposer. No block is
//! ever built or executed on the reactor.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use seiza_chain::{Chain, Genesis};
use seiza_mempool::{Limits, Pool};
use seiza_rpc::{Backend, Executions, Footprints, Notifier, Parts, Peers, ServerConfig, ServerHandle};
use seiza_storage::{Options, Storage};
use seiza_types::ValidatorKey;
use tokio::sync::oneshot;

use crate::application::local::{LocalProposer, Pace};
use crate::application::{Application, Shared, Wake};
use crate::clock;
use crate::failure::Failure;
use crate::home::Home;
use crate::ports::listen_failure;
use crate::settings::Settings;
use crate::signals::Signals;
use crate::telemetry::{figures, progress};

/// How long a stop waits for clients.
const PATIENCE: Duration = Duration::from_secs(2);

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
        self.check_key()?;
        let shared = self.open()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_name("client")
            .build()
            .map_err(|error| Failure::refused(format!("cannot start threads: {error}")))?;
        let result = runtime.block_on(self.serve(shared, ready));
        runtime.shutdown_timeout(PATIENCE);
        result
    }

    /// One key decides alone only if it holds more than two thirds of the power.
    fn check_key(&self) -> Result<(), Failure> {
        let public = self.key.public_key();
        let total: u64 = self.genesis.validators.iter().map(|validator| validator.power).sum();
        let ours = self.genesis.validators.iter().find(|validator| validator.public_key == public);
        let power = ours.map_or(0, |validator| validator.power);
        if power.saturating_mul(3) > total.saturating_mul(2) {
            return Ok(());
        }
        let path = self.home.validator_key();
        Err(Failure::refused(format!(
            "{} holds {power} of {total} voting power in genesis.json: this version decides alone and needs more than two \
             thirds; use the key that the chain was founded with",
            path.display()
        )))
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
        ready: impl FnOnce(&Addresses) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let wake = Arc::new(Wake::default());
        let metrics = figures::serve(SocketAddr::new(self.settings.host, self.settings.metrics_port))?;
        let server = self.listen(&shared, &wake).await?;
        let addresses = Addresses { http: address(server.http_address())?, ws: address(server.ws_address())?, metrics };
        let mut signals = Signals::listen()?;
        ready(&addresses)?;
        let mut ended = self.propose(shared, wake.clone())?;
        let failed = tokio::select! {
            biased;
            result = &mut ended => Some(result),
            () = signals.next() => None,
        };
        wake.stop();
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
        result.unwrap_or_else(|_| {
            Err(Failure::refused("the proposer stopped by a fault in seiza itself: please report it"))
        })
    }

    async fn listen(&self, shared: &Shared, wake: &Arc<Wake>) -> Result<ServerHandle, Failure> {
        let settings = self.settings;
        let waker = wake.clone();
        let backend = Backend::new(Parts {
            chain: shared.chain.clone(),
            pool: shared.pool.clone(),
            notifier: shared.notifier.clone(),
            clock: Arc::new(clock::now),
            on_admitted: Arc::new(move |_| waker.news()),
            peers: Arc::new(Peers::default),
            executions: shared.executions.clone(),
            footprints: shared.footprints.clone(),
        });
        let config = ServerConfig {
            http: Some(SocketAddr::new(settings.host, settings.http_port)),
            ws: Some(SocketAddr::new(settings.host, settings.ws_port)),
            connections_max: u32::try_from(settings.connections_max.0).unwrap_or(u32::MAX),
        };
        seiza_rpc::serve(config, Arc::new(backend)).await.map_err(|error| listen_failure(&error))
    }

    /// Starts the proposer's thread; the receiver hears of its end.
    fn propose(&self, shared: Shared, wake: Arc<Wake>) -> Result<oneshot::Receiver<Result<(), Failure>>, Failure> {
        let pace = Pace { block_time: self.settings.block_time.0, gather: self.settings.gather.0 };
        let application = Application::new(shared, self.key.address(), self.settings.mode());
        let proposer = LocalProposer::new(application, self.key.clone(), pace, wake);
        let (sender, receiver) = oneshot::channel();
        let thread = std::thread::Builder::new().name("proposer".into()).spawn(move || {
            let result = proposer.run().map_err(Failure::refused);
            // An error says that nobody waits any more: the node is stopping at once.
            let _ = sender.send(result);
        });
        thread.map_err(|error| Failure::refused(format!("cannot start threads: {error}")))?;
        Ok(receiver)
    }
}

fn address(found: Option<SocketAddr>) -> Result<SocketAddr, Failure> {
    found.ok_or_else(|| Failure::refused("a server has no address"))
}
