//! Bounds on what one client, one request or one answer may cost. Each is named in the error that it causes.

use std::time::Duration;

/// Bytes of one request body, or of one WebSocket message, after decompression.
pub const REQUEST_BYTES_MAX: u32 = 16 << 20;
/// Bytes of one answer, batches included.
pub const RESPONSE_BYTES_MAX: u32 = 64 << 20;
/// Calls in one batch.
pub const BATCH_CALLS_MAX: u32 = 1_000;
/// HTTP requests in flight and WebSocket connections open, on each listener.
pub const CONNECTIONS_MAX: u32 = 1_000;
/// Subscriptions of one WebSocket connection.
pub const SUBSCRIPTIONS_PER_CONNECTION_MAX: u32 = 1_024;
/// Answers shorter than this are sent as they are; longer ones by gzip to clients that take it.
pub const GZIP_BYTES_MIN: u16 = 1_024;
/// Messages that wait for one slow WebSocket client before its subscriptions are held back.
pub const WS_MESSAGES_WAITING_MAX: u32 = 1_024;

/// Gas of `eth_call`, of each try of `eth_estimateGas`, and of all of `eth_simulateV1` (geth's `--rpc.gascap`).
pub const CALL_GAS_MAX: u64 = 50_000_000;
/// Time of `eth_call`, `eth_estimateGas` and `eth_createAccessList`.
pub const CALL_TIME_MAX: Duration = Duration::from_secs(5);
/// Time of `eth_getLogs` and `eth_getFilterLogs`.
pub const LOGS_TIME_MAX: Duration = Duration::from_secs(10);
/// Time of a trace, and of `eth_simulateV1`.
pub const TRACE_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a call waits for a free worker before it is refused.
pub const WORKER_WAIT_MAX: Duration = Duration::from_secs(10);
/// Opcodes between two looks at the clock while tracing.
pub const STEPS_PER_CLOCK_LOOK: u32 = 1_024;

/// Bytes that a tracer may record of one transaction.
pub const TRACE_BYTES_MAX: usize = 512 << 20;

/// Logs in one answer; the error names a range that fits.
pub const LOGS_MAX: usize = 10_000;
/// Addresses, and choices of one topic, in a log filter.
pub const FILTER_CHOICES_MAX: usize = 1_000;
/// Filters of all HTTP clients together; the longest unpolled gives way.
pub const FILTERS_MAX: usize = 10_000;
/// A filter that is not polled for so long is dropped.
pub const FILTER_IDLE_MAX: Duration = Duration::from_secs(5 * 60);
/// Pending transactions remembered for `newPendingTransactions`; a slower client misses some.
pub const PENDING_EVENTS_MAX: usize = 16_384;

/// Blocks whose execution `debug_blockExecution` can tell of: the newest that this process executed.
pub const EXECUTIONS_KEPT: usize = 1_024;
/// Keys in one answer of `debug_blockExecution`.
pub const EXECUTION_KEYS_MAX: usize = 64;
/// Keys that are remembered of all waiting transactions together, 72 bytes each. When so many are known, nothing is learned
/// until some transactions have left.
pub const FOOTPRINT_KEYS_KEPT_MAX: usize = 2 << 20;

/// Blocks of one `eth_feeHistory`.
pub const FEE_HISTORY_BLOCKS_MAX: u64 = 1_024;
/// Percentiles of one `eth_feeHistory`.
pub const FEE_HISTORY_PERCENTILES_MAX: usize = 100;
/// Blocks of one `eth_simulateV1`.
pub const SIMULATE_BLOCKS_MAX: usize = 256;
/// Calls of one `eth_simulateV1`, all blocks together.
pub const SIMULATE_CALLS_MAX: usize = 1_000;
/// Share of time spent on pending blocks: one is kept for this many times what it took to build, if transactions keep
/// coming.
pub const PENDING_REUSE_FACTOR: u32 = 4;

/// WebSocket connections of the Tendermint RPC open at one time.
pub const TENDERMINT_SOCKETS_MAX: usize = 1_000;
/// Subscriptions of one WebSocket connection of the Tendermint RPC.
pub const SOCKET_SUBSCRIPTIONS_MAX: usize = 100;
/// Messages that wait for one WebSocket client of the Tendermint RPC; one event more ends its subscriptions.
pub const SOCKET_MESSAGES_WAITING_MAX: usize = 1_024;
/// Bytes that wait for one WebSocket client of the Tendermint RPC; a single message may be longer.
pub const SOCKET_BYTES_WAITING_MAX: usize = 16 << 20;
/// A WebSocket client of the Tendermint RPC that takes no byte for so long is dropped.
pub const SOCKET_WRITE_TIME_MAX: Duration = Duration::from_secs(10);
/// A WebSocket connection that is silent for so long is pinged.
pub const SOCKET_PING_INTERVAL: Duration = Duration::from_secs(30);
/// Bytes of one query in CometBFT's language.
pub const QUERY_BYTES_MAX: usize = 512;
/// Blocks that one `tx_search` or `block_search` walks; without a lower bound on the height, the last so many.
pub const SEARCH_BLOCKS_MAX: u64 = 10_000;
/// Storage slots in one `eth_getProof`.
pub const PROOF_SLOTS_MAX: usize = 1_024;
/// Results of one search, all pages together.
pub const SEARCH_FOUND_MAX: usize = 100_000;
/// Time of one search.
pub const SEARCH_TIME_MAX: Duration = Duration::from_secs(10);
/// Entries of one page, at most; and of one where the caller says nothing.
pub const PER_PAGE_MAX: usize = 100;
/// See [`PER_PAGE_MAX`].
pub const PER_PAGE_DEFAULT: usize = 30;
/// Blocks in one answer of `blockchain`.
pub const BLOCK_METAS_MAX: u64 = 20;
/// Bytes of one chunk of `genesis_chunked`; a longer document is not given whole.
pub const GENESIS_CHUNK_BYTES: usize = 16 << 20;
/// How long `broadcast_tx_commit` waits for a block.
pub const BROADCAST_COMMIT_TIME_MAX: Duration = Duration::from_secs(10);
/// Denoms that `TotalSupply` gathers.
pub const SUPPLIES_MAX: usize = 10_000;

/// Markets whose recent past is kept in memory; the one that has been quiet for longest gives way.
pub const FEED_MARKETS_MAX: usize = 2_000;
/// Blocks before the head that the market data in memory is made from. What is older is read from storage.
pub const FEED_BLOCKS_MAX: u64 = 250_000;
/// Blocks that market data takes in at a time.
pub const FEED_STEP_BLOCKS: u64 = 500;
/// Between two such steps into the past.
pub const FEED_FILL_PAUSE: Duration = Duration::from_millis(20);
/// Trades of one market that are kept in memory.
pub const TRADES_KEPT_MAX: usize = 1_000;
/// Candles of one market and length that are kept in memory.
pub const CANDLES_KEPT_MAX: usize = 1_000;
/// The same for candles of a minute, of which the ticker's 24 hours are made: two days.
pub const MINUTES_KEPT_MAX: usize = 2_880;
/// Changes of levels, and blocks without, that are kept in memory of all markets together.
pub const LEVEL_CHANGES_KEPT_MAX: usize = 500_000;
/// Levels of each side in a depth stream's snapshot.
pub const DEPTH_STREAM_LEVELS_MAX: usize = 5_000;
/// Trades in a trade stream's snapshot.
pub const TRADES_SNAPSHOT: usize = 100;
/// Candles in a candle stream's snapshot.
pub const CANDLES_SNAPSHOT: usize = 100;
/// Blocks that a stream replays for a client that comes back; one further behind gets a snapshot.
pub const RESUME_BLOCKS_MAX: u64 = 2_000;
/// Blocks that a stream looks at before it lets others work.
pub const STREAM_STEP_BLOCKS: u64 = 64;
/// Blocks after which a stream with nothing to tell says so.
pub const QUIET_BLOCKS_MAX: u64 = 100;
/// Levels of each side in an answer of `exchange_depth`.
pub const DEPTH_LEVELS_MAX: usize = 1_000;
/// The same, where the caller says nothing.
pub const DEPTH_LEVELS_DEFAULT: usize = 50;
/// Orders in an answer of `exchange_book`.
pub const BOOK_ORDERS_MAX: usize = 1_000;
/// The same, where the caller says nothing.
pub const BOOK_ORDERS_DEFAULT: usize = 100;
/// Orders in an answer of `exchange_openOrders`, and in an order stream's snapshot.
pub const OPEN_ORDERS_MAX: usize = 1_000;
/// The same, where the caller says nothing.
pub const OPEN_ORDERS_DEFAULT: usize = 100;
/// Trades in an answer of `exchange_trades`.
pub const TRADES_MAX: usize = 1_000;
/// The same, where the caller says nothing.
pub const TRADES_DEFAULT: usize = 100;
/// Fills in an answer of `exchange_fills`; those of one block are never split.
pub const FILLS_MAX: usize = 1_000;
/// The same, where the caller says nothing.
pub const FILLS_DEFAULT: usize = 100;
/// Candles in an answer of `exchange_candles`.
pub const CANDLES_MAX: usize = 1_000;
/// The same, where the caller says nothing.
pub const CANDLES_DEFAULT: usize = 300;
/// Markets in an answer of `exchange_ticker` without a market: the first so many.
pub const TICKERS_MAX: usize = 1_000;
/// Stored blocks that one answer reads.
pub const SCAN_BLOCKS_MAX: u64 = 10_000;
/// Time of an answer that reads stored blocks.
pub const MARKET_DATA_SCAN_TIME_MAX: Duration = Duration::from_secs(10);
