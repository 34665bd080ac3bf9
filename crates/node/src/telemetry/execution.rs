//! Figures of a block's execution. Which keys conflicts were about is asked by `debug_blockExecution`: keys are too many for
//! labels.

use metrics::{counter as count, gauge as level, histogram};
use seiza_rpc::Execution;

use super::figures::{
    BLOCK_CONFLICTS, BLOCK_PARALLEL, BLOCK_RE_EXECUTIONS, EXECUTE_SECONDS, EXECUTION_CONFLICTS, EXECUTION_EARLY_ABORTS,
    EXECUTION_JOBS, EXECUTION_LEARNED, EXECUTION_RE_EXECUTIONS, EXECUTION_TXS, EXECUTION_VALIDATIONS, WORKER_IDLE,
    WORKER_RUNS,
};

/// Notes how a block was executed.
pub fn executed(execution: &Execution) {
    let (mode, stats) = (execution.mode_name(), &execution.stats);
    histogram!(EXECUTE_SECONDS, "mode" => mode).record(execution.took);
    count!(EXECUTION_TXS, "mode" => mode).increment(execution.txs as u64);
    count!(EXECUTION_JOBS, "way" => "sequential").increment(stats.sequential as u64);
    count!(EXECUTION_JOBS, "way" => "parallel").increment(stats.parallel as u64);
    let sums = [
        (EXECUTION_RE_EXECUTIONS, stats.re_executions),
        (EXECUTION_EARLY_ABORTS, stats.blocked),
        (EXECUTION_CONFLICTS, execution.conflicts()),
        (EXECUTION_VALIDATIONS, stats.validations),
        (EXECUTION_LEARNED, execution.learned),
    ];
    for (name, sum) in sums {
        count!(name).increment(sum as u64);
    }
    let levels = [
        (BLOCK_PARALLEL, stats.parallel),
        (BLOCK_RE_EXECUTIONS, stats.re_executions),
        (BLOCK_CONFLICTS, execution.conflicts()),
    ];
    for (name, value) in levels {
        #[allow(clippy::cast_precision_loss)] // a gauge of Prometheus is a float
        level!(name).set(value as f64);
    }
    workers(execution);
}

fn workers(execution: &Execution) {
    for (index, worker) in execution.stats.workers.iter().enumerate() {
        let name = index.to_string();
        count!(WORKER_RUNS, "worker" => name.clone()).increment(worker.executions as u64);
        count!(WORKER_IDLE, "worker" => name).increment(worker.idle as u64);
    }
}
