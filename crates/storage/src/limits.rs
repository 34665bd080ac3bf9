//! Bounds on what storage keeps in memory and on disk before it does something about it. Each names its unit.

/// Bytes of one log record's payload: a block, or a block's changes and results. Beyond it the length is damage.
pub const RECORD_BYTES_MAX: usize = 1 << 30;
/// Bytes after which a log goes on in a new segment file.
pub const SEGMENT_BYTES: u64 = 64 << 20;
/// Decoded blocks kept for readers.
pub const BLOCK_CACHE_COUNT_MAX: usize = 256;
/// Encoded bytes of the decoded blocks kept for readers (decoded they take about three times as much).
pub const BLOCK_CACHE_BYTES_MAX: usize = 64 << 20;
/// Heights whose state stays in memory as it was, for readers a few blocks behind.
pub const RECENT_STATES: u64 = 16;
/// Heights that wait for the indexer at most; a commit beyond waits for it.
pub const BACKLOG_HEIGHTS_MAX: usize = 1_024;
/// Bytes that wait for the indexer at most; a commit beyond waits for it.
pub const BACKLOG_BYTES_MAX: usize = 256 << 20;
/// Heights after which the indexer writes a run.
pub const RUN_HEIGHTS: usize = 64;
/// Bytes of index entries after which the indexer writes a run.
pub const RUN_BYTES: usize = 8 << 20;
/// Bytes of index entries after which a replay at start writes a run.
pub const REPLAY_RUN_BYTES: usize = 64 << 20;
/// Heights that one new run takes in at most.
pub const BATCH_HEIGHTS_MAX: usize = 512;
/// A merged run spans at most this part of the heights kept, so that pruning, which drops whole runs, keeps up.
pub const PRUNE_STEPS: u64 = 4;
/// Bytes of one block inside a run: what a point read at a past height loads.
pub const RUN_BLOCK_BYTES: usize = 8 << 10;
/// Runs of one size class that are merged into one of the next.
pub const RUN_FAN_IN: usize = 8;
/// Bytes beyond which a run is not merged any further.
pub const RUN_MERGED_BYTES_MAX: u64 = 4 << 30;
/// Bits of a run's key filter for each key: about one false answer in a hundred.
pub const FILTER_BITS_PER_KEY: usize = 10;
/// Bytes of change log after which an image of the trees is written.
pub const IMAGE_LOG_BYTES: u64 = 64 << 20;
/// Bytes of an image that are handed to the operating system at once.
pub const IMAGE_CHUNK_BYTES: usize = 1 << 20;
/// Bytes of an image after which they are synced, so that no commit's sync waits for more.
pub const IMAGE_SYNC_BYTES: usize = 4 << 20;
/// Bytes of images written in a second at most.
pub const IMAGE_BYTES_PER_SECOND: u64 = 128 << 20;
/// Percent of the image files that may be of no use any more; beyond it the next image is written whole.
pub const IMAGE_DEAD_PERCENT: u64 = 28;
/// Bytes of memory for what has changed since the last image, about; beyond it an image is written.
pub const CHANGED_BYTES_MAX: u64 = 512 << 20;
/// Bytes of memory that a changed key takes with the nodes above it, about.
pub const CHANGED_KEY_BYTES: u64 = 1 << 10;
/// Bytes of memory for the map that leads from keys to their places; a state that needs more is read by way of the trees.
pub const INDEX_MEMORY_BYTES_MAX: u64 = 4 << 30;
/// Hundredths of bytes that a key takes in an image with its nodes, before any image was written.
pub const KEY_COST_GUESS: u64 = 11_000;
/// Heights for which the move onto a new image waits for a moment at which no computed state is lost by it.
pub const MOVE_TRIES_MAX: usize = 8;
/// How long the move waits for a commit that is under way, each time.
pub const MOVE_PATIENCE: std::time::Duration = std::time::Duration::from_millis(200);
/// Images kept, the newest first, as far as they share files: the older one serves where the newest turns out damaged.
pub const IMAGES_KEPT: usize = 2;
/// Speculative states remembered, so that committing one does not compute it again.
pub const SPECULATIONS_MAX: usize = 16;
/// Changed keys from which trees are edited and hashed on several cores.
pub const PARALLEL_CHANGES: usize = 256;
/// Nodes of a subtree from which its halves are hashed on different cores.
pub const PARALLEL_NODES: u64 = 512;
/// Undecided blocks (for each round one counts) kept of one height; beyond it the earliest rounds go.
pub const UNDECIDED_COUNT_MAX: usize = 1_024;
/// Bytes of undecided blocks kept of one height; beyond it the earliest rounds go. Half of it is the most a block may have.
pub const UNDECIDED_BYTES_MAX: u64 = 256 << 20;
/// Receipts of which one thread takes logs, or parties, at a time.
pub const RECEIPTS_AT_ONCE: usize = 64;
/// Start-up work is reported once it has taken this many milliseconds, and then at this interval divided by ten.
pub const PROGRESS_AFTER_MS: u64 = 2_000;
/// Bytes of the entries of an index block inside a run.
pub const RUN_INDEX_BYTES: usize = 2 << 10;
/// How hard blocks of runs are packed, as Zstandard counts.
pub const RUN_ZSTD_LEVEL: i32 = 1;
/// Bytes of runs' blocks and filters that are kept unpacked in memory, of all runs of the process.
pub const RUN_CACHE_BYTES_MAX: usize = 64 << 20;
/// Bytes of an archived file that are fetched at once, and kept on the disk.
pub const ARCHIVE_PAGE_BYTES: u64 = 256 << 10;
/// Bytes of an object store's pages kept on the disk, where nothing else is said.
pub const ARCHIVE_CACHE_BYTES: u64 = 1 << 30;
/// Bytes of a part of a large upload: what memory holds of it.
pub const ARCHIVE_PART_BYTES: usize = 8 << 20;
/// Times that a request to the archive is repeated.
pub const ARCHIVE_RETRIES: usize = 3;
/// Seconds after which a request to the archive is repeated no more.
pub const ARCHIVE_RETRY_S: u64 = 30;
/// Bytes of one chunk of a snapshot, not compressed; only a single value may have more.
pub const SYNC_CHUNK_BYTES: usize = 2 << 20;
/// Bytes of a chunk that are taken, not compressed.
pub const SYNC_CHUNK_BYTES_MAX: usize = 16 << 20;
/// Bytes of a snapshot's top, not compressed: about a million chunks.
pub const SYNC_TOP_BYTES_MAX: usize = 64 << 20;
/// Bytes of a snapshot's block with its certificate and results, not compressed.
pub const SYNC_BASE_BYTES_MAX: usize = 64 << 20;
/// Bytes of what proves a snapshot's app hash.
pub const SYNC_PROOF_BYTES_MAX: usize = 4 << 20;
/// Height of a tree that is taken: an AVL tree of this height has more leaves than fit 64 bits.
pub const SYNC_TREE_HEIGHT_MAX: u8 = 92;
/// Chunks that are made ready for the image before they are written.
pub const SYNC_GRAFTS_AHEAD: usize = 8;
/// Zstd level of chunks: of what peers send, most is hashes, and keys and values that look like some; harder levels cost twice the
/// time and gain nothing on those.
pub const SYNC_PACK_LEVEL: i32 = -1;
/// Log of the largest zstd window that is taken: eight mebibytes.
pub const SYNC_WINDOW_LOG: u32 = 23;
