//! One turn of the hub's loop: what happens first of all that may happen, and who takes it.

use std::time::Instant;

use futures::StreamExt;
use libp2p::swarm::SwarmEvent;

use super::{Hub, dialler::Resolved, serve::Answered};
use crate::{command::Command, limits::COMMANDS_AT_ONCE, start::PartsEvent};

/// What happened in one turn.
pub(super) enum Step {
    Swarm(SwarmEvent<PartsEvent>),
    Commands(Vec<Command>),
    Answered(Answered),
    Resolved(Resolved),
    Room,
    Flush,
    Tick,
}

impl Hub {
    pub(super) async fn step(&mut self, tick: &mut tokio::time::Interval) -> Step {
        let flush = tokio::time::Instant::from_std(self.outbox.due().unwrap_or_else(Instant::now));
        let mut commands = vec![];
        tokio::select! {
            event = self.swarm.select_next_some() => Step::Swarm(event),
            _ = self.commands.recv_many(&mut commands, COMMANDS_AT_ONCE) => Step::Commands(commands),
            Some(answered) = self.answers.next(), if !self.answers.is_empty() => Step::Answered(answered),
            Some(resolved) = self.resolving.next(), if !self.resolving.is_empty() => Step::Resolved(resolved),
            _ = self.events.reserve(), if !self.waiting.is_empty() => Step::Room,
            () = tokio::time::sleep_until(flush), if self.outbox.due().is_some() => Step::Flush,
            _ = tick.tick() => Step::Tick,
        }
    }

    pub(super) fn take(&mut self, step: Step) {
        match step {
            Step::Swarm(event) => self.on_swarm(event),
            Step::Answered(answered) => self.on_answered(answered),
            Step::Resolved(resolved) => self.on_resolved(resolved),
            Step::Room => self.drain(),
            Step::Flush => self.flush(),
            Step::Tick => self.on_tick(),
            Step::Commands(_) => {}
        }
    }

    /// Obeys, up to a command to stop: whom to tell when it is done.
    pub(super) fn obey(&mut self, commands: Vec<Command>) -> Option<tokio::sync::oneshot::Sender<()>> {
        for command in commands {
            match command {
                Command::Announce(txs) => self.announce(txs),
                Command::Ask { peer, request, reply } => self.ask(peer, request, reply),
                Command::Evidence(bytes) => self.spread(&bytes),
                Command::Report(peer, fault) => self.fault(peer, fault),
                Command::Height(height) => self.set_height(height),
                Command::Stop(done) => return Some(done),
            }
        }
        None
    }

    fn on_swarm(&mut self, event: SwarmEvent<PartsEvent>) {
        match event {
            SwarmEvent::Behaviour(PartsEvent::Lane(event)) => self.on_lane(event),
            SwarmEvent::Behaviour(PartsEvent::Fetch(event)) => self.on_fetch(event),
            SwarmEvent::Behaviour(PartsEvent::Ping(event)) => self.on_ping(&event),
            SwarmEvent::Behaviour(PartsEvent::Gate(never)) => match never {},
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_connected(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, .. } => self.on_closed(peer_id, connection_id),
            SwarmEvent::OutgoingConnectionError { connection_id, peer_id, error } => {
                self.on_dial_failed(connection_id, peer_id, &error);
            }
            _ => {}
        }
    }
}
