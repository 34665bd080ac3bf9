//! Malachite's actors, started in the order in which they need each other, and watched.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Instant;

use malachitebft_app::spawn;
use malachitebft_codec::Codec as _;
use malachitebft_engine::network::NetworkIdentity;
use malachitebft_engine::node::NodeRef;
use malachitebft_engine::util::events::TxEvent;
use malachitebft_engine::util::output_port::{OutputPort, OutputPortSubscriberTrait as _};
use malachitebft_metrics::{Metrics, SharedRegistry};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::ballots::Ballots;
use crate::codec::Codec;
use crate::config::{EngineConfig, value_sync};
use crate::context::{Address, Seiza};
use crate::engine::{Actors, Engine, EngineError, Failure, Publisher};
use crate::host::Host;
use crate::limits::{FAILURE_POLL, PORT_PATIENCE};
use crate::sets::Sets;
use crate::signing::{Signer, Verifier};
use crate::wal;
use crate::words::Ask;

/// Starts the engine. It listens, connects, and asks [`Ask::Ready`] first.
///
/// # Errors
/// [`EngineError`]: port taken, peer's id malformed, log unusable.
pub async fn start(config: EngineConfig) -> Result<(Engine, mpsc::UnboundedReceiver<Ask>), EngineError> {
    port_is_free(&config).await?;
    let registry = SharedRegistry::global().with_moniker(config.moniker.clone());
    let metrics = Metrics::register(&registry);
    let (node, ended) = spawn::spawn_node_actor(metrics.clone())
        .await
        .map_err(|error| EngineError::Start("node", error.to_string()))?;
    let (asks, questions) = mpsc::unbounded_channel();
    let ballots = Ballots::default();
    match actors(&config, &node, &registry, &metrics, asks, &ballots).await {
        Ok((actors, peer_id)) => {
            let (failure, watcher) = watch_failure(metrics, ended);
            let publisher = Publisher { network: actors.network.clone() };
            let wal = config.wal_file();
            Ok((Engine { publisher, actors, peer_id, failure, watcher, wal, ballots }, questions))
        }
        Err(error) => {
            node.get_cell().stop_children(Some("the engine did not start".into()));
            node.stop(None);
            Err(error)
        }
    }
}

/// Waits a little for the port: connections of an engine just stopped may still be closing. The engine's own task would only log
/// that it cannot listen, and stay silent for ever.
async fn port_is_free(config: &EngineConfig) -> Result<(), EngineError> {
    let asked = Instant::now();
    loop {
        match TcpListener::bind(config.listen) {
            Ok(_) => return Ok(()),
            Err(error) if asked.elapsed() > PORT_PATIENCE => return Err(EngineError::Listen(config.listen, error)),
            Err(_) => tokio::time::sleep(PORT_PATIENCE / 40).await,
        }
    }
}

fn identity(config: &EngineConfig) -> Result<(NetworkIdentity, String), EngineError> {
    let keypair = libp2p::identity::Keypair::ed25519_from_bytes(config.node_key)
        .map_err(|error| EngineError::NodeKey(error.to_string()))?;
    let peer_id = keypair.public().to_peer_id();
    let moniker = config.moniker.clone();
    let Some(key) = &config.key else { return Ok((NetworkIdentity::new(moniker, keypair, None), peer_id.to_string())) };
    let proof = Signer::new(config.chain_id.clone(), key.clone()).proof(peer_id.to_bytes());
    let proof = Codec.encode(&proof).map_err(|error| EngineError::NodeKey(error.to_string()))?;
    let address = Address::from(key.address()).to_string();
    Ok((NetworkIdentity::new_validator(moniker, keypair, address, proof), peer_id.to_string()))
}

async fn actors(
    config: &EngineConfig,
    node: &NodeRef,
    registry: &SharedRegistry,
    metrics: &Metrics,
    asks: mpsc::UnboundedSender<Ask>,
    ballots: &Ballots,
) -> Result<(Actors, String), EngineError> {
    fn started<T>(what: &'static str, result: Result<T, impl std::fmt::Display>) -> Result<T, EngineError> {
        result.map_err(|error| EngineError::Start(what, format!("{error:#}")))
    }
    let (consensus_config, sync_config) = (config.consensus()?, value_sync());
    let (identity, peer_id) = identity(config)?;
    let network =
        spawn::spawn_network_actor::<Seiza, _>(&consensus_config, &sync_config, identity, registry, Codec).await;
    let network = started("network", network)?;
    network.link(node.get_cell());
    let unusable =
        |error: &dyn std::fmt::Display| EngineError::Wal(config.wal.display().to_string(), format!("{error:#}"));
    wal::mend(&config.wal_file()).map_err(|error| unusable(&error))?;
    let log = spawn::spawn_wal_actor(&Seiza, Codec, &config.wal_file(), registry, node.clone()).await;
    let log = log.map_err(|error| unusable(&error))?;
    log.link(node.get_cell());
    let sets = Sets::default();
    let host = started("host", Host::spawn(asks, sets.clone()).await)?;
    host.link(node.get_cell());
    let (port, events) = (Arc::new(OutputPort::new()), TxEvent::new());
    let verifier = Verifier::new(config.chain_id.clone());
    tokio::spawn(ballots.clone().follow(events.subscribe(), sets, verifier.clone()));
    let consensus = spawn::spawn_consensus_actor(
        Seiza,
        config.key.as_ref().map_or(Address([0; 20]), |key| key.address().into()),
        consensus_config,
        Box::new(verifier),
        config.key.clone().map(|key| Box::new(Signer::new(config.chain_id.clone(), key)) as _),
        network.clone(),
        host.clone(),
        log.clone(),
        port.clone(),
        metrics.clone(),
        events,
        node.clone(),
    )
    .await;
    let consensus = started("consensus", consensus)?;
    consensus.link(node.get_cell());
    let sync =
        spawn::spawn_sync_actor(Seiza, network.clone(), host.clone(), consensus.clone(), Codec, &sync_config, registry)
            .await;
    let sync = started("sync", sync)?;
    if let Some(sync) = &sync {
        sync.link(node.get_cell());
        sync.subscribe_to_port(&port);
    }
    Ok((Actors { node: node.clone(), network, wal: log, host, consensus, sync }, peer_id))
}

fn watch_failure(metrics: Metrics, ended: JoinHandle<()>) -> (watch::Receiver<Option<Failure>>, JoinHandle<()>) {
    let (sender, receiver) = watch::channel(None);
    let watcher = tokio::spawn(async move {
        tokio::pin!(ended);
        let failure = loop {
            tokio::select! {
                _ = &mut ended => break Failure::Stopped,
                () = tokio::time::sleep(FAILURE_POLL) => {
                    if metrics.node_safety_failure.get() != 0 {
                        break Failure::Safety;
                    }
                }
            }
        };
        sender.send_replace(Some(failure));
    });
    (receiver, watcher)
}
