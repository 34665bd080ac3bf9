//! Consecutive transactions as one job. What executing a job costs beside its work (an access, a read log, cells in
//! multi-version memory, a commit) is then paid once for all of them, and keys that several of them touch are read and
//! written once.
//!
//! Where a block is cut is a node's own business and changes nothing of what comes out.

use seiza_executor::{Intent, Job, Mode, RunError};
use seiza_state::{Access, Key, StateError, WriteSet};
use seiza_types::{Receipt, VerifiedTx};
use seiza_vm::evm::{BlockContext, Session};

use crate::Hints;
use crate::tx::TxJob;

/// Transactions of a chunk, at most.
pub(crate) const CHUNK_TXS_MAX: usize = 16;
/// Chunks for each worker at least, if there are so many transactions: what one is longer than another must not keep workers
/// waiting, and where transactions conflict all of a chunk are run again.
const CHUNKS_PER_WORKER_MIN: usize = 16;
/// Gas limits of a chunk's transactions together, unless it is one alone: long ones are run side by side.
const CHUNK_GAS_MAX: u64 = 1_000_000;

/// Some consecutive transactions of a block.
pub(crate) struct Chunk<'a> {
    txs: &'a [VerifiedTx],
    context: &'a BlockContext,
    /// Index in the block of the first of them.
    first: usize,
    hints: Hints<'a>,
}

impl<'a> Chunk<'a> {
    /// A block's transactions, cut into chunks of `most` at most.
    pub(crate) fn all(txs: &'a [VerifiedTx], context: &'a BlockContext, hints: Hints<'a>, most: usize) -> Vec<Self> {
        let (mut chunks, mut first) = (Vec::with_capacity(txs.len() / most + 1), 0);
        while first < txs.len() {
            let len = chunk_len(&txs[first..], most);
            chunks.push(Self { txs: &txs[first..first + len], context, first, hints });
            first += len;
        }
        chunks
    }

    fn jobs(&self) -> impl Iterator<Item = TxJob<'a>> {
        let (first, context, hints) = (self.first, self.context, self.hints);
        let indexed = self.txs.iter().enumerate();
        indexed.map(move |(nth, tx)| TxJob { tx, context, index: (first + nth) as u32, hint: hints.of(first + nth) })
    }
}

/// How many of so many transactions a chunk has at most.
pub(crate) fn txs_max(txs: usize, mode: Mode) -> usize {
    match mode {
        Mode::Sequential => CHUNK_TXS_MAX,
        Mode::Declared { workers } | Mode::Optimistic { workers } => {
            (txs / (workers.get() * CHUNKS_PER_WORKER_MIN)).clamp(1, CHUNK_TXS_MAX)
        }
    }
}

/// The error of a run, naming the first transaction of the chunk that it struck.
pub(crate) fn named(error: RunError, chunks: &[Chunk<'_>]) -> RunError {
    match error {
        RunError::State { job, error } => {
            RunError::State { job: chunks.get(job).map_or(job, |chunk| chunk.first), error }
        }
        RunError::Cancelled => RunError::Cancelled,
    }
}

/// How many of `txs` make up the next chunk.
fn chunk_len(txs: &[VerifiedTx], most: usize) -> usize {
    let mut gas = 0u64;
    let fit = txs.iter().take(most).take_while(|tx| {
        gas = gas.saturating_add(tx.gas_limit);
        gas <= CHUNK_GAS_MAX
    });
    fit.count().max(1)
}

impl Job for Chunk<'_> {
    type Output = Vec<Receipt>;

    fn size(&self) -> usize {
        self.txs.len()
    }

    fn weight(&self) -> u64 {
        self.txs.iter().map(|tx| tx.gas_limit).fold(0, u64::saturating_add)
    }

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        self.jobs().for_each(|job| job.declare(declare));
    }

    fn foresee(&self, hashes: &mut Vec<u64>) {
        self.jobs().for_each(|job| job.foresee(hashes));
    }

    fn shipped(&self) -> Option<&WriteSet> {
        self.hints.shipped(self.first)
    }

    fn run(&self, access: &mut Access<'_>) -> Result<Vec<Receipt>, StateError> {
        let mut session = Session::new(self.context);
        let mut receipts = Vec::with_capacity(self.txs.len());
        for job in self.jobs() {
            receipts.push(job.run_in(&mut session, access)?);
        }
        session.flush(access)?;
        Ok(receipts)
    }
}
