//! What the program means: every setting resolved from flag, environment, file or default, in this order.
//!
//! `args` holds what was typed; [`Settings`] is what the node runs with, and remembers which values nobody gave.

mod budget;
mod consensus;
pub mod document;
mod environment;
mod execution;
pub mod field;
mod file;
mod p2p;
mod state_sync;
mod storage;
mod value;

use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;

pub use budget::StorageBudget;
pub use consensus::ConsensusSettings;
pub use execution::{ExecutionMode, WORKERS_MAX};
pub use file::ConfigFile;
pub use p2p::{Moniker, P2pSettings, PeerList};
pub use state_sync::{BlockHash, StateSyncSettings};
pub use storage::StorageSettings;
pub use value::{Count, GasPrice, LogFilter, LogFormat, Span};

use seiza_chain::Mode;

use crate::args::NodeFlags;
use crate::failure::Failure;
use field::Field;

/// Everything a running node can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Name of the node; empty where nobody gave one.
    pub moniker: String,
    /// Address to listen on.
    pub host: IpAddr,
    /// Port of JSON-RPC over HTTP; 0 takes a free one.
    pub http_port: u16,
    /// Port of JSON-RPC over WebSocket; 0 takes a free one.
    pub ws_port: u16,
    /// Port of Tendermint RPC; 0 takes a free one.
    pub tendermint_port: u16,
    /// Port of the metrics; 0 takes a free one.
    pub metrics_port: u16,
    /// Connections at a time.
    pub connections_max: Count<1, 100_000>,
    /// Interval of blocks while nothing waits.
    pub block_time: Span<1>,
    /// Wait for company after a first transaction.
    pub gather: Span<0>,
    /// How validators agree.
    pub consensus: ConsensusSettings,
    /// Who the peers are.
    pub p2p: P2pSettings,
    /// How a new node comes by the state.
    pub state_sync: StateSyncSettings,
    /// How blocks are executed.
    pub execution_mode: ExecutionMode,
    /// Threads that execute a block; zero takes one for each core.
    pub execution_workers: Count<0, WORKERS_MAX>,
    /// Whether a transaction's keys are learned when it comes into the pool.
    pub learn_at_admission: bool,
    /// Transactions that may wait.
    pub pool_txs_max: Count<1, 10_000_000>,
    /// Whether peers are told of waiting transactions.
    pub broadcast: bool,
    /// What is kept on disk.
    pub storage: StorageSettings,
    /// Which log lines.
    pub log_filter: LogFilter,
    /// How they look.
    pub log_format: LogFormat,
    /// Whether only errors are printed.
    pub quiet: bool,
    /// Keys that nobody gave, so that their default is used.
    pub defaulted: Vec<String>,
}

/// Where values come from, besides flags.
pub struct Sources<'a> {
    /// The file.
    pub file: ConfigFile,
    /// The environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Sources<'_> {
    fn pick<T: FromStr>(&self, flag: Option<T>, field: &Field, defaulted: &mut Vec<String>) -> Result<T, Failure> {
        if let Some(value) = flag {
            return Ok(value);
        }
        let variable = field.variable();
        if let Some(text) = (self.variable)(&variable) {
            return parsed(&text, &format!("environment variable {variable}"), field);
        }
        if let Some(entry) = self.file.get(field) {
            return parsed(&entry.text, &format!("{}: {}", self.file.place(entry), field.key()), field);
        }
        defaulted.push(field.key());
        parsed(field.default, &field.key(), field)
    }
}

fn parsed<T: FromStr>(text: &str, place: &str, field: &Field) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::refused(format!("{place} is {text:?}, must be {}", field.bound)))
}

impl Settings {
    /// Joins what was typed with the other sources.
    ///
    /// # Errors
    /// One line that names where the wrong value stands, the value, and what is allowed.
    pub fn resolve(flags: &NodeFlags, sources: &Sources<'_>) -> Result<Self, Failure> {
        let mut unset = Vec::new();
        Ok(Self {
            moniker: sources.pick(flags.moniker.clone(), &field::MONIKER, &mut unset)?.0,
            host: sources.pick(flags.host, &field::HOST, &mut unset)?,
            http_port: sources.pick(flags.http_port, &field::HTTP_PORT, &mut unset)?,
            ws_port: sources.pick(flags.ws_port, &field::WS_PORT, &mut unset)?,
            tendermint_port: sources.pick(flags.tendermint_port, &field::TENDERMINT_PORT, &mut unset)?,
            metrics_port: sources.pick(flags.metrics_port, &field::METRICS_PORT, &mut unset)?,
            connections_max: sources.pick(None, &field::CONNECTIONS_MAX, &mut unset)?,
            block_time: sources.pick(flags.block_time, &field::BLOCK_TIME, &mut unset)?,
            gather: sources.pick(flags.gather, &field::GATHER, &mut unset)?,
            consensus: ConsensusSettings::resolve(flags, sources, &mut unset)?,
            p2p: P2pSettings::resolve(flags, sources, &mut unset)?,
            state_sync: StateSyncSettings::resolve(flags, sources, &mut unset)?,
            execution_mode: sources.pick(flags.execution_mode, &field::EXECUTION_MODE, &mut unset)?,
            execution_workers: sources.pick(flags.execution_workers, &field::EXECUTION_WORKERS, &mut unset)?,
            learn_at_admission: sources.pick(flags.learn_at_admission, &field::LEARN_AT_ADMISSION, &mut unset)?,
            pool_txs_max: sources.pick(None, &field::POOL_TXS_MAX, &mut unset)?,
            broadcast: sources.pick(None, &field::BROADCAST, &mut unset)?,
            storage: StorageSettings::resolve(sources, &mut unset)?,
            log_filter: sources.pick(flags.log.clone(), &field::LOG_FILTER, &mut unset)?,
            log_format: sources.pick(flags.log_format, &field::LOG_FORMAT, &mut unset)?,
            quiet: flags.quiet,
            defaulted: unset,
        })
    }

    /// How the node executes blocks.
    pub fn mode(&self) -> Mode {
        self.execution_mode.with(self.execution_workers)
    }

    /// Reads the file (if `config` is given), then resolves with the process' environment.
    ///
    /// # Errors
    /// As [`Settings::resolve`], what is wrong with the file, and a misspelt variable.
    pub fn load(flags: &NodeFlags, config: Option<&Path>) -> Result<Self, Failure> {
        environment::check(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))?;
        let file = config.map_or_else(|| Ok(ConfigFile::absent()), ConfigFile::read)?;
        Self::resolve(flags, &Sources { file, variable: &|name| std::env::var(name).ok() })
    }
}

#[cfg(test)]
mod tests;
