//! Every figure's name.

/// Height of the published head.
pub const HEIGHT: &str = "seiza_height";
/// Blocks committed since start.
pub const BLOCKS: &str = "seiza_blocks_total";
/// Transactions committed since start.
pub const TXS: &str = "seiza_txs_total";
/// Gas used since start.
pub const GAS: &str = "seiza_gas_used_total";
/// Transactions of the newest block.
pub const BLOCK_TXS: &str = "seiza_block_txs";
/// Time to choose transactions and make a header.
pub const BUILD_SECONDS: &str = "seiza_block_build_seconds";
/// Time to execute, by mode.
pub const EXECUTE_SECONDS: &str = "seiza_block_execute_seconds";
/// Time to hash the state after a block.
pub const HASH_SECONDS: &str = "seiza_block_hash_seconds";
/// Time to store the decided block.
pub const DECIDE_SECONDS: &str = "seiza_block_decide_seconds";
/// Time to write the state and publish.
pub const COMMIT_SECONDS: &str = "seiza_block_commit_seconds";
/// Transactions executed, by mode.
pub const EXECUTION_TXS: &str = "seiza_execution_txs_total";
/// Transactions executed, by the way that was taken.
pub const EXECUTION_JOBS: &str = "seiza_execution_jobs_total";
/// Transactions of which something was learned.
pub const EXECUTION_LEARNED: &str = "seiza_execution_learned_total";
/// Runs thrown away at their end.
pub const EXECUTION_RE_EXECUTIONS: &str = "seiza_execution_re_executions_total";
/// Runs stopped early.
pub const EXECUTION_EARLY_ABORTS: &str = "seiza_execution_early_aborts_total";
/// Both of them.
pub const EXECUTION_CONFLICTS: &str = "seiza_execution_conflicts_total";
/// Looks at whether a run's reads still hold.
pub const EXECUTION_VALIDATIONS: &str = "seiza_execution_validations_total";
/// Runs of one worker.
pub const WORKER_RUNS: &str = "seiza_execution_worker_runs_total";
/// Times that one worker found nothing to do.
pub const WORKER_IDLE: &str = "seiza_execution_worker_idle_total";
/// Transactions of the newest block that were run in parallel.
pub const BLOCK_PARALLEL: &str = "seiza_block_parallel_txs";
/// Runs of the newest block that were thrown away.
pub const BLOCK_RE_EXECUTIONS: &str = "seiza_block_re_executions";
/// Conflicts in the newest block.
pub const BLOCK_CONFLICTS: &str = "seiza_block_conflicts";
/// Executable transactions.
pub const POOL_READY: &str = "seiza_mempool_ready";
/// Waiting transactions.
pub const POOL_WAITING: &str = "seiza_mempool_waiting";
/// Bytes in the pool.
pub const POOL_BYTES: &str = "seiza_mempool_bytes";

/// Height that consensus is deciding.
pub const CONSENSUS_HEIGHT: &str = "seiza_consensus_height";
/// Round of that height.
pub const ROUND: &str = "seiza_consensus_round";
/// Rounds after the first.
pub const ROUNDS: &str = "seiza_consensus_rounds_total";
/// From one commit to the next.
pub const HEIGHT_SECONDS: &str = "seiza_consensus_height_seconds";
/// Steps of a height.
pub const STEP_SECONDS: &str = "seiza_consensus_step_seconds";
/// Validators of the height.
pub const VALIDATORS: &str = "seiza_consensus_validators";
/// Validators without a precommit in certificates.
pub const MISSED_VOTES: &str = "seiza_consensus_missed_votes";
/// Transactions that a proposal named and the pool lacked.
pub const MISSING_TXS: &str = "seiza_propagation_missing_txs";
/// From a compact proposal to its body.
pub const FETCH_SECONDS: &str = "seiza_propagation_fetch_seconds";
/// Bytes between peers.
pub const PROPAGATION_BYTES: &str = "seiza_propagation_bytes_total";
/// Speculative executions begun.
pub const SPECULATION_STARTED: &str = "seiza_speculation_started_total";
/// Speculative executions that were committed.
pub const SPECULATION_ADOPTED: &str = "seiza_speculation_adopted_total";
/// Speculative executions ended or dropped.
pub const SPECULATION_CANCELLED: &str = "seiza_speculation_cancelled_total";
/// Connected peers.
pub const PEERS: &str = "seiza_p2p_peers";
/// Bans.
pub const BANS: &str = "seiza_p2p_bans_total";
