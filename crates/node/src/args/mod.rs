//! What was typed: the command line, as clap reads it. Nothing is looked up or defaulted here that a file or the
//! environment may say too; `settings` joins those. Help texts teach by example.

mod db;
mod exchange;
mod flags;
mod init;
mod join;
mod keys;
mod network;
mod orders;
mod snapshot;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use db::{DB_EXAMPLES, ROLLBACK_EXAMPLES};
pub use db::{DbAction, DbArgs, DbHome, RollbackArgs};
use exchange::EXCHANGE_EXAMPLES;
pub use exchange::{ExchangeAction, ExchangeArgs, ListArgs, LookArgs, MakeMarketArgs, NodeUrl, SignerArgs, WatchArgs};
pub use flags::{ChainFlags, HEIGHT_MAX, NodeFlags};
use init::INIT_EXAMPLES;
pub use init::InitArgs;
use join::JOIN_EXAMPLES;
pub use join::JoinArgs;
use keys::KEYS_EXAMPLES;
pub use keys::{KeyAction, KeysArgs, PasswordArgs, RingArgs};
use network::{LOCALNET_EXAMPLES, TESTNET_EXAMPLES};
pub use network::{LocalnetArgs, TestnetArgs};
pub use orders::{CancelArgs, KindArg, OrdersArgs, PlaceArgs, SelfTradeArg, SideArg};
use snapshot::SNAPSHOT_EXAMPLES;
pub use snapshot::{HomeArgs, SnapshotAction, SnapshotArgs, TrustArgs};

/// Seiza: a trading Layer 1 with an EVM, in one binary.
#[derive(Debug, Parser)]
#[command(name = "seiza", version, max_term_width = 110, after_help = EXAMPLES, disable_help_subcommand = true)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  seiza devnet                          a chain with ten funded accounts, on http://127.0.0.1:8545
  seiza devnet --home ./chain           the same, kept in ./chain and continued at the next start
  seiza localnet                        four validators on this machine
  seiza testnet --output ./net          files of four validators for machines of their own
  seiza init --home ./node              files of a node of your own
  seiza start --home ./node             run it
  seiza join --home ./node --rpc http://10.0.0.2:26657
                                        a node of a chain that runs, in one command
  seiza exchange watch usei/uusdc       a live book
  seiza status                          what the node on this machine is doing

Exit codes: 0 done or stopped cleanly, 1 refused or failed (one line on standard error says why), 2 wrong usage.
`seiza <command> --help` explains each command with examples.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a local chain with funded accounts; needs nothing but itself
    #[command(after_help = DEVNET_EXAMPLES)]
    Devnet(Box<DevnetArgs>),
    /// Run a local network of validators, each a process of its own
    #[command(after_help = LOCALNET_EXAMPLES)]
    Localnet(Box<LocalnetArgs>),
    /// Write the files of a network's nodes, for hosts of their own
    #[command(after_help = TESTNET_EXAMPLES)]
    Testnet(Box<TestnetArgs>),
    /// Write the files of a node: settings, genesis, keys
    #[command(after_help = INIT_EXAMPLES)]
    Init(Box<InitArgs>),
    /// Run a node from the files that `init` wrote
    #[command(after_help = START_EXAMPLES)]
    Start(StartArgs),
    /// Become a node of a chain that runs: writes files, fetches the state, runs
    #[command(after_help = JOIN_EXAMPLES)]
    Join(Box<JoinArgs>),
    /// Keep the state of a stopped node in a file, and restore it
    #[command(after_help = SNAPSHOT_EXAMPLES, arg_required_else_help = true)]
    Snapshot(SnapshotArgs),
    /// Keep and show account keys
    #[command(after_help = KEYS_EXAMPLES, arg_required_else_help = true)]
    Keys(KeysArgs),
    /// Look at, check and tidy the database of a node that does not run
    #[command(after_help = DB_EXAMPLES, arg_required_else_help = true)]
    Db(DbArgs),
    /// Take the newest height of a node that does not run back, to execute its block again
    #[command(after_help = ROLLBACK_EXAMPLES)]
    Rollback(RollbackArgs),
    /// Trade on the exchange: list markets, place and cancel orders, watch the book
    #[command(after_help = EXCHANGE_EXAMPLES, arg_required_else_help = true)]
    Exchange(ExchangeArgs),
    /// Ask a running node on this machine what it is doing
    #[command(after_help = STATUS_EXAMPLES)]
    Status(StatusArgs),
    /// Show the version of this binary and what is in it
    #[command(after_help = VERSION_EXAMPLES)]
    Version(VersionArgs),
    /// Print the reference part of docs/operations.md
    #[command(hide = true)]
    Reference,
}

/// `seiza devnet`.
#[derive(Debug, Args)]
pub struct DevnetArgs {
    /// Folder to keep the chain in; without it, a temporary one that is removed at a clean stop
    #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true)]
    pub home: Option<PathBuf>,
    /// Trade in both markets all the time: a market maker quotes, and takers trade
    #[arg(long)]
    pub with_market: bool,
    /// The chain.
    #[command(flatten)]
    pub chain: ChainFlags,
    /// The node.
    #[command(flatten)]
    pub node: NodeFlags,
}

const DEVNET_EXAMPLES: &str = "\
Examples:
  seiza devnet
      chain 713714 on http://127.0.0.1:8545 and ws://127.0.0.1:8546; keys are printed; Ctrl-C stops and removes it
  seiza devnet --home ./chain --block-time 400ms
      kept in ./chain, an empty block each 400 ms; the same command continues it
  seiza devnet --with-market
      the same, its markets 1 (usei/uusdc) and 2 (ueth/uusdc) quoted and traded all the time
  seiza devnet --http-port 0 --ws-port 0 --metrics-port 0
      on free ports, which are printed
  seiza devnet --mnemonic \"$(cat words.txt)\" --accounts 3 --balance 500
      your own accounts

MetaMask: network RPC URL http://127.0.0.1:8545, chain id 713714, currency SEI; import one of the printed keys.
A block is made as soon as a transaction waits. The printed keys are known to everybody: never fund them elsewhere.";

/// `seiza start`.
#[derive(Debug, Args)]
pub struct StartArgs {
    /// Stop when standard input ends: whoever started this process holds the other end
    #[arg(long, hide = true)]
    pub while_stdin: bool,
    /// Folder that `seiza init` wrote
    #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true)]
    pub home: PathBuf,
    /// The node.
    #[command(flatten)]
    pub node: NodeFlags,
}

const START_EXAMPLES: &str = "\
Examples:
  seiza start --home ./node
  SEIZA_SERVER_HTTP_PORT=9545 seiza start --home ./node
  seiza start --home ./node --host 0.0.0.0 --log-format json

A flag beats an environment variable, that beats config.toml, that beats the default; defaults in use are logged.";

/// `seiza status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Address of the node's JSON-RPC over HTTP
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8545", env = "SEIZA_URL")]
    pub url: String,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

const STATUS_EXAMPLES: &str = "\
Examples:
  seiza status
  seiza status --url http://127.0.0.1:9545 --json

Exit code 1 if no node answers.";

/// `seiza version`.
#[derive(Debug, Args)]
pub struct VersionArgs {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

const VERSION_EXAMPLES: &str = "\
Examples:
  seiza version
  seiza version --json";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(command.is_hide_set() || help.contains("Example"), "{path} has no example");
            command.get_subcommands().for_each(|inner| check(inner, &path));
        }
        check(&CommandLine::command(), "");
    }

    #[test]
    fn silent_is_quiet() {
        let line = CommandLine::try_parse_from(["seiza", "devnet", "--silent"]).unwrap();
        assert!(matches!(line.command, Command::Devnet(args) if args.node.quiet));
    }
}
