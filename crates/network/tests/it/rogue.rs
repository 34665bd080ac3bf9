//! A peer whose every byte the test writes itself: streams without a protocol behind them.

use std::{
    collections::VecDeque,
    future::{Ready, ready},
    task::{Context, Poll},
    time::Duration,
};

use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::{
    Multiaddr, PeerId, Stream, StreamProtocol, SwarmBuilder,
    core::{
        Endpoint,
        transport::PortUse,
        upgrade::{InboundUpgrade, OutboundUpgrade, UpgradeInfo},
    },
    identity::Keypair,
    multiaddr::Protocol,
    noise,
    swarm::{
        ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm, NetworkBehaviour,
        NotifyHandler, SubstreamProtocol, SwarmEvent, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
        handler::{ConnectionEvent, FullyNegotiatedInbound, FullyNegotiatedOutbound},
    },
    tcp, yamux,
};
use seiza_network::{
    NetworkConfig,
    wire::{Hello, LaneMessage, Request, Response, read_frame},
};
use tokio::sync::{mpsc, watch};

use crate::nodes::{Node, PATIENCE, config};

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

struct Behaviour {
    open: mpsc::UnboundedReceiver<StreamProtocol>,
    target: Option<(PeerId, ConnectionId)>,
    opened: mpsc::UnboundedSender<Stream>,
    accepted: mpsc::UnboundedSender<(StreamProtocol, Stream)>,
}

impl Behaviour {
    fn handler(&self) -> Handler {
        Handler { asked: VecDeque::new(), opened: self.opened.clone(), accepted: self.accepted.clone() }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = ();

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(self.handler())
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(self.handler())
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        if let FromSwarm::ConnectionEstablished(made) = event {
            self.target = Some((made.peer_id, made.connection_id));
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, _: THandlerOutEvent<Self>) {}

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<(), THandlerInEvent<Self>>> {
        let Some((peer_id, connection)) = self.target else { return Poll::Pending };
        match self.open.poll_recv(cx) {
            Poll::Ready(Some(event)) => {
                Poll::Ready(ToSwarm::NotifyHandler { peer_id, handler: NotifyHandler::One(connection), event })
            }
            _ => Poll::Pending,
        }
    }
}

struct Handler {
    asked: VecDeque<StreamProtocol>,
    opened: mpsc::UnboundedSender<Stream>,
    accepted: mpsc::UnboundedSender<(StreamProtocol, Stream)>,
}

impl ConnectionHandler for Handler {
    type FromBehaviour = StreamProtocol;
    type ToBehaviour = ();
    type InboundProtocol = Any;
    type OutboundProtocol = Any;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = ();

    fn listen_protocol(&self) -> SubstreamProtocol<Any> {
        SubstreamProtocol::new(Any(vec![LANE, FETCH]), ())
    }

    fn connection_keep_alive(&self) -> bool {
        true
    }

    fn on_behaviour_event(&mut self, protocol: StreamProtocol) {
        self.asked.push_back(protocol);
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ConnectionHandlerEvent<Any, (), ()>> {
        match self.asked.pop_front() {
            Some(protocol) => Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest {
                protocol: SubstreamProtocol::new(Any(vec![protocol]), ()),
            }),
            None => Poll::Pending,
        }
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<'_, Any, Any>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol, .. }) => {
                let _ = self.accepted.send(protocol);
            }
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol: (_, stream), .. }) => {
                let _ = self.opened.send(stream);
            }
            _ => {}
        }
    }
}

/// Any of these protocols; gives the stream as it is.
struct Any(Vec<StreamProtocol>);

impl UpgradeInfo for Any {
    type Info = StreamProtocol;
    type InfoIter = std::vec::IntoIter<StreamProtocol>;

    fn protocol_info(&self) -> Self::InfoIter {
        self.0.clone().into_iter()
    }
}

impl InboundUpgrade<Stream> for Any {
    type Output = (StreamProtocol, Stream);
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Output, Self::Error>>;

    fn upgrade_inbound(self, stream: Stream, protocol: StreamProtocol) -> Self::Future {
        ready(Ok((protocol, stream)))
    }
}

impl OutboundUpgrade<Stream> for Any {
    type Output = (StreamProtocol, Stream);
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Output, Self::Error>>;

    fn upgrade_outbound(self, stream: Stream, protocol: StreamProtocol) -> Self::Future {
        ready(Ok((protocol, stream)))
    }
}
