//! What was typed after `seiza init`.

use std::path::PathBuf;

use clap::Args;

use super::ChainFlags;
use crate::settings::{Moniker, PeerList};

/// `seiza init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder to write; must be empty or absent
    #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true)]
    pub home: PathBuf,
    /// Name of the node, shown to peers and in figures
    #[arg(long, value_name = "NAME", help_heading = "Peers")]
    pub moniker: Option<Moniker>,
    /// Peers to stay connected with: [id@]host:port, separated by commas
    #[arg(long, value_name = "LIST", help_heading = "Peers")]
    pub peers: Option<PeerList>,
    /// Join the chain of this genesis.json instead of founding one
    #[arg(long, value_name = "FILE", help_heading = "Peers", conflicts_with = "cosmos_chain_id")]
    pub genesis: Option<PathBuf>,
    /// Chain id that Cosmos wallets are told [default: seiza-<chain id>]
    #[arg(long, value_name = "TEXT", help_heading = "Chain")]
    pub cosmos_chain_id: Option<String>,
    /// The chain; `--accounts` is 0 here unless given, and more needs `--mnemonic`.
    #[command(flatten)]
    pub chain: ChainFlags,
}

pub(super) const INIT_EXAMPLES: &str = "\
Examples:
  seiza init --home ./node --chain-id 713714
      ./node/config.toml, genesis.json, validator_key.json and node_key.json, with no funded account: add some to
      genesis.json
  seiza init --home ./node --accounts 5 --mnemonic \"$(cat words.txt)\" --balance 1000000
      with five funded accounts
  seiza init --home ./node --genesis genesis.json --peers 12D3KooW...@10.0.0.2:26656 --moniker north
      a node of a chain that exists; its new key is no validator's, so it follows and serves

Here --accounts is 0 unless given, and more needs --mnemonic. Written secrets are readable by this user only. Next: seiza start --home ./node";
