//! `debug_blockExecution`: how this node executed a block, and which keys its transactions fought over.

use alloy_eips::BlockId;
use alloy_primitives::U64;
use seiza_chain::{Stats, WorkerStats};
use serde::Serialize;

use super::keys::{KeyShown, shown};
use crate::args::Args;
use crate::limits::EXECUTION_KEYS_MAX;
use crate::methods::{Answer, Api, Registered, Table};
use crate::{B256, Failure};

pub(super) fn register(table: &mut Table) -> Registered {
    table.quick("debug_blockExecution", block_execution)
}

/// Counts are plain numbers, as in geth's traces; number and hash are as everywhere.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    number: U64,
    hash: Option<B256>,
    /// What the node was set to: `optimistic`, `declared` or `sequential`.
    mode: &'static str,
    /// Threads that it was allowed.
    workers: usize,
    /// Of running it, hashing of the state apart.
    seconds: f64,
    transactions: usize,
    /// Transactions whose keys were learned when they came in.
    learned: usize,
    /// Transactions run one after the other, in whatever mode.
    sequential: usize,
    /// Transactions run in parallel.
    parallel: usize,
    /// Runs, those thrown away among them.
    executions: usize,
    /// Runs thrown away at their end.
    re_executions: usize,
    /// Runs stopped at a value that was about to change.
    early_aborts: usize,
    /// Runs that were dropped unseen when a parallel stretch was given up.
    abandoned: usize,
    validations: usize,
    hottest_keys: Vec<Hot>,
    worker_shares: Vec<Share>,
}

/// A key that runs met in conflict.
#[derive(Debug, Clone, Serialize)]
struct Hot {
    #[serde(flatten)]
    key: KeyShown,
    conflicts: usize,
}

/// One worker's part of the parallel runs.
#[derive(Debug, Clone, Serialize)]
struct Share {
    executions: usize,
    /// Of all workers' executions, from 0 to 1.
    share: f64,
    validations: usize,
    /// Times that it found nothing to do.
    idle: usize,
}

fn block_execution(api: &Api, args: &Args<'_>) -> Answer<Report> {
    let view = api.backend.view(args.required::<BlockId>(0)?)?.ok_or(Failure::UnknownBlock)?;
    if view.hash.is_none() {
        return Err(Failure::Rejected("the pending block is not executed for good: ask for a committed one".into()));
    }
    let execution = api.backend.executions().of(view.number)?;
    let stats = &execution.stats;
    Ok(Report {
        number: U64::from(view.number),
        hash: view.hash,
        mode: execution.mode_name(),
        workers: execution.workers(),
        seconds: execution.took.as_secs_f64(),
        transactions: execution.txs,
        learned: execution.learned,
        sequential: stats.sequential,
        parallel: stats.parallel,
        executions: stats.executions(),
        re_executions: stats.re_executions,
        early_aborts: stats.blocked,
        abandoned: execution.abandoned(),
        validations: stats.validations,
        hottest_keys: hottest(stats),
        worker_shares: shares(&stats.workers),
    })
}

fn hottest(stats: &Stats) -> Vec<Hot> {
    let hot = |(key, conflicts): &(_, usize)| Hot { key: shown(key), conflicts: *conflicts };
    stats.hottest.iter().take(EXECUTION_KEYS_MAX).map(hot).collect()
}

fn shares(workers: &[WorkerStats]) -> Vec<Share> {
    let all = workers.iter().map(|worker| worker.executions).sum::<usize>().max(1);
    let share = |worker: &WorkerStats| Share {
        executions: worker.executions,
        #[allow(clippy::cast_precision_loss, reason = "a block has fewer transactions than a float has digits")]
        share: worker.executions as f64 / all as f64,
        validations: worker.validations,
        idle: worker.idle,
    };
    workers.iter().map(share).collect()
}
