//! Consecutive transactions as one job. What executing a job costs beside its work (an access, a read log, cells in
//! multi-version memory, a commit) is then paid once for all of them, and keys that several of them touch are read and
//! written once.
//!
//! Where a block is cut is a node's own business and changes nothing of what comes out.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use alloy_consensus::Transaction as _;
use seiza_executor::{Intent, Job, Mode, RunError};
use seiza_state::{Access, Key, StateError, Write, WriteSet};
use seiza_types::tx::Body;
use seiza_types::{Receipt, VerifiedTx};
use seiza_vm::evm::{BlockContext, Session};

use crate::Hints;
use crate::tx::TxJob;

/// Transactions of a chunk, at most: so many there are of plain transfers.
const CHUNK_TXS_MAX: usize = 256;
/// Chunks for each worker at least, if there are so many transactions: what one is longer than another must not keep workers
/// waiting, and where transactions conflict all of a chunk are run again.
const CHUNKS_PER_WORKER_MIN: usize = 16;
/// Gas limits of a chunk's transactions together, unless it is one alone: long ones are run side by side.
const CHUNK_GAS_MAX: u64 = 1_000_000;
/// The least that a transaction counts for: one that may call code, and one that only pays, which takes the machine a tenth
/// of that time.
const CALL_GAS_MIN: u64 = CHUNK_GAS_MAX / 16;
const TRANSFER_GAS: u64 = CHUNK_GAS_MAX / CHUNK_TXS_MAX as u64;

/// Some consecutive transactions of a block.
pub(crate) struct Chunk<'a> {
    txs: &'a [VerifiedTx],
    context: &'a BlockContext,
    /// Index in the block of the first of them.
    first: usize,
    hints: Hints<'a>,
    /// What its transactions together are said to write, from the first time on that somebody asks.
    claim: OnceLock<WriteSet>,
}

impl<'a> Chunk<'a> {
    /// A block's transactions, cut into chunks of `most` at most.
    pub(crate) fn all(txs: &'a [VerifiedTx], context: &'a BlockContext, hints: Hints<'a>, most: usize) -> Vec<Self> {
        let (mut chunks, mut first) = (Vec::with_capacity(txs.len() / most + 1), 0);
        while first < txs.len() {
            let len = chunk_len(&txs[first..], most);
            chunks.push(Self { txs: &txs[first..first + len], context, first, hints, claim: OnceLock::new() });
            first += len;
        }
        chunks
    }

    fn jobs(&self) -> impl Iterator<Item = TxJob<'a>> {
        let (first, context, hints) = (self.first, self.context, self.hints);
        let indexed = self.txs.iter().enumerate();
        indexed.map(move |(nth, tx)| TxJob {
            tx,
            context,
            index: (first + nth) as u32,
            learned: hints.learned(first + nth),
        })
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
        gas = gas.saturating_add(gas_of(tx));
        gas <= CHUNK_GAS_MAX
    });
    fit.count().max(1)
}

/// What claims come to one after the other. What does not come out is claimed by nobody honest.
fn together(claims: &[WriteSet]) -> WriteSet {
    let mut writes: BTreeMap<&Key, Write> = BTreeMap::new();
    for (key, write) in claims.iter().flat_map(WriteSet::iter) {
        let before = writes.get(key).map(|before| before.then(write.clone(), key));
        writes.insert(key, before.and_then(Result::ok).unwrap_or_else(|| write.clone()));
    }
    writes.into_iter().map(|(key, write)| (key.clone(), write)).collect()
}

/// What a transaction counts for in its chunk.
fn gas_of(tx: &VerifiedTx) -> u64 {
    match &tx.body {
        Body::Evm(evm) if evm.input().is_empty() && evm.to().is_some() => TRANSFER_GAS,
        _ => tx.gas_limit.max(CALL_GAS_MIN),
    }
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
        let Hints::Shipped(all) = self.hints else { return None };
        let claims = all.get(self.first..)?;
        match &claims[..claims.len().min(self.txs.len())] {
            [] => None,
            [only] => Some(only),
            several => Some(self.claim.get_or_init(|| together(several))),
        }
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
