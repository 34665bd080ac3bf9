//! What Cosmos clients speak to: the Tendermint RPC in CometBFT 0.38's dialect, over HTTP and WebSocket on one port.
//!
//! A call's way: `http` and `socket` take it in three forms (JSON-RPC by POST, a URI by GET, WebSocket); `envelope` decodes
//! it, `methods` names who answers, `shapes` writes CometBFT's JSON. Everything is read through [`Backend`], and what is
//! broadcast goes through the same door as Ethereum's transactions.
//!
//! Promises:
//! - A light client can verify every header, commit and validator set that is served here, and state proofs against them.
//! - `tx` and `block.data.txs` are the very bytes that the header's data hash covers, for both kinds of transactions.
//! - What is counted is bounded ([`crate::limits`]); an error names its bound. Slow subscribers lose their subscription, and
//!   are told so.
//!
//! Below `/v034` the same is served as Tendermint 0.34 wrote it, for clients of that time ([`Dialect`]).
//! `docs/tendermint-rpc.md` lists every method and its differences from CometBFT.

mod abci;
mod blocks;
mod broadcast;
mod by_address;
mod consensus;
mod envelope;
mod events;
mod fault;
mod follow;
mod http;
mod info;
mod methods;
mod news;
mod params;
mod parts;
mod proof;
mod query;
mod search;
mod shapes;
mod socket;
mod validators;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use parts::{PeerView, RoundState, RoundVotes, TendermintParts, VoteView, node_id};
pub(crate) use validators::Row;

use crate::methods::Api;
use crate::{Backend, RpcError, limits};

/// Whose JSON is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// CometBFT 0.38: plain attributes in events.
    #[default]
    V38,
    /// Tendermint 0.34: attributes in base64, and a JSON `log`. CosmJS 0.29 and older read it.
    V34,
}

/// Where to listen, and how to speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TendermintConfig {
    /// The address (port 0 chooses a free one).
    pub listen: SocketAddr,
    /// The dialect at the root; below `/v034` it is always 0.34's.
    pub dialect: Dialect,
    /// WebSocket connections open at one time.
    pub sockets_max: usize,
}

impl Default for TendermintConfig {
    /// 127.0.0.1:26657, CometBFT 0.38.
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 26_657));
        Self { listen, dialect: Dialect::default(), sockets_max: limits::TENDERMINT_SOCKETS_MAX }
    }
}

/// What all calls share.
pub(crate) struct Service {
    /// The chain's door, and where heavy reads run.
    pub(crate) api: Api,
    /// What node knows.
    pub(crate) parts: TendermintParts,
    /// Where this server listens.
    pub(crate) address: SocketAddr,
    /// Events of the newest block, written once for all subscribers.
    pub(crate) news: news::Cache,
}

impl Service {
    pub(crate) fn backend(&self) -> &Arc<Backend> {
        &self.api.backend
    }
}

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct TendermintHandle {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl TendermintHandle {
    /// The address that the port has.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no new calls, closes WebSockets, lets calls in flight end, and gives up waiting after `patience`.
    pub async fn stop(mut self, patience: Duration) {
        let _ = self.stop.send(true);
        if tokio::time::timeout(patience, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Drop for TendermintHandle {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

/// Starts the server on the current tokio runtime.
///
/// # Errors
/// [`RpcError::Listen`].
pub async fn serve_tendermint(
    config: TendermintConfig,
    backend: Arc<Backend>,
    parts: TendermintParts,
) -> Result<TendermintHandle, RpcError> {
    let failed = |source| RpcError::Listen { what: "the Tendermint RPC", address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (stop, stopped) = watch::channel(false);
    let service = Arc::new(Service { api: Api::new(backend), parts, address, news: Default::default() });
    let router = http::router(service, &config, stopped.clone());
    let task = tokio::spawn(async move {
        let ended = async move {
            let mut stopped = stopped;
            // An error says that the handle is gone, which stops the server too.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(ended).await {
            tracing::error!(%error, "the Tendermint RPC has ended");
        }
    });
    Ok(TendermintHandle { address, stop, task })
}
