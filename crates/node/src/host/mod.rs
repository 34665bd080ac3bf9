//! The node's side of consensus: what the engine asks of its host, answered by the chain, the pool and the peers.
//!
//! The host is one task. It decides nothing that `consensus` can decide, and does nothing slow: bodies are rebuilt, checked
//! and made durable on other threads, blocks are executed on the [`execution`] thread, and what comes of it comes back as an
//! [`Input`].
//!
//! | the engine asks | the host |
//! |---|---|
//! | for a value | builds from the pool, makes it durable, publishes the compact proposal ([`propose`]) |
//! | about a proposal | rebuilds it from the pool, fetches what is missing, checks, makes durable ([`receive`]) |
//! | (beside voting) | executes what is complete ([`execution`]), as `consensus::speculation` says |
//! | to decide | makes block and certificate durable, commits the execution of that very block ([`decide`]) |
//! | for decided blocks | reads them from storage ([`sync`]) |
//!
//! Promises: a height and round is proposed once, asking again gives the same block, after a crash too; nothing is voted for
//! that is not durable here; nothing is published before it is durable; the engine enters a height only when the app hash of
//! the one before is known.

mod arrivals;
mod bodies;
mod decide;
mod execution;
mod fetching;
mod gossip;
mod height;
pub mod limits;
mod propose;
mod receive;
mod serve;
mod settle;
mod start;
mod sync;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;
use seiza_chain::{Cancel, Chain, ChainError, Mode};
use seiza_consensus::evidence::EvidencePool;
use seiza_consensus::proposals::Proposals;
use seiza_consensus::speculation::{Action, Speculation};
use seiza_consensus::timely::TimelyParams;
use seiza_engine::{Ask, Ballots, Engine, HeightParams, Proposed, Reply, RoundBallots, Timeouts};
use seiza_mempool::Pool;
use seiza_network::Network;
use seiza_rpc::{Executions, Footprints, Notifier};
use seiza_storage::Head;
use seiza_types::{B256, Height, Time, ValidatorKey, ValidatorSet};
use tokio::sync::{Notify, mpsc};

use crate::clock;
use crate::telemetry::figures;
use bodies::Bodies;
use execution::{Execution, Order};
pub use gossip::Gossip;
use height::HeightState;
use propose::Wanted;
use receive::Received;
pub use serve::{Meetings, Server};
pub use start::{Joined, Seat, join};

/// What the host shares with the servers.
#[derive(Clone)]
pub struct Shared {
    /// The chain.
    pub chain: Arc<Chain>,
    /// Waiting transactions.
    pub pool: Arc<Mutex<Pool>>,
    /// Who is told of news.
    pub notifier: Notifier,
    /// How the last blocks were executed.
    pub executions: Executions,
    /// What was learned of waiting transactions; `None` where nothing is to be learned.
    pub footprints: Option<Footprints>,
}

impl Shared {
    /// These transactions have left the pool: what was learned of them goes too.
    fn forget(&self, left: &[B256]) {
        if let Some(footprints) = &self.footprints {
            footprints.forget(left);
        }
    }
}

/// How a host behaves.
#[derive(Debug, Clone)]
pub struct Ways {
    /// How blocks are executed.
    pub mode: Mode,
    /// Whether proposals carry hashes only.
    pub smart_propagation: bool,
    /// Whether blocks are executed beside voting.
    pub optimistic_processing: bool,
    /// Interval of blocks while nothing waits.
    pub block_time: Duration,
    /// Wait for company after a first transaction.
    pub gather: Duration,
    /// The engine's timeouts.
    pub timeouts: Timeouts,
}

/// What the host is told by what it set going.
pub enum Input {
    /// A proposed block was rebuilt and checked, or could not be.
    Received(Box<Received>),
    /// A height is committed; `ahead` where its execution was ready before the decision.
    Committed {
        /// The new head.
        head: Arc<Head>,
        /// Whether speculation had run it.
        ahead: bool,
        /// How long executing it took.
        took: Duration,
    },
    /// A peer has shown evidence.
    Evidence(Vec<u8>),
    /// Our own failure: nothing is half-written, the node ends.
    Failed(ChainError),
}

/// The host's letter box. Cloning shares it.
#[derive(Clone)]
pub struct Inputs(mpsc::UnboundedSender<Input>);

impl Inputs {
    /// Leaves a letter.
    pub fn tell(&self, input: Input) {
        // An error says that the host has ended.
        let _ = self.0.send(input);
    }
}

/// The host.
pub struct Host {
    shared: Shared,
    ways: Ways,
    key: Option<ValidatorKey>,
    engine: Engine,
    network: Network,
    execution: Execution,
    inputs: Inputs,
    bodies: Bodies,
    wake: Arc<Notify>,
    /// The height being decided.
    height: Height,
    round: u32,
    validators: ValidatorSet,
    state: HeightState,
    speculation: Speculation,
    running: Vec<(B256, Cancel)>,
    timely: TimelyParams,
    /// Compact proposals of heights to come, and who waits to hear of them.
    proposals: Proposals<String>,
    later: BTreeMap<B256, (Height, Bytes, Reply<Proposed>)>,
    evidence: EvidencePool,
    wanted: Option<Wanted>,
    /// Who waits for the next height to begin.
    next: Option<Reply<HeightParams>>,
    committed_at: Instant,
    /// When the proposals of this height were first seen here, or published.
    shown: BTreeMap<B256, Instant>,
    /// How long the decision took since.
    deciding: Option<Duration>,
    /// How fetching decided blocks goes.
    catching_up: Option<sync::CatchingUp>,
    rounds: Arc<RoundView>,
    /// Whether no progress is shown.
    quiet: bool,
}

/// Where consensus is.
#[derive(Debug, Clone, Copy)]
pub struct RoundAt {
    /// The height being decided.
    pub height: Height,
    /// Its round.
    pub round: u32,
    /// Tendermint's number of the step: 3 propose, 4 prevote, 8 commit.
    pub step: u8,
    /// When the height began.
    pub start: Time,
    /// The round's proposal, once it is complete here.
    pub proposal: Option<B256>,
    /// While blocks are fetched that were decided without us: the first of them, and the highest that a peer told of.
    pub syncing: Option<(Height, Height)>,
}

/// What clients are told of the running round.
pub struct RoundView {
    at: Mutex<RoundAt>,
    ballots: OnceLock<Ballots>,
}

impl RoundView {
    /// At the beginning of `height`.
    pub fn new(height: Height) -> Self {
        let at = RoundAt { height, round: 0, step: 1, start: clock::now(), proposal: None, syncing: None };
        Self { at: Mutex::new(at), ballots: OnceLock::new() }
    }

    /// Where consensus is.
    pub fn get(&self) -> RoundAt {
        *self.at.lock()
    }

    /// The votes of a height, once the engine runs.
    pub fn votes(&self, height: Height) -> Vec<RoundBallots> {
        self.ballots.get().map(|ballots| ballots.of(height)).unwrap_or_default()
    }

    /// The engine runs, and shows its votes here.
    pub fn show(&self, ballots: Ballots) {
        let _ = self.ballots.set(ballots);
    }

    fn change(&self, change: impl FnOnce(&mut RoundAt)) {
        change(&mut self.at.lock());
    }
}

impl Host {
    /// Serves the engine until told to stop, or until something fails.
    ///
    /// # Errors
    /// Fatal ones: nothing of the block at hand is half-written.
    pub async fn run(
        mut self,
        mut asks: mpsc::UnboundedReceiver<Ask>,
        mut inputs: mpsc::UnboundedReceiver<Input>,
        stop: Arc<Notify>,
    ) -> Result<(), ChainError> {
        let mut expire = tokio::time::interval(limits::EXPIRE_EVERY);
        loop {
            let due = self.wanted.as_ref().map(|wanted| tokio::time::Instant::from_std(wanted.due));
            let wake = self.wake.clone();
            tokio::select! {
                biased;
                () = stop.notified() => break,
                Some(input) = inputs.recv() => self.hear(input)?,
                ask = asks.recv() => match ask {
                    Some(ask) => self.answer(ask)?,
                    None => break,
                },
                () = sleep_until(due), if due.is_some() => self.propose_now()?,
                () = wake.notified(), if due.is_some() => self.propose_if_work()?,
                _ = expire.tick() => self.expire(),
            }
        }
        self.engine.stop().await;
        Ok(())
    }

    fn answer(&mut self, ask: Ask) -> Result<(), ChainError> {
        match ask {
            Ask::Ready { reply } => reply.send(self.params()),
            Ask::StartedRound { height, round, reply, .. } => self.started_round(height, round, reply),
            Ask::GetValue { height, round, timeout, reply } => self.get_value(height, round, timeout, reply)?,
            Ask::Proposal { from, bytes, reply, .. } => self.proposal(from, bytes, reply),
            Ask::Restream { value, .. } => self.restream(&value.block),
            Ask::Decided { certificate, reply, .. } => self.decided(&certificate, reply)?,
            Ask::Finalized { height, evidence, reply, .. } => self.finalized(height, evidence, reply),
            Ask::DecidedValues { range, reply } => self.decided_values(range, reply),
            Ask::Synced { height, round, proposer, bytes, reply } => self.synced(height, round, proposer, bytes, reply),
            Ask::HistoryMin { reply } => reply.send(self.shared.chain.storage().earliest().max(1)),
        }
        Ok(())
    }

    fn hear(&mut self, input: Input) -> Result<(), ChainError> {
        match input {
            Input::Received(received) => self.received(*received),
            Input::Committed { head, ahead, took } => self.committed(&head, ahead, took),
            Input::Evidence(bytes) => self.shown_evidence(&bytes),
            Input::Failed(error) => return Err(error),
        }
        Ok(())
    }

    /// What the engine needs to know of the height being decided.
    fn params(&self) -> HeightParams {
        let propose = self.ways.timeouts.propose + self.ways.block_time;
        let timeouts = Timeouts { propose, ..self.ways.timeouts };
        HeightParams { height: self.height, validators: self.validators.clone(), timeouts, target_time: None }
    }

    fn started_round(&mut self, height: Height, round: u32, reply: Reply<Vec<Proposed>>) {
        let here = height == self.height;
        reply.send(if here { self.state.of_round(round) } else { Vec::new() });
        if !here {
            return;
        }
        self.round = round;
        #[expect(clippy::cast_precision_loss, reason = "a gauge of Prometheus is a float")]
        metrics::gauge!(figures::CONSENSUS_HEIGHT).set(height as f64);
        self.rounds.change(|at| {
            let start = if at.height == height { at.start } else { clock::now() };
            *at = RoundAt { height, round, step: 3, start, proposal: None, syncing: at.syncing };
        });
        metrics::gauge!(figures::ROUND).set(f64::from(round));
        metrics::counter!(figures::ROUNDS).increment(1);
    }

    /// Does what the speculation policy says.
    fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Start(hash) => self.speculate(&hash),
                Action::Cancel(hash) => self.cancel(&hash),
                // Committing adopts by hash.
                Action::Adopt(_) => {}
            }
        }
    }

    fn speculate(&mut self, hash: &B256) {
        let Some(candidate) = self.state.candidate(hash) else { return };
        let cancel = Cancel::default();
        self.running.push((*hash, cancel.clone()));
        self.execution.order(Order::Speculate(candidate.block.clone(), cancel));
        metrics::counter!(figures::SPECULATION_STARTED).increment(1);
    }

    fn cancel(&mut self, hash: &B256) {
        if let Some(index) = self.running.iter().position(|(running, _)| running == hash) {
            self.running.swap_remove(index).1.cancel();
            metrics::counter!(figures::SPECULATION_CANCELLED).increment(1);
        }
    }

    /// Drops what has waited too long in the pool.
    fn expire(&self) {
        let now_ms = clock::now_ms();
        let expired = self.shared.pool.lock().expire(now_ms);
        self.shared.forget(&expired);
        let expired = expired.len();
        if expired > 0 {
            tracing::info!(expired, "transactions that waited too long were dropped");
        }
    }
}

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
