//! A peer whose every byte the test writes itself: streams without a protocol behind them.

use std::time::Duration;

use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::{
    Multiaddr, PeerId, Stream, StreamProtocol, SwarmBuilder, identity::Keypair, multiaddr::Protocol, noise,
    swarm::SwarmEvent, tcp, yamux,
};
use seiza_network::{
    NetworkConfig,
    wire::{Hello, LaneMessage, Request, Response, read_frame},
};
use tokio::sync::{mpsc, watch};

use crate::{
    nodes::{Node, PATIENCE, config},
    streams::Behaviour,
};

pub const LANE: StreamProtocol = StreamProtocol::new("/seiza/lane/1");
pub const FETCH: StreamProtocol = StreamProtocol::new("/seiza/fetch/1");

/// The rogue, connected to one node.
pub struct Rogue {
    pub id: PeerId,
    open: mpsc::UnboundedSender<StreamProtocol>,
    opened: mpsc::UnboundedReceiver<Stream>,
    accepted: mpsc::UnboundedReceiver<(StreamProtocol, Stream)>,
    closed: watch::Receiver<bool>,
}

impl Rogue {
    /// Dials a node; no hello is said.
    pub async fn connect(node: &Node, seed: u8) -> Self {
        let rogue = Self::dial(node, seed);
        let mut closed = rogue.closed.clone();
        tokio::time::timeout(PATIENCE, closed.changed()).await.expect("connected in time").unwrap();
        rogue
    }

    /// Dials a node, which may not let it in.
    pub fn dial(node: &Node, seed: u8) -> Self {
        let (open, open_in) = mpsc::unbounded_channel();
        let (opened_out, opened) = mpsc::unbounded_channel();
        let (accepted_out, accepted) = mpsc::unbounded_channel();
        let (closed_out, closed) = watch::channel(true);
        let key = Keypair::ed25519_from_bytes([seed; 32]).unwrap();
        let id = key.public().to_peer_id();
        let behaviour = Behaviour { open: open_in, target: None, opened: opened_out, accepted: accepted_out };
        let swarm = SwarmBuilder::with_existing_identity(key)
            .with_tokio()
            .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
            .unwrap()
            .with_behaviour(|_| behaviour)
            .unwrap()
            .with_swarm_config(|swarm| swarm.with_idle_connection_timeout(Duration::from_secs(60)))
            .build();
        let listen = node.network.listen_addr();
        tokio::spawn(drive(swarm, Multiaddr::from(listen.ip()).with(Protocol::Tcp(listen.port())), closed_out));
        Self { id, open, opened, accepted, closed }
    }

    /// Begins to open a stream, whatever comes of it.
    pub fn begin(&self, protocol: StreamProtocol) {
        self.open.send(protocol).unwrap();
    }

    /// Opens a stream of this protocol.
    pub async fn stream(&mut self, protocol: StreamProtocol) -> Stream {
        self.open.send(protocol).unwrap();
        tokio::time::timeout(PATIENCE, self.opened.recv()).await.expect("opened in time").expect("opened")
    }

    pub async fn lane(&mut self) -> Stream {
        self.stream(LANE).await
    }

    /// The next stream that the node opens.
    pub async fn accept(&mut self) -> (StreamProtocol, Stream) {
        tokio::time::timeout(PATIENCE, self.accepted.recv()).await.expect("accepted in time").expect("accepted")
    }

    /// The next request of the node, and the stream for the response.
    pub async fn asked(&mut self) -> (Request, Stream) {
        let (protocol, mut stream) = self.accept().await;
        assert_eq!(protocol, FETCH);
        let frame = tokio::time::timeout(PATIENCE, read_frame(&mut stream, 1 << 20)).await.expect("in time").unwrap();
        (Request::decode(&frame).unwrap(), stream)
    }

    /// Joins as an honest peer would; gives the lane out and the lane in.
    pub async fn join(&mut self) -> (Stream, Stream) {
        let mut out = self.lane().await;
        Self::say(&mut out, &LaneMessage::Hello(Box::new(Self::hello(&config(99, &[]))))).await;
        let (protocol, mut back) = self.accept().await;
        assert_eq!(protocol, LANE);
        assert!(matches!(Self::hear(&mut back).await, LaneMessage::Hello(_)));
        assert_eq!(Self::hear(&mut back).await, LaneMessage::Welcome);
        Self::say(&mut out, &LaneMessage::Welcome).await;
        (out, back)
    }

    /// Until the node has closed the connection.
    pub async fn is_closed(&mut self) {
        let gone = self.closed.wait_for(|closed| *closed);
        tokio::time::timeout(PATIENCE, gone).await.expect("closed in time").unwrap();
    }

    /// What a node with this configuration would say.
    pub fn hello(config: &NetworkConfig) -> Hello {
        Hello {
            chain_id: config.chain_id.clone(),
            genesis_hash: config.genesis_hash,
            height: 1,
            moniker: "rogue".into(),
            port: 1,
            consensus_port: 2,
            proof: None,
        }
    }

    pub async fn say(stream: &mut Stream, message: &LaneMessage) {
        Self::write(stream, &message.encode()).await;
    }

    /// Writes bytes as they are; a node that closes meanwhile is no failure of the test.
    pub async fn write(stream: &mut Stream, bytes: &[u8]) {
        let write = async {
            let _ = stream.write_all(bytes).await;
            let _ = stream.flush().await;
        };
        tokio::time::timeout(PATIENCE, write).await.expect("written in time");
    }

    pub async fn hear(stream: &mut Stream) -> LaneMessage {
        let frame = tokio::time::timeout(PATIENCE, read_frame(stream, 1 << 20)).await.expect("heard in time");
        LaneMessage::decode(&frame.expect("a frame")).unwrap()
    }

    /// Asks the node as a peer would. `None` where it closes the stream without an answer.
    pub async fn ask(&mut self, bytes: &[u8]) -> Option<Response> {
        let mut stream = self.stream(FETCH).await;
        Self::write(&mut stream, bytes).await;
        let _ = stream.close().await;
        let mut all = vec![];
        let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut all)).await.expect("answered in time");
        read.ok().filter(|_| all.len() > 4).map(|_| Response::decode(&all[4..]).unwrap())
    }
}

async fn drive(mut swarm: libp2p::Swarm<Behaviour>, to: Multiaddr, closed: watch::Sender<bool>) {
    swarm.dial(to).unwrap();
    loop {
        match swarm.select_next_some().await {
            SwarmEvent::ConnectionEstablished { .. } => closed.send_replace(false),
            SwarmEvent::ConnectionClosed { .. } | SwarmEvent::OutgoingConnectionError { .. } => {
                closed.send_replace(true)
            }
            _ => continue,
        };
    }
}
