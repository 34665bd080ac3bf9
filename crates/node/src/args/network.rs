//! What was typed after `seiza testnet` and `seiza localnet`: the commands that make whole networks.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;

use super::ChainFlags;
use crate::settings::{Count, Span};

/// Nodes that one command makes.
pub const NODES_MAX: u64 = 100;

/// Validators where nobody says how many: the fewest that go on when one is gone.
const VALIDATORS: usize = 4;

/// How many nodes a network has.
#[derive(Debug, Clone, Args)]
pub struct NetworkFlags {
    /// Validators, of equal power [default: 4]
    #[arg(long, value_name = "N", help_heading = "Network")]
    pub validators: Option<Count<1, NODES_MAX>>,
    /// Nodes that follow the chain and serve clients, but do not vote [default: 0]
    #[arg(long, value_name = "N", help_heading = "Network")]
    pub full_nodes: Option<Count<0, NODES_MAX>>,
    /// Time after which an empty block is made; waiting transactions get theirs at once [default: 1s]
    #[arg(long, value_name = "TIME", help_heading = "Network")]
    pub block_time: Option<Span<1>>,
}

impl NetworkFlags {
    /// Validators, the default filled in.
    pub fn validators(&self) -> usize {
        self.validators.map_or(VALIDATORS, Count::size)
    }

    /// Validators and others together.
    pub fn nodes(&self) -> usize {
        self.validators() + self.full_nodes.map_or(0, Count::size)
    }
}

/// `seiza testnet`.
#[derive(Debug, Args)]
pub struct TestnetArgs {
    /// Folder to write the homes node0, node1, ... into; must be empty or absent
    #[arg(long, value_name = "DIR")]
    pub output: PathBuf,
    /// The nodes.
    #[command(flatten)]
    pub network: NetworkFlags,
    /// Hosts are called so, and 0, 1, ... [default: node]
    #[arg(long, value_name = "TEXT", help_heading = "Hosts", conflicts_with_all = ["hosts", "starting_ip"])]
    pub host_prefix: Option<String>,
    /// The hosts, one for each node, validators first
    #[arg(long, value_name = "LIST", help_heading = "Hosts", value_delimiter = ',', conflicts_with = "starting_ip")]
    pub hosts: Option<Vec<String>>,
    /// The first host's address; the others follow it
    #[arg(long, value_name = "IP", help_heading = "Hosts")]
    pub starting_ip: Option<IpAddr>,
    /// Address on which each node serves clients [default: 127.0.0.1]
    #[arg(long, value_name = "IP", help_heading = "Hosts")]
    pub host: Option<IpAddr>,
    /// Chain id that Cosmos wallets are told [default: seiza-<chain id>]
    #[arg(long, value_name = "TEXT", help_heading = "Chain")]
    pub cosmos_chain_id: Option<String>,
    /// The chain; `--accounts` is 0 here unless given, and more needs `--mnemonic`.
    #[command(flatten)]
    pub chain: ChainFlags,
}

pub(super) const TESTNET_EXAMPLES: &str = "\
Examples:
  seiza testnet --validators 4 --output ./net --starting-ip 192.168.10.2
      homes node0 to node3 for 192.168.10.2 to 192.168.10.5
  seiza testnet --validators 4 --full-nodes 1 --output ./net --hosts a.example,b.example,c.example,d.example,rpc.example
      for hosts with names
  seiza testnet --output ./net --accounts 3 --mnemonic \"$(cat words.txt)\" --balance 1000000
      for hosts node0 to node3, with funded accounts

Each home goes to its host, and to no other: it holds the keys of that node. There: seiza start --home DIR";

/// `seiza localnet`.
#[derive(Debug, Args)]
pub struct LocalnetArgs {
    /// Folder to keep the network in; without it, a temporary one that is removed at a clean stop
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// The nodes.
    #[command(flatten)]
    pub network: NetworkFlags,
    /// First port; each node takes ten [default: free ports; 8545 and 8546 for the first node, if they are free]
    #[arg(long, value_name = "PORT", help_heading = "Network", value_parser = clap::value_parser!(u16).range(1..))]
    pub base_port: Option<u16>,
    /// Start nodes again that end
    #[arg(long, help_heading = "Network")]
    pub restart: bool,
    /// Print lines even to a terminal, instead of a table
    #[arg(long, help_heading = "Output")]
    pub plain: bool,
    /// Print nothing but errors
    #[arg(long, short, alias = "silent", help_heading = "Output")]
    pub quiet: bool,
    /// The chain.
    #[command(flatten)]
    pub chain: ChainFlags,
    /// Flags for each node, as `seiza start` takes them
    #[arg(last = true, value_name = "FLAGS")]
    pub node: Vec<String>,
}

pub(super) const LOCALNET_EXAMPLES: &str = "\
Examples:
  seiza localnet
      four validators as processes of this machine, ten funded accounts, a table of what they do; Ctrl-C stops and
      removes it
  seiza localnet --validators 7 --home ./net --block-time 400ms --restart
      kept in ./net; the same command continues it; nodes that end are started again
  seiza localnet --base-port 27000
      node0 has 27000 (transactions), 27001 (consensus), 27002 (Tendermint RPC), 27003 (HTTP), 27004 (WebSocket), 27005
      (metrics); node1 has 27010 and so on
  seiza localnet -- --optimistic-processing false --log debug
      with these flags for each node

Each node's log is node.log in its home. Variables such as SEIZA_CONSENSUS_TIMEOUT_PROPOSE reach each node, those of
addresses, peers and names do not.";
