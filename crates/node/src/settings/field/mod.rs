//! Every setting of `config.toml`, declared once: name, type, default, bound, flag and sentence. The commented default
//! file, the reference in docs/operations.md (both in `document`) and the list of known keys are made from this table.

/// What a value is in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A quoted text.
    Text,
    /// A whole number.
    Whole,
    /// True or false.
    Switch,
}

impl Kind {
    /// As named in an error.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Whole => "a whole number",
            Self::Switch => "a truth value without quotes",
        }
    }
}

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Table in the file.
    pub section: &'static str,
    /// Key in the table.
    pub name: &'static str,
    /// Type in the file.
    pub kind: Kind,
    /// Value where nothing else is said, as text.
    pub default: &'static str,
    /// What values are allowed.
    pub bound: &'static str,
    /// The flag that overrides it, if there is one.
    pub flag: Option<&'static str>,
    /// What it does.
    pub says: &'static str,
}

impl Field {
    /// `section.name`.
    pub fn key(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The environment variable: `SEIZA_SECTION_NAME`.
    pub fn variable(&self) -> String {
        format!("SEIZA_{}_{}", self.section, self.name).to_ascii_uppercase()
    }

    /// The default as the file has it.
    pub fn toml_default(&self) -> String {
        match self.kind {
            Kind::Text => format!("\"{}\"", self.default),
            Kind::Whole | Kind::Switch => self.default.to_owned(),
        }
    }
}

const fn text(section: &'static str, name: &'static str, default: &'static str) -> Field {
    Field { section, name, kind: Kind::Text, default, bound: "", flag: None, says: "" }
}

const fn whole(section: &'static str, name: &'static str, default: &'static str) -> Field {
    Field { section, name, kind: Kind::Whole, default, bound: "", flag: None, says: "" }
}

const fn switch(section: &'static str, name: &'static str, default: &'static str) -> Field {
    Field { section, name, kind: Kind::Switch, default, bound: "true or false", flag: None, says: "" }
}

const PORT: &str = "0 to 65535";
const SPAN: &str = "a length of time up to 1h, such as 400ms or 1s";
const BLOCK_SPAN: &str = "a length of time from 1ms to 1h, such as 400ms or 1s";

/// Address to listen on.
pub static HOST: Field = Field {
    bound: "an IP address",
    flag: Some("--host"),
    says: "Address to listen on. 127.0.0.1 serves this machine only, 0.0.0.0 everybody who can reach it.",
    ..text("server", "host", "127.0.0.1")
};
/// Ethereum JSON-RPC over HTTP.
pub static HTTP_PORT: Field = Field {
    bound: PORT,
    flag: Some("--http-port"),
    says: "Port of Ethereum JSON-RPC over HTTP. 0 takes a free one.",
    ..whole("server", "http_port", "8545")
};
/// Ethereum JSON-RPC over WebSocket.
pub static WS_PORT: Field = Field {
    bound: PORT,
    flag: Some("--ws-port"),
    says: "Port of Ethereum JSON-RPC over WebSocket. 0 takes a free one.",
    ..whole("server", "ws_port", "8546")
};
/// Prometheus.
pub static METRICS_PORT: Field = Field {
    bound: PORT,
    flag: Some("--metrics-port"),
    says: "Port of the Prometheus metrics. 0 takes a free one.",
    ..whole("server", "metrics_port", "26660")
};
/// Connections at a time.
pub static CONNECTIONS_MAX: Field = Field {
    bound: "1 to 100000",
    says: "Connections open at a time, HTTP and WebSocket each; more are turned away.",
    ..whole("server", "connections_max", "1000")
};
/// Interval of empty blocks.
pub static BLOCK_TIME: Field = Field {
    bound: BLOCK_SPAN,
    flag: Some("--block-time"),
    says: "Time after which a block is made though no transaction waits. Waiting transactions get theirs at once.",
    ..text("blocks", "time", "1s")
};
/// Wait after the first transaction.
pub static GATHER: Field = Field {
    bound: SPAN,
    flag: Some("--gather"),
    says: "Time a proposer waits after the first waiting transaction for others to join its block. Longer gives fuller \
           blocks, shorter gives earlier ones. Full blocks follow each other without waiting.",
    ..text("blocks", "gather", "2ms")
};
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
/// History bound.
pub static KEEP_HEIGHTS: Field = Field {
    bound: "0 to 1000000000000",
    says: "Heights below the newest whose blocks, receipts and state stay readable; 0 keeps all. Older ones are removed \
           for good.",
    ..whole("storage", "keep_heights", "0")
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

/// All settings, in the file's order.
pub static FIELDS: [&Field; 14] = [
    &HOST,
    &HTTP_PORT,
    &WS_PORT,
    &METRICS_PORT,
    &CONNECTIONS_MAX,
    &BLOCK_TIME,
    &GATHER,
    &EXECUTION_MODE,
    &EXECUTION_WORKERS,
    &LEARN_AT_ADMISSION,
    &POOL_TXS_MAX,
    &KEEP_HEIGHTS,
    &LOG_FILTER,
    &LOG_FORMAT,
];
