//! Building the swarm and starting its task.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, Swarm, SwarmBuilder, identity,
    multiaddr::Protocol,
    noise, ping, request_response,
    swarm::{NetworkBehaviour, SwarmEvent},
    tcp, yamux,
};
use parking_lot::RwLock;
use tokio::sync::mpsc;

use crate::{
    codec::{self, FetchCodec},
    command::Shared,
    config::{NetworkConfig, NetworkError},
    event::Event,
    figures::Counters,
    gate::Gate,
    handle::Network,
    handshake::prove,
    hub::Hub,
    lane::Lane,
    limits::{COMMANDS_MAX, EVENTS_MAX, Limits, STREAMS_MAX},
    wire::{Hello, LaneMessage},
};

/// What the swarm is made of.
#[derive(NetworkBehaviour)]
pub struct Parts {
    /// First: what it refuses, the others do not hear of.
    pub gate: Gate,
    /// The lanes.
    pub lane: Lane,
    /// Requests.
    pub fetch: request_response::Behaviour<FetchCodec>,
    /// Round trips, and whether a connection is alive.
    pub ping: ping::Behaviour,
}

/// How long the system may take to open the listening port.
const LISTEN_TIMEOUT: Duration = Duration::from_secs(5);
/// An idle connection never is: the lane keeps it. This is for connections whose lane broke.
const IDLE: Duration = Duration::from_secs(10);
/// Streams of one connection that negotiate their protocol at a time.
const NEGOTIATING_MAX: usize = 128;

/// Starts the network in the current tokio runtime.
///
/// # Errors
/// [`NetworkError`] if a field is beyond its bound or the address can't be listened on.
pub async fn start(config: NetworkConfig) -> Result<(Network, mpsc::Receiver<Event>), NetworkError> {
    config.check()?;
    let counters = Arc::new(Counters::default());
    let mut swarm = build(&config, Arc::clone(&counters))?;
    let listen = listen(&mut swarm, config.listen).await?;
    let id = *swarm.local_peer_id();
    let shared = Arc::new(Shared { id, listen, peers: RwLock::default(), counters });
    let (commands, commands_in) = mpsc::channel(COMMANDS_MAX);
    let (events_out, events) = mpsc::channel(EVENTS_MAX);
    let hub = Hub::new(swarm, config, Arc::clone(&shared), commands_in, events_out);
    tokio::spawn(hub.run());
    Ok((Network { commands, shared }, events))
}

fn build(config: &NetworkConfig, counters: Arc<Counters>) -> Result<Swarm<Parts>, NetworkError> {
    let wrong = |error: &dyn std::fmt::Display| NetworkError::Transport(error.to_string());
    let key = identity::Keypair::ed25519_from_bytes(config.node_key).map_err(|error| wrong(&error))?;
    let tcp = tcp::Config::default().nodelay(true);
    let builder = SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_tcp(tcp, noise::Config::new, yamux::Config::default)
        .map_err(|error| wrong(&error))?
        .with_behaviour(|_| parts(config, &counters))
        .map_err(|error| wrong(&error))?
        .with_swarm_config(|swarm| {
            swarm.with_idle_connection_timeout(IDLE).with_max_negotiating_inbound_streams(NEGOTIATING_MAX)
        })
        .with_connection_timeout(config.limits.dial_timeout);
    Ok(builder.build())
}

fn parts(config: &NetworkConfig, counters: &Arc<Counters>) -> Parts {
    let limits = &config.limits;
    let pings = ping::Config::new().with_interval(limits.ping_interval).with_timeout(limits.ping_interval * 3);
    Parts {
        gate: Gate::new(config.peers_max, limits, Arc::clone(counters)),
        lane: Lane::new(seiza_types::Bytes::new(), limits.hello_timeout, Arc::clone(counters)),
        fetch: fetch(limits, counters),
        ping: ping::Behaviour::new(pings),
    }
}

fn fetch(limits: &Limits, counters: &Arc<Counters>) -> request_response::Behaviour<FetchCodec> {
    let requests = request_response::Config::default()
        .with_request_timeout(limits.request_timeout)
        .with_max_concurrent_streams(STREAMS_MAX);
    let protocols = [(codec::PROTOCOL, request_response::ProtocolSupport::Full)];
    request_response::Behaviour::with_codec(FetchCodec::new(Arc::clone(counters)), protocols, requests)
}

/// Opens the port, and waits until it is open: what is dialled before is not ours.
async fn listen(swarm: &mut Swarm<Parts>, address: SocketAddr) -> Result<SocketAddr, NetworkError> {
    let failed = |reason: String| NetworkError::Listen { address, reason };
    // libp2p shares a port that another process listens on; the system's own way refuses it.
    drop(std::net::TcpListener::bind(address).map_err(|error| failed(error.to_string()))?);
    swarm.listen_on(multiaddr(address)).map_err(|error| failed(error.to_string()))?;
    let opened = async {
        loop {
            match swarm.select_next_some().await {
                SwarmEvent::NewListenAddr { address: opened, .. } => break Ok(opened),
                SwarmEvent::ListenerClosed { reason: Err(error), .. } => break Err(error.to_string()),
                SwarmEvent::ListenerError { error, .. } => break Err(error.to_string()),
                _ => {}
            }
        }
    };
    let opened = tokio::time::timeout(LISTEN_TIMEOUT, opened).await.map_err(|_| failed("no answer".into()))?;
    let port = socket_of(&opened.map_err(failed)?).map_or(address.port(), |opened| opened.port());
    Ok(SocketAddr::new(address.ip(), port))
}

/// An address as libp2p writes it.
pub fn multiaddr(address: SocketAddr) -> Multiaddr {
    Multiaddr::from(address.ip()).with(Protocol::Tcp(address.port()))
}

/// An address as the system writes it, if it is one of TCP.
pub fn socket_of(address: &Multiaddr) -> Option<SocketAddr> {
    let port = address.iter().find_map(|part| if let Protocol::Tcp(port) = part { Some(port) } else { None })?;
    Some(SocketAddr::new(crate::gate::ip_of(address)?, port))
}

/// Our hello at this height, encoded for the lane.
pub fn hello(config: &NetworkConfig, peer: &PeerId, port: u16, height: u64) -> seiza_types::Bytes {
    let hello = Hello {
        chain_id: config.chain_id.clone(),
        genesis_hash: config.genesis_hash,
        height,
        moniker: config.moniker.clone(),
        port,
        consensus_port: config.consensus_port,
        proof: config.validator.as_ref().map(|key| prove(config, key, peer)),
    };
    LaneMessage::Hello(Box::new(hello)).encode().into()
}
