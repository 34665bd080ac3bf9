//! Which undecided blocks are executed while the votes travel.
//!
//! One [`Speculation`] lives for one height. It is told what happens and answers with what shall be done, in order:
//!
//! | happens | done |
//! |---|---|
//! | a valid block is complete | started, if a place is free or can be made free |
//! | another block is complete in a later round | those of earlier rounds are cancelled, unless locked or valid |
//! | the same block is proposed again in a later round | its execution goes on, and counts for that round |
//! | a block is decided | its execution is adopted (started now, if it is not alive); all others are cancelled |
//! | shutdown, or the height was synced | all are cancelled |
//!
//! A round that begins cancels nothing by itself: precommits of the round before may still decide its block, and until
//! another block is here there is nothing better to do.
//!
//! # Promises
//! - At most [`SPECULATIONS_MAX`] executions are alive before the decision; the decision makes room before it starts one.
//! - What is decided is never cancelled, from the moment its execution started.
//! - Every started execution is adopted or cancelled, exactly once.
//! - Switched off, nothing is started before the decision, and the answers to it are the same.

use seiza_types::B256;

use crate::limits::SPECULATIONS_MAX;

/// What shall be done with a block's execution. Blocks are named by their hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Execute it on the state before, with a token to cancel it by.
    Start(B256),
    /// Cancel its execution and drop the result.
    Cancel(B256),
    /// Commit its execution, when it is done.
    Adopt(B256),
}

/// An execution that is alive.
#[derive(Debug, Clone, Copy)]
struct Run {
    block: B256,
    /// The last round in which the block was proposed.
    round: u32,
}

/// The executions of one height's blocks.
#[derive(Debug, Clone)]
pub struct Speculation {
    enabled: bool,
    over: bool,
    runs: Vec<Run>,
    /// Blocks that this validator is locked on, or that gathered a polka.
    held: [Option<B256>; 2],
}

impl Speculation {
    /// A height begins. `enabled` is false where optimistic processing is switched off, or an upgrade is due at this height.
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        Self { enabled, over: false, runs: Vec::new(), held: [None; 2] }
    }

    /// Blocks whose executions are alive, in the order of their start.
    pub fn alive(&self) -> impl Iterator<Item = B256> {
        self.runs.iter().map(|run| run.block)
    }

    /// A block of this height is complete and durable; `valid` says what the checks without execution said of it.
    pub fn on_complete(&mut self, block: B256, round: u32, valid: bool) -> Vec<Action> {
        if !self.enabled || self.over || !valid {
            return Vec::new();
        }
        if let Some(run) = self.runs.iter_mut().find(|run| run.block == block) {
            run.round = run.round.max(round);
            return Vec::new();
        }
        let mut actions = self.cancel(|run, held| run.round >= round || held.contains(&Some(run.block)));
        if self.runs.len() < SPECULATIONS_MAX {
            self.runs.push(Run { block, round });
            actions.push(Action::Start(block));
        }
        actions
    }

    /// What this validator is locked on and what the valid value is, by the engine's word. Cancels nothing.
    pub fn on_round(&mut self, locked: Option<B256>, valid: Option<B256>) {
        self.held = [locked, valid];
    }

    /// A block of this height is decided.
    pub fn on_decided(&mut self, block: B256) -> Vec<Action> {
        if self.over {
            return Vec::new();
        }
        let mut actions = self.cancel(|run, _| run.block == block);
        if self.runs.pop().is_none() {
            actions.push(Action::Start(block));
        }
        actions.push(Action::Adopt(block));
        self.over = true;
        actions
    }

    /// The height ends without a decision here: shutdown.
    pub fn on_stop(&mut self) -> Vec<Action> {
        self.over = true;
        self.cancel(|_, _| false)
    }

    /// Cancels all runs but those that `stays`.
    fn cancel(&mut self, stays: impl Fn(&Run, &[Option<B256>]) -> bool) -> Vec<Action> {
        let held = self.held;
        let gone = self.runs.extract_if(.., |run| !stays(run, &held));
        gone.map(|run| Action::Cancel(run.block)).collect()
    }
}
