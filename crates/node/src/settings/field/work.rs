//! Settings of how a node works inside: execution, pool, disk, log.

use super::{Field, switch, text, whole};

/// How blocks are executed.
pub static EXECUTION_MODE: Field = Field {
    bound: "optimistic, declared or sequential",
    flag: Some("--execution-mode"),
    says: "How blocks are executed; results are the same. optimistic: all transactions at once, those that met stale \
           values again. declared: by a graph of the keys that transactions name. sequential: one after the other. The \
           first two run a block sequentially where that is faster.",
    ..text("execution", "mode", "optimistic")
};
/// Threads that execute.
pub static EXECUTION_WORKERS: Field = Field {
    bound: "0 to 64",
    flag: Some("--execution-workers"),
    says: "Threads that execute one block; 0 takes one for each core, 64 at most.",
    ..whole("execution", "workers", "0")
};
/// Whether footprints are learned.
pub static LEARN_AT_ADMISSION: Field = Field {
    flag: Some("--learn-at-admission"),
    says: "Whether a transaction is run once when it comes into the pool, to learn which keys it touches: fewer \
           conflicts in its block, more work before it.",
    ..switch("execution", "learn_at_admission", "false")
};
/// Pool bound.
pub static POOL_TXS_MAX: Field = Field {
    bound: "1 to 10000000",
    says: "Transactions that may wait in the pool; the worst paying ones make room.",
    ..whole("mempool", "txs_max", "100000")
};
/// Whether the pool is told to peers.
pub static BROADCAST: Field = Field {
    says: "Whether peers are told of waiting transactions. false keeps what clients bring to this node's own proposals.",
    ..switch("mempool", "broadcast", "true")
};
/// History bound.
pub static KEEP_HEIGHTS: Field = Field {
    bound: "0 to 1000000000000",
    says: "Heights below the newest whose blocks, receipts and state stay on this disk; 0 keeps all. Older ones are \
           removed for good, unless there is an archive. Files go whole, so up to a quarter more may stay.",
    ..whole("storage", "keep_heights", "0")
};
/// Where old files go.
pub static ARCHIVE: Field = Field {
    bound: "a folder, or s3://BUCKET/PREFIX; empty for none",
    says: "Where heights go that keep_heights would remove; they stay readable from there. This node's alone. An object \
           store's keys, region and address come from the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, \
           AWS_ENDPOINT_URL and AWS_ALLOW_HTTP (true for http://).",
    ..text("storage", "archive", "")
};
/// How much of an object store is kept near.
pub static ARCHIVE_CACHE_MB: Field = Field {
    bound: "1 to 1000000000",
    says: "Mebibytes of an object store's files that are kept on this disk once they were read.",
    ..whole("storage", "archive_cache_mb", "1024")
};
/// Bound on the memory of the point index.
pub static INDEX_MEMORY_MB: Field = Field {
    bound: "0 to 1000000000",
    says: "Mebibytes of memory for the map from keys to their places, about 16 bytes a key: a state that needs more is read \
           by way of its trees, several times slower.",
    ..whole("storage", "index_memory_mb", "4096")
};
/// Bound on the memory of what no image has.
pub static CHANGED_MEMORY_MB: Field = Field {
    bound: "1 to 1000000000",
    says: "Mebibytes of memory, about, for what has changed since the last image of the state; beyond it an image is written.",
    ..whole("storage", "changed_memory_mb", "512")
};
/// Bound on the rate of images.
pub static IMAGE_MB_PER_SECOND: Field = Field {
    bound: "1 to 1000000",
    says: "Mebibytes of images of the state that are written in a second at most, so that commits have the disk.",
    ..whole("storage", "image_mb_per_second", "128")
};
/// Bound on the folder.
pub static DISK_MB: Field = Field {
    bound: "0 to 1000000000000",
    says: "Mebibytes that the node's data may take on disk; beyond it the node stops as on a full disk, with its last \
           block intact. 0 is no bound.",
    ..whole("storage", "disk_mb", "0")
};
/// Which log lines.
pub static LOG_FILTER: Field = Field {
    bound: "a level (error, warn, info, debug, trace) or a list such as info,seiza_rpc=debug",
    flag: Some("--log"),
    says: "Which log lines are written (to standard error).",
    ..text("log", "filter", "info")
};
/// How log lines look.
pub static LOG_FORMAT: Field = Field {
    bound: "text or json",
    flag: Some("--log-format"),
    says: "How log lines are written: text for people, json for machines.",
    ..text("log", "format", "text")
};
