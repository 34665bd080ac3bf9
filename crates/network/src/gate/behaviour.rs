//! How the swarm asks the gate: each connection when it comes, and again when it is known whose it is.

use std::task::{Context, Poll};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent,
        ToSwarm, dummy,
    },
};

use super::{Denied, Gate, ip_of};
use crate::figures::count;

impl Gate {
    fn deny(&self, denied: Denied) -> ConnectionDenied {
        count(&self.counters.refused);
        ConnectionDenied::new(denied)
    }

    fn enter(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        inbound: bool,
    ) -> Result<(), ConnectionDenied> {
        if let Err(denied) = self.admit_peer(&peer, inbound) {
            self.inside.remove(&id);
            return Err(self.deny(denied));
        }
        let ip = if inbound { ip_of(address) } else { None };
        self.inside.insert(id, (ip, Some(peer)));
        Ok(())
    }
}

impl NetworkBehaviour for Gate {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = std::convert::Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        id: ConnectionId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        let ip = ip_of(remote);
        self.admit_address(ip).map_err(|denied| self.deny(denied))?;
        self.inside.insert(id, (ip, None));
        Ok(())
    }

    fn handle_established_inbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.enter(id, peer, remote, true).map(|()| dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.enter(id, peer, address, false).map(|()| dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        let gone = match event {
            FromSwarm::ConnectionClosed(closed) => Some(closed.connection_id),
            FromSwarm::ListenFailure(failure) => Some(failure.connection_id),
            FromSwarm::DialFailure(failure) => Some(failure.connection_id),
            _ => None,
        };
        gone.map(|id| self.inside.remove(&id));
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}
