//! What was typed after `seiza snapshot`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{HEIGHT_MAX, NodeFlags};
use crate::settings::{BlockHash, Count};

/// `seiza snapshot`.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// What to do with snapshots.
    #[command(subcommand)]
    pub action: SnapshotAction,
}

/// Below `seiza snapshot --help`.
pub(super) const SNAPSHOT_EXAMPLES: &str = "\
Examples:
  seiza snapshot create --home ./node                  the newest state that a header vouches for, into ./node/snapshots
  seiza snapshot list --home ./node
  seiza snapshot export state.snapshot --home ./node   into one file, for another machine
  seiza snapshot import state.snapshot --home ./new    checks the file and keeps it
  seiza snapshot restore --home ./new                  makes the chain's data of it

The node has to be stopped. A running node gives its state to others by itself: `seiza join --help`.";

/// A node's folder.
#[derive(Debug, Clone, Args)]
pub struct HomeArgs {
    /// Node folder; snapshots are in its folder `snapshots`
    #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true)]
    pub home: PathBuf,
    /// Print nothing but errors
    #[arg(long, short, alias = "silent")]
    pub quiet: bool,
}

/// Which snapshot.
#[derive(Debug, Clone, Args)]
pub struct HeightArgs {
    /// Its height [default: the highest]
    #[arg(long, value_name = "HEIGHT")]
    pub height: Option<u64>,
}

/// What is trusted, if not what the settings say.
#[derive(Debug, Clone, Args)]
pub struct TrustArgs {
    /// Height of a block that is known to be of this chain [default: the settings', else the genesis is trusted]
    #[arg(long, value_name = "HEIGHT")]
    pub trust_height: Option<Count<0, HEIGHT_MAX>>,
    /// Its hash
    #[arg(long, value_name = "HASH")]
    pub trust_hash: Option<BlockHash>,
}

impl TrustArgs {
    /// The same as flags of a node.
    pub fn flags(&self) -> NodeFlags {
        NodeFlags { trust_height: self.trust_height, trust_hash: self.trust_hash, ..NodeFlags::default() }
    }
}

/// What can be done with snapshots.
#[derive(Debug, Subcommand)]
pub enum SnapshotAction {
    /// Make a snapshot of the newest state that a header vouches for
    #[command(after_help = "Example:\n  seiza snapshot create --home ./node")]
    Create {
        /// The node.
        #[command(flatten)]
        home: HomeArgs,
    },
    /// Show the snapshots of a node
    #[command(
        after_help = "Examples:\n  seiza snapshot list --home ./node\n  seiza snapshot list --home ./node --json"
    )]
    List {
        /// The node.
        #[command(flatten)]
        home: HomeArgs,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a snapshot into a file of its own
    #[command(after_help = "Example:\n  seiza snapshot export state.snapshot --home ./node --height 120000")]
    Export {
        /// File to write
        file: PathBuf,
        /// The node.
        #[command(flatten)]
        home: HomeArgs,
        /// Which.
        #[command(flatten)]
        height: HeightArgs,
    },
    /// Check a snapshot in a file, every chunk of it, and keep it
    #[command(after_help = "Example:\n  seiza snapshot import state.snapshot --home ./new")]
    Import {
        /// File to read
        file: PathBuf,
        /// The node.
        #[command(flatten)]
        home: HomeArgs,
        /// What is trusted.
        #[command(flatten)]
        trust: TrustArgs,
    },
    /// Make the chain's data of a snapshot
    #[command(after_help = "Examples:\n  seiza snapshot restore --home ./new\n  \
                            seiza snapshot restore --home ./node --height 120000 --replace   (drops the data that is there)")]
    Restore {
        /// The node.
        #[command(flatten)]
        home: HomeArgs,
        /// Which.
        #[command(flatten)]
        height: HeightArgs,
        /// What is trusted.
        #[command(flatten)]
        trust: TrustArgs,
        /// Take the place of a chain that is there
        #[arg(long)]
        replace: bool,
    },
}
