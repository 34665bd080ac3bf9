//! The thread that executes and commits: one block at a time, so that speculation never competes with itself for cores.
//!
//! The host orders, this thread does, in order: speculate on a block (ended early by its flag), or commit a decided one,
//! adopting its speculation where there is one. What comes out is told to the host as an [`Input`].

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use metrics::histogram;
use seiza_chain::{Cancel, ChainError, Executed, Hints, Mode, VerifiedBlock};
use seiza_rpc::Execution as How;
use seiza_types::B256;

use super::{Input, Inputs, Shared, settle};
use crate::telemetry::{execution, figures};

/// Executed blocks that wait for a decision; the speculation policy keeps as many alive.
const EXECUTED_MAX: usize = 2;

/// What the host asks for.
pub enum Order {
    /// Execute before it is decided.
    Speculate(VerifiedBlock, Cancel),
    /// It is decided and durable: execute unless that has happened, write, publish.
    Commit(VerifiedBlock),
}

/// The host's end of the thread. Dropping it ends the thread once its work is done.
pub struct Execution(Sender<Order>);

impl Execution {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(shared: Shared, mode: Mode, inputs: Inputs) -> std::io::Result<Self> {
        let (sender, orders) = channel();
        let worker = Worker { shared, mode, inputs, executed: Vec::new() };
        std::thread::Builder::new().name("execution".into()).spawn(move || worker.run(&orders))?;
        Ok(Self(sender))
    }

    /// Orders; the answer comes as an input of the host.
    pub fn order(&self, order: Order) {
        // An error says that the thread has ended: it told the host why.
        let _ = self.0.send(order);
    }
}

/// An executed block, and how it was run.
struct Run {
    executed: Executed,
    how: How,
}

struct Worker {
    shared: Shared,
    mode: Mode,
    inputs: Inputs,
    executed: Vec<Run>,
}

impl Worker {
    fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(order) = orders.recv() {
            if let Err(error) = self.follow(order) {
                self.inputs.tell(Input::Failed(error));
                return;
            }
        }
    }

    fn follow(&mut self, order: Order) -> Result<(), ChainError> {
        match order {
            Order::Speculate(block, cancel) => self.speculate(&block, &cancel),
            Order::Commit(block) => self.commit(&block),
        }
    }

    fn speculate(&mut self, block: &VerifiedBlock, cancel: &Cancel) -> Result<(), ChainError> {
        let stale = block.height() != self.shared.chain.head().height + 1;
        if stale || cancel.is_cancelled() || self.position(&block.hash()).is_some() {
            return Ok(());
        }
        match self.execute(block, cancel) {
            Ok(run) => self.keep(run),
            Err(_) if cancel.is_cancelled() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn keep(&mut self, run: Run) {
        if self.executed.len() == EXECUTED_MAX {
            self.executed.remove(0);
        }
        self.executed.push(run);
    }

    fn position(&self, hash: &B256) -> Option<usize> {
        self.executed.iter().position(|run| run.executed.block.hash() == *hash)
    }

    fn execute(&self, block: &VerifiedBlock, cancel: &Cancel) -> Result<Run, ChainError> {
        let (chain, mode) = (&self.shared.chain, self.mode);
        let hashes = block.txs().iter().map(|tx| tx.hash);
        let footprints = self.shared.footprints.as_ref().map(|footprints| footprints.of(hashes));
        let hints = footprints.as_deref().map_or(Hints::None, Hints::Learned);
        let start = Instant::now();
        let unhashed = chain.run(&chain.head_overlay(), block, hints, mode, cancel)?;
        let (took, start) = (start.elapsed(), Instant::now());
        let executed = chain.hash(unhashed)?;
        histogram!(figures::HASH_SECONDS).record(start.elapsed());
        let how = How {
            height: block.height(),
            mode,
            txs: block.txs().len(),
            learned: footprints.iter().flatten().flatten().count(),
            took,
            stats: executed.stats.clone(),
        };
        execution::executed(&how);
        Ok(Run { executed, how })
    }

    fn commit(&mut self, block: &VerifiedBlock) -> Result<(), ChainError> {
        let adopted = self.position(&block.hash()).map(|index| self.executed.swap_remove(index));
        let ahead = adopted.is_some();
        let Run { executed, how } = match adopted {
            Some(run) => run,
            None => self.execute(block, &Cancel::default())?,
        };
        self.executed.clear();
        let (took, start) = (how.took, Instant::now());
        let (block, changes) = (executed.block.clone(), executed.changes.clone());
        // Before the head is published: whoever sees the block finds how it was executed.
        self.shared.executions.record(how);
        let head = self.shared.chain.commit(executed)?;
        histogram!(figures::COMMIT_SECONDS).record(start.elapsed());
        let left = settle::settle(&self.shared.pool, &block, &changes, &head)?;
        self.shared.forget(&left);
        self.shared.notifier.committed(head.height);
        figures::committed(&head, self.shared.pool.lock().counts());
        self.inputs.tell(Input::Committed { head, ahead, took });
        Ok(())
    }
}
