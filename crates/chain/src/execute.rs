//! A block's execution, from its parent's state to a value: begin, transactions, end, root.

use std::sync::Arc;

use seiza_executor::{Cancel, Job, Mode, Options, Outcome, RunError, Stats, run_with};
use seiza_modules::exchange;
use seiza_modules::fees::FeeParams;
use seiza_state::{Access, Changeset, Overlay, StateError, WriteSet};
use seiza_storage::{BlockResults, LogsBloom};
use seiza_types::{AppHash, B256, Height, Receipt, VerifiedTx};
use seiza_vm::evm::{self, BlockContext};

use crate::callbacks::CallBackJob;
use crate::chunk::{self, Chunk};
use crate::end::{EndJob, Trading, Turn};
use crate::tx::Sums;
use crate::{ChainError, Hints, VerifiedBlock};

/// An executed block: a value. Dropping it discards the block; only `commit` writes it.
#[derive(Clone)]
pub struct Executed {
    /// The block.
    pub block: VerifiedBlock,
    /// Everything it changes.
    pub changes: Arc<Changeset>,
    /// Its receipts and sums.
    pub results: Arc<BlockResults>,
    /// Root of the state after it.
    pub app_hash: AppHash,
    /// How it was run: for operators, no part of the result.
    pub stats: Arc<Stats>,
    /// The state after it: what the next block may be executed on before this one is committed.
    pub overlay: Overlay,
    /// Height of the state it was executed on.
    pub(crate) parent: Height,
}

/// A block as execution sees it: what is left of it once consensus is taken away. Ethereum's own tests and mainnet blocks
/// come in by this door too, so that they prove the very code that runs the chain.
pub struct BlockInput<'a> {
    /// The EVM's view of the block.
    pub context: &'a BlockContext,
    /// Hash of the block before; `None` where there is none to be read.
    pub parent_hash: Option<B256>,
    /// Its transactions.
    pub txs: &'a [VerifiedTx],
    /// How the base fee moves.
    pub fees: &'a FeeParams,
    /// What is known of the transactions beforehand.
    pub hints: Hints<'a>,
    /// What it does to the validators; `None` where there are none.
    pub turn: Option<Turn<'a>>,
}

/// What a block came to.
#[derive(Debug)]
pub struct BlockOutput {
    /// Everything it changes.
    pub changes: Changeset,
    /// Its receipts and sums.
    pub results: BlockResults,
    /// What each transaction writes, where [`Options::keeps_writes`] asks for it; else empty.
    pub writes: Vec<WriteSet>,
    /// How it was run: for operators, no part of the result.
    pub stats: Stats,
}

/// How the jobs of a block are run.
struct Runner<'a> {
    mode: Mode,
    cancel: &'a Cancel,
    options: Options<'a>,
}

impl Runner<'_> {
    fn run<J: Job>(&self, state: &Overlay, jobs: &[J]) -> Result<Outcome<J::Output>, RunError> {
        run_with(state, jobs, self.mode, self.cancel, self.options)
    }
}

impl BlockInput<'_> {
    /// Runs the whole block over `parent`.
    ///
    /// # Errors
    /// [`ChainError::Run`] when cancelled or where state fails.
    pub fn run(&self, parent: &Overlay, mode: Mode, cancel: &Cancel) -> Result<BlockOutput, ChainError> {
        self.run_with(parent, mode, cancel, Options::default())
    }

    /// As [`BlockInput::run`], with options: averages of one's own, and each transaction's writes for those to whom the
    /// block is shipped.
    ///
    /// # Errors
    /// As [`BlockInput::run`].
    pub fn run_with(
        &self,
        parent: &Overlay,
        mode: Mode,
        cancel: &Cancel,
        options: Options<'_>,
    ) -> Result<BlockOutput, ChainError> {
        let runner = Runner { mode, cancel, options };
        let mut changes = begin(parent, self.context, self.parent_hash)?;
        let started = parent.with(Arc::new(changes.clone()));
        let most = if options.keeps_writes { 1 } else { chunk::txs_max(self.txs.len(), mode) };
        let chunks = Chunk::all(self.txs, self.context, self.hints, most);
        let outcome = runner.run(&started, &chunks).map_err(|error| chunk::named(error, &chunks))?;
        changes.merge(outcome.changes);
        let mut results = results(outcome.outputs, self.txs.len(), self.context);
        let changes = Arc::new(changes);
        let after = parent.with(changes.clone());
        let trading = Trading::of(self.context, &after)?;
        let jobs = EndJob::all(self.context, self.fees, results.gas_used, self.turn, &trading);
        let ended = runner.run(&after, &jobs)?;
        drop(after);
        let mut changes = Arc::unwrap_or_clone(changes);
        changes.merge(ended.changes);
        forget_passing(&mut changes, self.context.number, &trading);
        results.outcomes = ended.outputs.into_iter().flatten().collect();
        let changes = self.call_back(parent, changes, &mut results, &runner)?;
        Ok(BlockOutput { changes, results, writes: outcome.writes, stats: outcome.stats })
    }

    /// Contracts of venues hear of their fills.
    fn call_back(
        &self,
        parent: &Overlay,
        changes: Changeset,
        results: &mut BlockResults,
        runner: &Runner<'_>,
    ) -> Result<Changeset, ChainError> {
        if results.outcomes.iter().all(|outcome| outcome.fills.is_empty()) {
            return Ok(changes);
        }
        let changes = Arc::new(changes);
        let settled = parent.with(changes.clone());
        let jobs = CallBackJob::all(&settled, &results.outcomes, self.context)?;
        let ended = runner.run(&settled, &jobs)?;
        results.calls = ended.outputs;
        drop(settled);
        let mut changes = Arc::unwrap_or_clone(changes);
        changes.merge(ended.changes);
        Ok(changes)
    }
}

/// What the transactions left for the markets, and those have taken, was not there before and is not after: nobody need
/// hash it, write it or look it up.
fn forget_passing(changes: &mut Changeset, height: Height, trading: &Trading) {
    if !trading.is_idle() {
        changes.retain(|key, value| value.is_some() || !exchange::keys::came_and_went(key, height));
    }
}

/// Begin of block: the parent's hash becomes readable to contracts (EIP-2935).
pub(crate) fn begin(
    parent: &Overlay,
    context: &BlockContext,
    parent_hash: Option<B256>,
) -> Result<Changeset, StateError> {
    let mut access = Access::unrecorded(parent);
    if let Some(hash) = parent_hash {
        evm::record_parent_hash(&mut access, context.number.saturating_sub(1), hash);
    }
    let mut changes = Changeset::default();
    changes.absorb(access.finish().1, parent)?;
    Ok(changes)
}

/// The receipts of all chunks, numbered and moved while they are near.
fn results(chunks: Vec<Vec<Receipt>>, txs: usize, context: &BlockContext) -> BlockResults {
    let (mut receipts, mut tx_hashes, mut sums) = (Vec::with_capacity(txs), Vec::with_capacity(txs), Sums::default());
    for mut chunk in chunks {
        sums.number(&mut chunk);
        tx_hashes.extend(chunk.iter().map(|receipt| receipt.tx_hash));
        receipts.append(&mut chunk);
    }
    BlockResults {
        base_fee_per_gas: context.base_fee,
        gas_used: sums.gas_used,
        gas_limit: context.gas_limit,
        logs_bloom: LogsBloom::default(),
        tx_hashes,
        receipts,
        outcomes: Vec::new(),
        calls: Vec::new(),
    }
}
