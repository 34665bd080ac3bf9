//! The lanes of all connections, as a part of the swarm.

use std::{
    collections::VecDeque,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, NotifyHandler, THandler, THandlerInEvent,
        THandlerOutEvent, ToSwarm,
    },
};
use seiza_types::Bytes;

use super::handler::{FromLane, LaneHandler};
use crate::figures::Counters;

/// What came on one connection's lane.
#[derive(Debug)]
pub struct LaneEvent {
    /// Whose connection.
    pub peer: PeerId,
    /// Which connection.
    pub connection: ConnectionId,
    /// What came.
    pub told: FromLane,
}

/// All lanes.
pub struct Lane {
    hello: Bytes,
    timeout: Duration,
    counters: Arc<Counters>,
    /// Emptied at every poll: what one turn of the swarm's task sends and what handlers told since the last.
    waiting: VecDeque<ToSwarm<LaneEvent, Bytes>>,
}

impl Lane {
    /// Lanes that open with this hello, encoded.
    pub fn new(hello: Bytes, timeout: Duration, counters: Arc<Counters>) -> Self {
        Self { hello, timeout, counters, waiting: VecDeque::new() }
    }

    /// The hello of connections to come.
    pub fn set_hello(&mut self, hello: Bytes) {
        self.hello = hello;
    }

    /// Sends an encoded frame on one connection; it is dropped and counted where too many wait.
    pub fn send(&mut self, peer: PeerId, connection: ConnectionId, frame: Bytes) {
        let handler = NotifyHandler::One(connection);
        self.waiting.push_back(ToSwarm::NotifyHandler { peer_id: peer, handler, event: frame });
    }

    fn handler(&self) -> LaneHandler {
        LaneHandler::new(self.hello.clone(), self.timeout, Arc::clone(&self.counters))
    }
}

impl NetworkBehaviour for Lane {
    type ConnectionHandler = LaneHandler;
    type ToSwarm = LaneEvent;

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

    fn on_swarm_event(&mut self, _: FromSwarm<'_>) {}

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, told: THandlerOutEvent<Self>) {
        self.waiting.push_back(ToSwarm::GenerateEvent(LaneEvent { peer, connection, told }));
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        self.waiting.pop_front().map_or(Poll::Pending, Poll::Ready)
    }
}
