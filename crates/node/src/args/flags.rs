//! Flags that several commands share: how a node runs, and what a new chain is.

use std::net::IpAddr;

use clap::Args;

use crate::settings::{
    BlockHash, Count, ExecutionMode, GasPrice, LogFilter, LogFormat, Moniker, PeerList, Span, WORKERS_MAX,
};

/// Heights that a block can have.
pub const HEIGHT_MAX: u64 = i64::MAX as u64;

/// Where a node listens, how it makes blocks, what it logs. Also settable in config.toml and by variables.
#[derive(Debug, Clone, Default, Args)]
pub struct NodeFlags {
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long, value_name = "IP", help_heading = "Servers")]
    pub host: Option<IpAddr>,
    /// Port of JSON-RPC over HTTP; 0 takes a free one [default: 8545]
    #[arg(long, value_name = "PORT", help_heading = "Servers")]
    pub http_port: Option<u16>,
    /// Port of JSON-RPC over WebSocket; 0 takes a free one [default: 8546]
    #[arg(long, value_name = "PORT", help_heading = "Servers")]
    pub ws_port: Option<u16>,
    /// Port of Tendermint RPC over HTTP and WebSocket; 0 takes a free one [default: 26657]
    #[arg(long, value_name = "PORT", help_heading = "Servers")]
    pub tendermint_port: Option<u16>,
    /// Port of the Prometheus metrics; 0 takes a free one [default: 26660]
    #[arg(long, value_name = "PORT", help_heading = "Servers")]
    pub metrics_port: Option<u16>,
    /// Time after which an empty block is made; waiting transactions get theirs at once [default: 1s]
    #[arg(long, value_name = "TIME", help_heading = "Blocks")]
    pub block_time: Option<Span<1>>,
    /// Time to wait after a first transaction for others to join its block [default: 2ms]
    #[arg(long, value_name = "TIME", help_heading = "Blocks")]
    pub gather: Option<Span<0>>,
    /// Propose blocks by ids of transactions that others have [default: true]
    #[arg(long, value_name = "true|false", help_heading = "Blocks")]
    pub smart_propagation: Option<bool>,
    /// Execute a block while it is voted on [default: true]
    #[arg(long, value_name = "true|false", help_heading = "Blocks")]
    pub optimistic_processing: Option<bool>,
    /// Name of this node, shown to peers and in figures
    #[arg(long, value_name = "NAME", help_heading = "Peers")]
    pub moniker: Option<Moniker>,
    /// Address to listen on for peers [default: 0.0.0.0]
    #[arg(long, value_name = "IP", help_heading = "Peers")]
    pub p2p_host: Option<IpAddr>,
    /// Port of consensus with peers [default: 26656]
    #[arg(long, value_name = "PORT", help_heading = "Peers")]
    pub p2p_port: Option<u16>,
    /// Port of transactions and blocks with peers; they look for it one below --p2p-port [default: 26655]
    #[arg(long, value_name = "PORT", help_heading = "Peers")]
    pub gossip_port: Option<u16>,
    /// Peers to stay connected with: [id@]host:port, separated by commas
    #[arg(long, value_name = "LIST", help_heading = "Peers")]
    pub peers: Option<PeerList>,
    /// Ask peers for further peers [default: true]
    #[arg(long, value_name = "true|false", help_heading = "Peers")]
    pub discovery: Option<bool>,
    /// Fetch the state of a recent height from peers, if there are no blocks yet [default: false]
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true", help_heading = "State sync")]
    pub state_sync: Option<bool>,
    /// Height of a block that is known to be of this chain; 0 trusts the genesis [default: 0]
    #[arg(long, value_name = "HEIGHT", help_heading = "State sync")]
    pub trust_height: Option<Count<0, HEIGHT_MAX>>,
    /// Its hash
    #[arg(long, value_name = "HASH", help_heading = "State sync")]
    pub trust_hash: Option<BlockHash>,
    /// How blocks are executed; results are the same [default: optimistic]
    #[arg(long, value_name = "MODE", help_heading = "Execution")]
    pub execution_mode: Option<ExecutionMode>,
    /// Threads that execute one block; 0 takes one for each core [default: 0]
    #[arg(long, value_name = "N", help_heading = "Execution")]
    pub execution_workers: Option<Count<0, WORKERS_MAX>>,
    /// Learn which keys a transaction touches when it comes into the pool [default: false]
    #[arg(long, value_name = "true|false", help_heading = "Execution")]
    pub learn_at_admission: Option<bool>,
    /// Which log lines to write: a level, or a list such as info,seiza_rpc=debug [default: info]
    #[arg(long, value_name = "FILTER", help_heading = "Output")]
    pub log: Option<LogFilter>,
    /// How log lines look [default: text]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub log_format: Option<LogFormat>,
    /// Print nothing but errors
    #[arg(long, short, alias = "silent", help_heading = "Output")]
    pub quiet: bool,
}

/// What a new chain is made of. Fixed by its genesis: later starts may repeat these, not change them.
#[derive(Debug, Clone, Default, Args)]
pub struct ChainFlags {
    /// Chain id that Ethereum wallets are told [default: 713714]
    #[arg(long, value_name = "ID", help_heading = "Chain")]
    pub chain_id: Option<Count<1, 4_503_599_627_370_476>>,
    /// Funded accounts [default: 10 for devnet, 0 for init]
    #[arg(long, value_name = "N", help_heading = "Chain")]
    pub accounts: Option<Count<0, 10_000>>,
    /// Balance of each funded account in SEI [default: 10000]
    #[arg(long, value_name = "SEI", help_heading = "Chain")]
    pub balance: Option<Count<0, 1_000_000_000_000>>,
    /// Words the funded accounts are derived from, at m/44'/60'/0'/0/i [default of devnet: test ... test junk]
    #[arg(long, value_name = "WORDS", help_heading = "Chain")]
    pub mnemonic: Option<String>,
    /// Gas of one block [default: 100000000]
    #[arg(long, value_name = "GAS", help_heading = "Chain")]
    pub gas_limit: Option<Count<21_000, 1_000_000_000_000>>,
    /// Base fee of the first block, and the least there ever is, such as 1gwei [default: 1gwei]
    #[arg(long, value_name = "PRICE", help_heading = "Chain")]
    pub base_fee: Option<GasPrice>,
}

impl ChainFlags {
    /// Whether anything was typed.
    pub fn any(&self) -> bool {
        let numbers = [self.chain_id.is_some(), self.accounts.is_some(), self.balance.is_some()];
        let others = [self.mnemonic.is_some(), self.gas_limit.is_some(), self.base_fee.is_some()];
        numbers.contains(&true) || others.contains(&true)
    }
}
