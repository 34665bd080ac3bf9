//! What was typed after `seiza db` and `seiza rollback`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::settings::Count;

/// `seiza db`.
#[derive(Debug, Args)]
pub struct DbArgs {
    /// What to do with the database.
    #[command(subcommand)]
    pub action: DbAction,
}

/// Below `seiza db --help`.
pub(super) const DB_EXAMPLES: &str = "\
Examples:
  seiza db stats --home ./node                      how much there is, of what, from which height to which
  seiza db verify --home ./node                     reads every byte; names damaged files and what repairs them
  seiza db prune --home ./node --keep-heights 100000
  seiza db compact --home ./node

The node has to be stopped: the database belongs to one process at a time.";

/// The node's folder.
#[derive(Debug, Clone, Args)]
pub struct DbHome {
    /// Folder that `seiza init` wrote
    #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true)]
    pub home: PathBuf,
}

/// What can be done with the database.
#[derive(Debug, Subcommand)]
pub enum DbAction {
    /// Show how much there is, of what, from which height to which
    #[command(after_help = "Examples:\n  seiza db stats --home ./node\n  seiza db stats --home ./node --json")]
    Stats {
        /// As JSON
        #[arg(long)]
        json: bool,
        /// The folder.
        #[command(flatten)]
        home: DbHome,
    },
    /// Read every byte and name what is damaged, and what repairs it; changes nothing
    #[command(after_help = "Examples:\n  seiza db verify --home ./node\n  seiza db verify --home ./node --json\n\n\
                            Exit code 1 if anything is damaged.")]
    Verify {
        /// As JSON
        #[arg(long)]
        json: bool,
        /// The folder.
        #[command(flatten)]
        home: DbHome,
    },
    /// Drop old heights now, or move them into the archive where one is set
    #[command(
        after_help = "Examples:\n  seiza db prune --home ./node --keep-heights 100000\n  seiza db prune --home ./node   \
                            (as storage.keep_heights says)\n\nWhole files go, so more heights may stay."
    )]
    Prune {
        /// Heights below the newest to keep [default: storage.keep_heights]
        #[arg(long, value_name = "N")]
        keep_heights: Option<Count<1, 1_000_000_000_000>>,
        /// The folder.
        #[command(flatten)]
        home: DbHome,
    },
    /// Merge the files of the index as far as they may be: fewer files to look into
    #[command(after_help = "Examples:\n  seiza db compact --home ./node\n\nA node does this by itself, bit by bit.")]
    Compact {
        /// The folder.
        #[command(flatten)]
        home: DbHome,
    },
}

/// `seiza rollback`.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The folder.
    #[command(flatten)]
    pub home: DbHome,
}

/// Below `seiza rollback --help`.
pub(super) const ROLLBACK_EXAMPLES: &str = "\
Examples:
  seiza rollback --home ./node

The state goes back by one height; the block stays, and the next start executes it again. For a node whose execution went
wrong: install the right version, roll back, start. The node has to be stopped.";
