//! What happens in a cluster, and how each of it reaches its node.

use rand::Rng as _;

use super::{BEGINNING_NS, Cluster, SECOND};
use crate::limits::TICK_US;
use crate::message::Message;
use crate::node::Live;
use crate::out::Alarm;

/// Something that happens.
pub(super) enum Event {
    /// A message arrives.
    Arrive { from: usize, to: usize, message: Message },
    /// An alarm of a process rings.
    Ring { node: usize, life: u32, alarm: Alarm },
    /// Somebody sends a transaction.
    Feed,
    /// Something breaks.
    Fault,
    /// A node starts.
    Start(usize),
    /// A partition ends.
    Heal,
}

impl Cluster {
    pub(super) fn happen(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Arrive { from, to, message } => self.arrive(from, to, message),
            Event::Ring { node, life, alarm } => self.ring(node, life, alarm),
            Event::Feed => self.feed(),
            Event::Fault => self.fault(),
            Event::Start(node) => self.start(node),
            Event::Heal => self.heal(),
        }
    }

    fn heal(&mut self) -> Result<(), String> {
        self.links.heal();
        self.tell("the partition heals");
        Ok(())
    }

    fn arrive(&mut self, from: usize, to: usize, message: Message) -> Result<(), String> {
        if self.nodes[to].live.is_none() {
            return Ok(());
        }
        self.story.tell(self.schedule.now(), format_args!("{to} <- {from} {}", message.name()));
        self.touch(to, |live| live.receive(from, message))
    }

    fn ring(&mut self, node: usize, life: u32, alarm: Alarm) -> Result<(), String> {
        if self.nodes[node].life != life || self.nodes[node].live.is_none() {
            return Ok(());
        }
        if self.lies(node) {
            self.tempt(node, &alarm);
        }
        self.touch(node, |live| live.alarm(alarm))
    }

    /// Lets a node do something, then sees to what comes of it.
    fn touch(&mut self, node: usize, act: impl FnOnce(&mut Live)) -> Result<(), String> {
        let clock_ns = BEGINNING_NS + self.schedule.now() * 1_000 + self.nodes[node].skew_ns;
        let Some(live) = self.nodes[node].live.as_mut() else { return Ok(()) };
        live.clock_ns = clock_ns;
        act(live);
        let (out, dead) = (std::mem::take(&mut live.desk.out), live.desk.dead);
        self.dispatch(node, out)?;
        if let Some(torn) = dead {
            self.counts.torn += 1;
            self.crash(node, &format!("in the midst of a step ({torn:?})"));
        }
        Ok(())
    }

    fn start(&mut self, node: usize) -> Result<(), String> {
        if self.nodes[node].live.is_some() {
            return Ok(());
        }
        self.nodes[node].start().map_err(|error| format!("node {node} does not start: {error}"))?;
        self.tell_start(node)?;
        self.begin_ticking(node);
        self.touch(node, |live| {
            live.start_height();
            live.pump();
        })
    }

    /// The first tick of a process, at some time of the first period.
    fn begin_ticking(&mut self, node: usize) {
        let life = self.nodes[node].life;
        let after = self.rng.random_range(0..TICK_US);
        self.schedule.after(after, Event::Ring { node, life, alarm: Alarm::Tick });
    }

    /// Tells the story and the checker where a node starts.
    fn tell_start(&mut self, node: usize) -> Result<(), String> {
        let head = self.nodes[node].live.as_ref().map(|live| live.host.chain.head()).expect("it has just started");
        self.story.tell(self.schedule.now(), format_args!("{node} starts at height {}", head.height));
        self.checker.started(node, &head)
    }

    /// Somebody sends a transaction to some node; one in five is passed on by nobody.
    fn feed(&mut self) -> Result<(), String> {
        let after = self.rng.random_range(SECOND / 8..SECOND / 2);
        self.schedule.after(after, Event::Feed);
        let (to, gossips) = (self.rng.random_range(0..self.nodes.len()), self.rng.random_range(0..5) > 0);
        let live = self.nodes.iter().filter_map(|node| node.live.as_ref());
        let Some(head) = live.map(|live| live.host.chain.head()).max_by_key(|head| head.height) else { return Ok(()) };
        let raw = self.workload.next(&head.state, &mut self.rng);
        drop(head);
        self.counts.txs_sent += 1;
        self.touch(to, |live| live.submit(raw, gossips))
    }
}
