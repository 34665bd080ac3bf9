//! The server: two listeners, each of which speaks HTTP and WebSocket, over one table of methods.

mod dispatch;
mod http;
mod meter;
mod subscription_id;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jsonrpsee::Methods;
use jsonrpsee::server::middleware::rpc::RpcServiceBuilder;
use jsonrpsee::server::{BatchRequestConfig, PingConfig, Server, ServerConfig as Settings};

use tower::ServiceBuilder;
use tower_http::decompression::RequestDecompressionLayer;

use crate::methods::{self, Api};
use crate::{Backend, exchange, limits};
use dispatch::DispatchLayer;
use meter::Meters;
use subscription_id::HexIds;

pub(crate) use subscription_id::random_hex;

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// The HTTP port's address (port 0 chooses a free one); `None` opens none.
    pub http: Option<SocketAddr>,
    /// The WebSocket port's address (port 0 chooses a free one); `None` opens none.
    pub ws: Option<SocketAddr>,
    /// HTTP requests in flight and WebSocket connections open, on each listener.
    pub connections_max: u32,
}

impl Default for ServerConfig {
    /// 127.0.0.1, ports 8545 and 8546.
    fn default() -> Self {
        Self {
            http: Some(SocketAddr::from(([127, 0, 0, 1], 8545))),
            ws: Some(SocketAddr::from(([127, 0, 0, 1], 8546))),
            connections_max: limits::CONNECTIONS_MAX,
        }
    }
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum RpcError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address} for {what}: {source}; stop what listens there or choose another port")]
    Listen {
        /// `HTTP` or `WebSocket`.
        what: &'static str,
        /// The address.
        address: SocketAddr,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Two methods of one name: a fault in this crate.
    #[error("method table: {0}")]
    Methods(#[from] jsonrpsee::core::RegisterMethodError),
}

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct ServerHandle {
    http: Option<Listener>,
    ws: Option<Listener>,
}

#[derive(Debug)]
struct Listener {
    address: SocketAddr,
    handle: jsonrpsee::server::ServerHandle,
}

impl ServerHandle {
    /// The address that the HTTP port has.
    #[must_use]
    pub fn http_address(&self) -> Option<SocketAddr> {
        self.http.as_ref().map(|listener| listener.address)
    }

    /// The address that the WebSocket port has.
    #[must_use]
    pub fn ws_address(&self) -> Option<SocketAddr> {
        self.ws.as_ref().map(|listener| listener.address)
    }

    /// Takes no new calls, lets those in flight end, and closes; gives up waiting after `patience`.
    pub async fn stop(self, patience: Duration) {
        let listeners: Vec<Listener> = [self.http, self.ws].into_iter().flatten().collect();
        for listener in &listeners {
            // An error says that it has stopped already.
            let _ = listener.handle.stop();
        }
        let all = async {
            for listener in listeners {
                listener.handle.stopped().await;
            }
        };
        // Subscriptions end with their connection; a client that does not close is cut off when the runtime ends.
        let _ = tokio::time::timeout(patience, all).await;
    }
}

/// Starts the server on the current tokio runtime.
///
/// # Errors
/// [`RpcError`].
pub async fn serve(config: ServerConfig, backend: Arc<Backend>) -> Result<ServerHandle, RpcError> {
    tokio::spawn(exchange::follow(Arc::downgrade(&backend)));
    let api = Arc::new(Api::new(backend));
    let methods = methods::table(&api)?;
    let layer = DispatchLayer::new(api.clone(), Meters::of(&methods));
    let layers = (layer, http::plain(api));
    let open = async |what, address: Option<SocketAddr>| match address {
        Some(address) => listen(what, address, config.connections_max, layers.clone(), methods.clone()).await.map(Some),
        None => Ok(None),
    };
    Ok(ServerHandle { http: open("HTTP", config.http).await?, ws: open("WebSocket", config.ws).await? })
}

async fn listen(
    what: &'static str,
    address: SocketAddr,
    connections_max: u32,
    (layer, plain): (DispatchLayer, http::PlainLayer),
    methods: Methods,
) -> Result<Listener, RpcError> {
    let failed = |source| RpcError::Listen { what, address, source };
    let server = Server::builder()
        .set_config(settings(connections_max))
        .set_http_middleware(
            ServiceBuilder::new()
                .layer(http::cors())
                .layer(http::compression())
                .layer(RequestDecompressionLayer::new())
                .layer(plain),
        )
        .set_rpc_middleware(RpcServiceBuilder::new().layer(layer))
        .build(address)
        .await
        .map_err(failed)?;
    let address = server.local_addr().map_err(failed)?;
    Ok(Listener { address, handle: server.start(methods) })
}

fn settings(connections_max: u32) -> Settings {
    Settings::builder()
        .max_request_body_size(limits::REQUEST_BYTES_MAX)
        .max_response_body_size(limits::RESPONSE_BYTES_MAX)
        .max_connections(connections_max)
        .max_subscriptions_per_connection(limits::SUBSCRIPTIONS_PER_CONNECTION_MAX)
        .set_batch_request_config(BatchRequestConfig::Limit(limits::BATCH_CALLS_MAX))
        .set_message_buffer_capacity(limits::WS_MESSAGES_WAITING_MAX)
        .enable_ws_ping(PingConfig::new())
        .set_id_provider(HexIds)
        .build()
}
