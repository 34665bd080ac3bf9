//! A running process: core-consensus, its desk, its host; and how an input becomes tasks, and tasks inputs.

use std::time::Duration;

use malachitebft_core_consensus::{Input, Params, State, process};
use malachitebft_core_types::{Timeout, ValuePayload, VoteExtensionPolicy};
use malachitebft_metrics::Metrics;
use seiza_chain::ChainError;
use seiza_consensus::fetch::Event;
use seiza_engine::context::{Address, Height, Seiza, ValidatorSet};
use seiza_types::{Time, ValueId};

use super::Sabotage;
use super::host::Host;
use super::sync::Sync;
use crate::desk::Desk;
use crate::liar::Lie;
use crate::out::{Alarm, Out};
use crate::schedule::Micros;

/// Heights ahead, and messages of each, that core-consensus keeps: fewer than the engine, more than a cluster sends.
const QUEUE: (usize, usize) = (10, 500);

/// One process.
pub struct Live {
    /// The pure state machine.
    pub core: State<Seiza>,
    /// Its desk.
    pub desk: Desk,
    /// Chain, mempool, blocks.
    pub host: Host,
    /// Where the others are.
    pub sync: Sync,
    /// Which node of the cluster this is.
    pub index: usize,
    /// The node's clock, as nanoseconds since 1970.
    pub clock_ns: u64,
    /// How long it waits for transactions before it proposes an empty block.
    pub wait: Duration,
    /// What it is made to do wrong.
    pub sabotage: Option<Sabotage>,
    /// The lie that it tells this round.
    pub lie: Option<Lie>,
    metrics: Metrics,
}

impl Live {
    /// A process that starts: consensus has not begun.
    pub fn new(index: usize, nodes: usize, desk: Desk, host: Host, wait: Duration) -> Self {
        let address = Address::from(host.key.address());
        let params = Params {
            address,
            threshold_params: Default::default(),
            value_payload: ValuePayload::ProposalAndParts,
            enabled: true,
        };
        let set = ValidatorSet::new(host.chain.validators());
        let core = State::new(Seiza, Height(host.height()), set, params, QUEUE.0, QUEUE.1);
        Self {
            core,
            desk,
            host,
            sync: Sync::new(nodes),
            index,
            clock_ns: 0,
            wait,
            sabotage: None,
            lie: None,
            metrics: Metrics::new(),
        }
    }

    /// The node's clock as a block's time.
    pub fn now(&self) -> Time {
        ValueId { block: Default::default(), time_ns: self.clock_ns }.time()
    }

    /// Begins the height after the head, as the engine's actor does: first the height, then what the log holds of it.
    pub fn start_height(&mut self) {
        let (height, set) = (self.host.height(), self.host.chain.validators());
        self.desk.validator = set.find(&self.host.key.address()).is_some();
        // A node that is no validator keeps no log, and clears the one it finds.
        let entries = if self.desk.validator { self.desk.wal.start(height) } else { Vec::new() };
        self.host.begin();
        self.sync.begin();
        self.lie = None;
        let policy = VoteExtensionPolicy::default();
        self.feed(Input::StartHeight(Height(height), ValidatorSet::new(set), false, None, policy));
        if !entries.is_empty() {
            self.replay(entries);
        }
        for (from, bytes) in self.host.early.remove(&height).unwrap_or_default() {
            self.compact(from, &bytes);
        }
    }

    fn replay(&mut self, entries: Vec<Input<Seiza>>) {
        self.desk.note(format!("replays {} entries of height {}", entries.len(), self.host.height()));
        self.desk.recovering = true;
        self.core.record_recovered_own_precommit_extensions(&entries);
        self.core.index_wal_entries(&entries);
        entries.into_iter().for_each(|entry| self.feed(entry));
        self.core.reset_entries_index();
        self.desk.recovering = false;
    }

    /// Hands core-consensus an input and does all that follows.
    pub fn input(&mut self, input: Input<Seiza>) {
        self.feed(input);
        self.pump();
    }

    /// Hands core-consensus an input; what the host must do waits.
    pub fn feed(&mut self, input: Input<Seiza>) {
        let desk = &mut self.desk;
        let result: Result<(), malachitebft_core_consensus::Error<Seiza>> = process!(
            input: input,
            state: &mut self.core,
            metrics: &self.metrics,
            with: effect => desk.handle(effect)
        );
        // The engine stops a node whose consensus fails.
        if let Err(error) = result {
            self.fail(format!("consensus failed: {error}"));
        }
    }

    /// An alarm rings.
    pub fn alarm(&mut self, alarm: Alarm) {
        match alarm {
            Alarm::Timer(timer) => self.timer(timer),
            Alarm::Propose(height, round) => self.propose(height, round),
            Alarm::Fetch(block) => self.fetched(block, Event::Tick),
            Alarm::Tick => self.tick(),
        }
        self.pump();
    }

    fn timer(&mut self, timer: u64) {
        let elapsed: Option<Timeout> = self.desk.elapsed(timer);
        if let Some(timeout) = elapsed {
            self.input(Input::TimeoutElapsed(timeout));
        }
    }

    /// Something that never happens to a sound node.
    pub fn fail(&mut self, what: String) {
        self.desk.out.push(Out::Failed(what));
    }

    /// The value, or a failure of the node.
    pub fn sound<T>(&mut self, what: &str, result: Result<T, ChainError>) -> Option<T> {
        result.map_err(|error| self.fail(format!("{what}: {error}"))).ok()
    }

    /// Microseconds that it waits for transactions.
    pub fn wait_us(&self) -> Micros {
        Micros::try_from(self.wait.as_micros()).unwrap_or(0)
    }
}
