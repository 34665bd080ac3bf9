//! The cluster: nodes, links, workload, faults, and the checker that looks at everything; one thread, one seed.

mod dispatch;
mod event;
mod faults;
mod founding;

use std::time::Duration;

use rand::Rng as _;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use seiza_types::Height;
use tempfile::TempDir;

use event::Event;

use crate::checker::Checker;
use crate::limits::{HEAL_HEIGHTS, HEAL_SECONDS, STEPS_MAX};
use crate::links::{Links, Quality};
use crate::message::Message;
use crate::node::{Node, Sabotage};
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
        self.begin();
        let end = self.options.seconds * SECOND;
        self.until(end, |_| false)?;
        self.heal_all();
        let goal = self.checker.top() + HEAL_HEIGHTS;
        let reached = |cluster: &Self| (0..cluster.nodes.len()).all(|node| cluster.checker.tip(node) >= goal);
        if self.until(end + HEAL_SECONDS * SECOND, reached)? {
            return Ok(());
        }
        Err(self.stands_still(goal))
    }

    fn stands_still(&self, goal: Height) -> String {
        let tips: Vec<_> = (0..self.nodes.len()).map(|node| self.checker.tip(node)).collect();
        format!("nothing disturbs it, and after {HEAL_SECONDS} s the nodes are at {tips:?}, not at {goal}")
    }

    /// Nodes start one after the other; then come the first transaction and the first fault.
    fn begin(&mut self) {
        for node in 0..self.nodes.len() {
            let after = self.rng.random_range(0..SECOND / 4);
            self.schedule.after(after, Event::Start(node));
        }
        self.schedule.after(SECOND / 2, Event::Feed);
        self.next_fault();
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
        (0..self.nodes.len()).for_each(|node| self.mend(node));
    }

    /// A node starts if it does not run; if it does, it neither dies nor lies.
    fn mend(&mut self, node: usize) {
        self.schedule.after(1, Event::Start(node));
        if let Some(live) = self.nodes[node].live.as_mut() {
            live.desk.fuse = None;
            live.lie = None;
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
