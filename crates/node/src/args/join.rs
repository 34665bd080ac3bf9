//! What was typed after `seiza join`.

use std::path::PathBuf;

use clap::Args;

use super::NodeFlags;

/// `seiza join`.
#[derive(Debug, Args)]
pub struct JoinArgs {
    /// Folder of the node; written where it is empty or absent, continued where it holds one
    #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true)]
    pub home: PathBuf,
    /// The chain's genesis.json
    #[arg(long, value_name = "FILE", help_heading = "Chain", conflicts_with = "rpc")]
    pub genesis: Option<PathBuf>,
    /// Tendermint RPC of a node that you trust: its genesis is taken, and itself as a peer
    #[arg(long, value_name = "URL", help_heading = "Chain")]
    pub rpc: Option<String>,
    /// The node.
    #[command(flatten)]
    pub node: NodeFlags,
}

pub(super) const JOIN_EXAMPLES: &str = "\
Examples:
  seiza join --home ./node --rpc http://10.0.0.2:26657
      writes a node's files, fetches the state of a recent height from the network's nodes, and runs
  seiza join --home ./node --genesis genesis.json --peers 12D3KooW...@10.0.0.2:26656
      the same with a genesis that you have already
  seiza join --home ./node --genesis genesis.json --peers 10.0.0.2:26656 --trust-height 120000 --trust-hash 5F2C...
      for a chain whose genesis is older than the settings' trust_period_hours
  seiza join --home ./node --genesis genesis.json --peers 10.0.0.2:26656 --state-sync false
      executes all blocks from the first one instead

The state is believed because validators signed for it, whoever sends it. Ctrl-C or a kill in between loses nothing: the same
command goes on. With --rpc, whoever answers there says which chain it is; use --genesis where that matters.";
