//! Every setting of `config.toml`, declared once: name, type, default, bound, flag and sentence. The commented default
//! file, the reference in docs/operations.md (both in `document`) and the list of known keys are made from this table.

mod consensus;
mod peers;
mod servers;
mod state_sync;
mod work;

pub use consensus::*;
pub use peers::*;
pub use servers::*;
pub use state_sync::*;
pub use work::*;

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

    /// A value as the file has it.
    pub fn toml(&self, value: &str) -> String {
        match self.kind {
            Kind::Text => format!("\"{value}\""),
            Kind::Whole | Kind::Switch => value.to_owned(),
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

/// All settings, in the file's order.
pub static FIELDS: [&Field; 43] = [
    &MONIKER,
    &HOST,
    &HTTP_PORT,
    &WS_PORT,
    &TENDERMINT_PORT,
    &METRICS_PORT,
    &CONNECTIONS_MAX,
    &BLOCK_TIME,
    &GATHER,
    &TIMEOUT_PROPOSE,
    &TIMEOUT_PROPOSE_DELTA,
    &TIMEOUT_PREVOTE,
    &TIMEOUT_PREVOTE_DELTA,
    &TIMEOUT_PRECOMMIT,
    &TIMEOUT_PRECOMMIT_DELTA,
    &SMART_PROPAGATION,
    &OPTIMISTIC_PROCESSING,
    &P2P_HOST,
    &P2P_PORT,
    &GOSSIP_PORT,
    &PEERS,
    &PEERS_MAX,
    &DISCOVERY,
    &STATE_SYNC,
    &TRUST_HEIGHT,
    &TRUST_HASH,
    &TRUST_PERIOD,
    &SERVE_SNAPSHOTS,
    &SERVE_RATE,
    &EXECUTION_MODE,
    &EXECUTION_WORKERS,
    &LEARN_AT_ADMISSION,
    &POOL_TXS_MAX,
    &BROADCAST,
    &KEEP_HEIGHTS,
    &ARCHIVE,
    &ARCHIVE_CACHE_MB,
    &INDEX_MEMORY_MB,
    &CHANGED_MEMORY_MB,
    &IMAGE_MB_PER_SECOND,
    &DISK_MB,
    &LOG_FILTER,
    &LOG_FORMAT,
];
