//! The cluster: nodes, links, workload, faults, and the checker that looks at everything; one thread, one seed.

mod dispatch;
mod faults;
mod founding;

use std::time::Duration;

use rand::Rng as _;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tempfile::TempDir;

use crate::checker::Checker;
use crate::limits::{HEAL_HEIGHTS, HEAL_SECONDS, STEPS_MAX, TICK_US};
use crate::links::{Links, Quality};
use crate::message::Message;
use crate::node::{Live, Node, Sabotage};
use crate::out::Alarm;
use crate::profile::Profile;
use crate::report::{Counts, Failure, Report};
use crate::schedule::{Micros, Schedule};
use crate::story::Story;
use crate::workload::Workload;

/// How long proposers wait for transactions.
const WAIT: Duration = Duration::from_millis(400);
/// Microseconds of a second.
const SECOND: Micros = 1_000_000;
/// The universe begins at this time, nanoseconds since 1970.
const BEGINNING_NS: u64 = 1_700_000_000_000_000_000;

/// What a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// All chance comes from it.
    pub seed: u64,
    /// Simulated seconds with faults.
    pub seconds: u64,
    /// How many validators.
    pub validators: usize,
    /// What goes wrong.
    pub profile: Profile,
    /// A rule that a node is made to break.
    pub sabotage: Option<(usize, Sabotage)>,
    /// Whether every event is told aloud, on standard error.
    pub loud: bool,
}

/// Something that happens.
enum Event {
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

/// All of it.
pub struct Cluster {
    options: Options,
    rng: StdRng,
    schedule: Schedule<Event>,
    links: Links,
    nodes: Vec<Node>,
    liars: Vec<bool>,
    /// What liars said before, to say it again.
    stale: Vec<Vec<Message>>,
    story: Story,
    checker: Checker,
    workload: Workload,
    counts: Counts,
    /// No more faults, and liars are honest.
    healed: bool,
    /// When the highest height last rose.
    rose: Micros,
    _folder: TempDir,
}

/// Runs a cluster to its end.
///
/// # Errors
/// The first broken rule, with the last events.
pub fn run(options: &Options) -> Result<Report, Box<Failure>> {
    let mut cluster = Cluster::new(*options);
    match cluster.live_through() {
        Ok(()) => Ok(cluster.report()),
        Err(reason) => Err(Box::new(cluster.failure(reason))),
    }
}

impl Cluster {
    fn new(options: Options) -> Self {
        let mut rng = StdRng::seed_from_u64(options.seed);
        let folder = tempfile::tempdir().expect("a simulated disk is a temporary folder");
        let nodes = founding::nodes(&options, folder.path(), &mut rng);
        let (count, liars) = (options.validators, options.profile.liars(options.validators));
        Self {
            links: Links::new(count, options.profile.quality()),
            liars: (0..count).map(|node| node >= count - liars).collect(),
            stale: vec![Vec::new(); count],
            checker: Checker::new(count),
            options,
            rng,
            schedule: Schedule::default(),
            nodes,
            story: Story::new(options.loud),
            workload: Workload::default(),
            counts: Counts::default(),
            healed: false,
            rose: 0,
            _folder: folder,
        }
    }

    fn live_through(&mut self) -> Result<(), String> {
        for node in 0..self.nodes.len() {
            let after = self.rng.random_range(0..SECOND / 4);
            self.schedule.after(after, Event::Start(node));
        }
        self.schedule.after(SECOND / 2, Event::Feed);
        self.next_fault();
        let end = self.options.seconds * SECOND;
        self.until(end, |_| false)?;
        self.heal_all();
        let goal = self.checker.top() + HEAL_HEIGHTS;
        let reached = |cluster: &Self| (0..cluster.nodes.len()).all(|node| cluster.checker.tip(node) >= goal);
        if self.until(end + HEAL_SECONDS * SECOND, reached)? {
            return Ok(());
        }
        let tips: Vec<_> = (0..self.nodes.len()).map(|node| self.checker.tip(node)).collect();
        Err(format!("nothing disturbs it, and after {HEAL_SECONDS} s the nodes are at {tips:?}, not at {goal}"))
    }

    /// Lets things happen until the time, or until `done`.
    fn until(&mut self, end: Micros, done: impl Fn(&Self) -> bool) -> Result<bool, String> {
        while let Some(event) = self.schedule.next(end) {
            self.happen(event)?;
            self.counts.steps += 1;
            if self.counts.steps > STEPS_MAX {
                return Err("spins: too many steps".into());
            }
            if done(self) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn happen(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Arrive { from, to, message } => {
                if self.nodes[to].live.is_none() {
                    return Ok(());
                }
                self.story.tell(self.schedule.now(), format_args!("{to} <- {from} {}", message.name()));
                self.touch(to, |live| live.receive(from, message))
            }
            Event::Ring { node, life, alarm } => self.ring(node, life, alarm),
            Event::Feed => self.feed(),
            Event::Fault => self.fault(),
            Event::Start(node) => self.start(node),
            Event::Heal => {
                self.links.heal();
                self.tell("the partition heals");
                Ok(())
            }
        }
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
        let head = self.nodes[node].live.as_ref().map(|live| live.host.chain.head()).expect("it has just started");
        self.story.tell(self.schedule.now(), format_args!("{node} starts at height {}", head.height));
        self.checker.started(node, &head)?;
        drop(head);
        let life = self.nodes[node].life;
        let after = self.rng.random_range(0..TICK_US);
        self.schedule.after(after, Event::Ring { node, life, alarm: Alarm::Tick });
        self.touch(node, |live| {
            live.start_height();
            live.pump();
        })
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

    fn tell(&mut self, what: &str) {
        self.story.tell(self.schedule.now(), format_args!("{what}"));
    }

    fn lies(&self, node: usize) -> bool {
        self.liars[node] && !self.healed
    }

    /// The rest is a good day: all links, all nodes, no lies.
    fn heal_all(&mut self) {
        self.healed = true;
        self.links.heal();
        self.links.quality = Quality::QUIET;
        self.tell("all is well from now on");
        for node in 0..self.nodes.len() {
            self.schedule.after(1, Event::Start(node));
            if let Some(live) = self.nodes[node].live.as_mut() {
                live.desk.fuse = None;
                live.lie = None;
            }
        }
    }

    fn report(&self) -> Report {
        Report {
            seed: self.options.seed,
            profile: self.options.profile,
            digest: self.story.digest(),
            height: self.checker.top(),
            seconds: self.schedule.now() / SECOND,
            events: self.story.events(),
            counts: self.counts,
        }
    }

    fn failure(&self, reason: String) -> Failure {
        let last = self.story.last().map(str::to_owned).collect();
        Failure { reason, report: self.report(), last }
    }
}
