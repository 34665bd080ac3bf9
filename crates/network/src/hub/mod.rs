//! The task that owns the swarm: one loop, one owner, no lock across an await.
//!
//! It takes commands from the handles, events from the swarm, answers from the node and the clock's ticks, in turns, and
//! never waits for any of them alone.

mod ask;
mod dial;
mod dialler;
mod exchange;
mod gossip;
mod greet;
mod judge;
mod links;
mod peer;
mod serve;
mod tell;
mod turn;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{future::BoxFuture, stream::FuturesUnordered};
use libp2p::{PeerId, Swarm, request_response::OutboundRequestId, swarm::ConnectionId};
use tokio::sync::mpsc;

use self::{
    ask::Asked,
    dialler::{Dialler, Resolved},
    gossip::Outbox,
    links::Link,
    peer::Peer,
    serve::Answered,
    turn::Step,
};
use crate::{
    command::{Command, Shared},
    config::NetworkConfig,
    event::Event,
    known::Known,
    limits::KNOWN_MAX,
    score::Scores,
    start::{Parts, hello},
};

/// How often timeouts are looked at and what the handle shows is renewed.
const TICK: Duration = Duration::from_millis(250);

/// Everything that the task owns.
pub struct Hub {
    swarm: Swarm<Parts>,
    config: NetworkConfig,
    shared: Arc<Shared>,
    commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<Event>,
    /// Events that the node's channel has no room for yet.
    waiting: VecDeque<Event>,
    peers: BTreeMap<PeerId, Peer>,
    links: HashMap<ConnectionId, Link>,
    asked: HashMap<OutboundRequestId, Asked>,
    answers: FuturesUnordered<BoxFuture<'static, Answered>>,
    resolving: FuturesUnordered<BoxFuture<'static, Resolved>>,
    outbox: Outbox,
    dialler: Dialler,
    scores: Scores,
    /// Evidence that the node was told of.
    seen: Known,
}

impl Hub {
    /// A hub that has not dialled anybody yet.
    pub fn new(
        mut swarm: Swarm<Parts>,
        config: NetworkConfig,
        shared: Arc<Shared>,
        commands: mpsc::Receiver<Command>,
        events: mpsc::Sender<Event>,
    ) -> Self {
        let dialler = Dialler::new(&config, Instant::now());
        dialler.persistent_ids().for_each(|id| swarm.behaviour_mut().gate.favour(id));
        let mut hub = Self {
            swarm,
            config,
            shared,
            commands,
            events,
            waiting: VecDeque::new(),
            peers: BTreeMap::new(),
            links: HashMap::new(),
            asked: HashMap::new(),
            answers: FuturesUnordered::new(),
            resolving: FuturesUnordered::new(),
            outbox: Outbox::default(),
            dialler,
            scores: Scores::default(),
            seen: Known::new(KNOWN_MAX),
        };
        hub.set_height(hub.config.height);
        hub
    }

    /// Runs until it is told to stop, or nobody can tell it anything any more.
    pub async fn run(mut self) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let step = self.step(&mut tick).await;
            let told = match step {
                Step::Commands(commands) if commands.is_empty() => break,
                Step::Commands(commands) => commands,
                other => {
                    self.take(other);
                    continue;
                }
            };
            if let Some(done) = self.obey(told) {
                self.keep_book();
                drop(self);
                let _ = done.send(());
                return;
            }
        }
        self.keep_book();
    }

    fn on_tick(&mut self) {
        let now = Instant::now();
        self.scores.forget(now);
        self.swarm.behaviour_mut().gate.forgive(now);
        self.close_overdue(now);
        self.dial_due(now);
        self.exchange(now);
        self.show();
    }

    fn set_height(&mut self, height: u64) {
        self.config.height = height;
        let frame = hello(&self.config, &self.shared.id, self.shared.listen.port(), height);
        self.swarm.behaviour_mut().lane.set_hello(frame);
    }
}
