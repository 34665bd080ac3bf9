//! Bringing a host to life: engine and execution, and what the last run left undecided.

use std::sync::Arc;
use std::time::Instant;

use seiza_chain::ChainError;
use seiza_consensus::evidence::{EvidenceLimits, EvidencePool};
use seiza_consensus::proposals::Proposals;
use seiza_consensus::speculation::Speculation;
use seiza_consensus::timely::TimelyParams;
use seiza_engine::{Ask, EngineConfig, Failure as EngineFailure, Proposed};
use seiza_network::Network;
use seiza_types::{ValidatorKey, ValueId};
use tokio::sync::{Notify, mpsc, watch};

use super::bodies::Bodies;
use super::execution::Execution;
use super::height::{Candidate, HeightState};
use super::{Host, Input, Inputs, RoundView, Shared, Ways};
use crate::failure::Failure;

/// What a host is made of.
pub struct Seat {
    /// What it shares with the servers.
    pub shared: Shared,
    /// How it behaves.
    pub ways: Ways,
    /// The validator's key; `None` for a full node.
    pub key: Option<ValidatorKey>,
    /// Its peers.
    pub network: Network,
    /// Told when transactions come into the pool.
    pub wake: Arc<Notify>,
    /// Where consensus is, for those who show it.
    pub rounds: Arc<RoundView>,
    /// Whether no progress is shown.
    pub quiet: bool,
}

/// A host that has joined its network, ready to run.
pub struct Joined {
    /// The host.
    pub host: Host,
    /// What the engine asks.
    pub asks: mpsc::UnboundedReceiver<Ask>,
    /// What the host's own work tells it.
    pub inputs: mpsc::UnboundedReceiver<Input>,
    /// Bodies that peers may ask for.
    pub bodies: Bodies,
    /// The host's letter box, for what peers show.
    pub letters: Inputs,
    /// Why the engine can go on no more, when that happens.
    pub failure: watch::Receiver<Option<EngineFailure>>,
}

/// Starts execution and engine. Nothing is decided before the host runs.
///
/// # Errors
/// Ports in use, a damaged disk, threads refused.
pub async fn join(seat: Seat, engine: EngineConfig) -> Result<Joined, Failure> {
    let Seat { shared, ways, key, network, wake, rounds, quiet } = seat;
    let (sender, inputs) = mpsc::unbounded_channel();
    let letters = Inputs(sender);
    let execution = Execution::start(shared.clone(), ways.mode, letters.clone())
        .map_err(|error| Failure::refused(format!("cannot start threads: {error}")))?;
    let (engine, asks) = seiza_engine::start(engine).await.map_err(Failure::refused)?;
    rounds.show(engine.ballots());
    let (failure, bodies) = (engine.failure(), Bodies::default());
    let head = shared.chain.head().height;
    let mut host = Host {
        height: head + 1,
        round: 0,
        validators: shared.chain.validators(),
        speculation: Speculation::new(ways.optimistic_processing),
        evidence: EvidencePool::new(EvidenceLimits::default(), head),
        proposals: Proposals::new(head + 1),
        timely: TimelyParams::default(),
        state: HeightState::default(),
        later: Default::default(),
        running: Vec::new(),
        wanted: None,
        next: None,
        committed_at: Instant::now(),
        shown: Default::default(),
        deciding: None,
        catching_up: None,
        bodies: bodies.clone(),
        inputs: letters.clone(),
        rounds,
        quiet,
        shared,
        ways,
        key,
        engine,
        network,
        execution,
        wake,
    };
    host.remember().map_err(Failure::refused)?;
    Ok(Joined { host, asks, inputs, bodies, letters, failure })
}

impl Host {
    /// Takes up the blocks of this height that the last run has voted for, or proposed.
    fn remember(&mut self) -> Result<(), ChainError> {
        let chain = self.shared.chain.clone();
        for kept in chain.storage().undecided(self.height)? {
            // What was valid then is valid now, or the disk has lost what it was valid for: then it is as if never seen.
            let Ok(block) = chain.validate(kept.block, |_, _| None) else { continue };
            let value = ValueId::of(&block.header);
            let (height, round, proposer) = (self.height, kept.round, block.header.proposer_address);
            let proposed = Proposed { height, round, valid_round: None, proposer, value, valid: true };
            let compact = match (&self.key, kept.own) {
                (Some(key), true) => Some(self.compact(&block, round, key).encode().into()),
                _ => None,
            };
            self.bodies.keep(&block);
            let candidate = Candidate { block, compact, proposed };
            if kept.own { self.state.propose(round, candidate) } else { self.state.know(candidate) }
        }
        Ok(())
    }
}
