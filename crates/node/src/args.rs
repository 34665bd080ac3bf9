//! What was typed: the command line, as clap reads it. Nothing is looked up or defaulted here that a file or the
//! environment may say too; `settings` joins those. Help texts teach by example.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::settings::{Count, GasPrice, LogFilter, LogFormat, Span};

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
  seiza init --home ./node              files of a node of your own
  seiza start --home ./node             run it
  seiza status                          what the node on this machine is doing

Exit codes: 0 done or stopped cleanly, 1 refused or failed (one line on standard error says why), 2 wrong usage.
`seiza <command> --help` explains each command with examples.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a local chain with funded accounts; needs nothing but itself
    #[command(after_help = DEVNET_EXAMPLES)]
    Devnet(Box<DevnetArgs>),
    /// Write the files of a node: settings, genesis, validator key
    #[command(after_help = INIT_EXAMPLES)]
    Init(Box<InitArgs>),
    /// Run a node from the files that `init` wrote
    #[command(after_help = START_EXAMPLES)]
    Start(StartArgs),
    /// Keep and show account keys
    #[command(after_help = KEYS_EXAMPLES, arg_required_else_help = true)]
    Keys(KeysArgs),
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
    /// Port of the Prometheus metrics; 0 takes a free one [default: 26660]
    #[arg(long, value_name = "PORT", help_heading = "Servers")]
    pub metrics_port: Option<u16>,
    /// Time after which an empty block is made; waiting transactions get theirs at once [default: 1s]
    #[arg(long, value_name = "TIME", help_heading = "Blocks")]
    pub block_time: Option<Span<1>>,
    /// Time to wait after a first transaction for others to join its block [default: 2ms]
    #[arg(long, value_name = "TIME", help_heading = "Blocks")]
    pub gather: Option<Span<0>>,
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
    /// Funded accounts [default: 10]
    #[arg(long, value_name = "N", help_heading = "Chain")]
    pub accounts: Option<Count<0, 10_000>>,
    /// Balance of each funded account in SEI [default: 10000]
    #[arg(long, value_name = "SEI", help_heading = "Chain")]
    pub balance: Option<Count<0, 1_000_000_000_000>>,
    /// Words the funded accounts are derived from, at m/44'/60'/0'/0/i [default: test ... test junk]
    #[arg(long, value_name = "WORDS", help_heading = "Chain")]
    pub mnemonic: Option<String>,
    /// Gas of one block [default: 100000000]
    #[arg(long, value_name = "GAS", help_heading = "Chain")]
    pub gas_limit: Option<Count<21_000, 1_000_000_000_000>>,
    /// Base fee of the first block, and the least there ever is, such as 1gwei [default: 1gwei]
    #[arg(long, value_name = "PRICE", help_heading = "Chain")]
    pub base_fee: Option<GasPrice>,
}

/// `seiza devnet`.
#[derive(Debug, Args)]
pub struct DevnetArgs {
    /// Folder to keep the chain in; without it, a temporary one that is removed at a clean stop
    #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true)]
    pub home: Option<PathBuf>,
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
  seiza devnet --http-port 0 --ws-port 0 --metrics-port 0
      on free ports, which are printed
  seiza devnet --mnemonic \"$(cat words.txt)\" --accounts 3 --balance 500
      your own accounts

MetaMask: network RPC URL http://127.0.0.1:8545, chain id 713714, currency SEI; import one of the printed keys.
A block is made as soon as a transaction waits. The printed keys are known to everybody: never fund them elsewhere.";

/// `seiza init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder to write; must be empty or absent
    #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true)]
    pub home: PathBuf,
    /// Chain id that Cosmos wallets are told [default: seiza-<chain id>]
    #[arg(long, value_name = "TEXT", help_heading = "Chain")]
    pub cosmos_chain_id: Option<String>,
    /// The chain; `--accounts` is 0 here unless given.
    #[command(flatten)]
    pub chain: ChainFlags,
}

const INIT_EXAMPLES: &str = "\
Examples:
  seiza init --home ./node --chain-id 713714
      ./node/config.toml, genesis.json and validator_key.json, with no funded account: add some to genesis.json
  seiza init --home ./node --accounts 5 --mnemonic \"$(cat words.txt)\" --balance 1000000
      with five funded accounts

Here --accounts is 0 unless given. Written secrets are readable by this user only. Next: seiza start --home ./node";

/// `seiza start`.
#[derive(Debug, Args)]
pub struct StartArgs {
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

/// `seiza keys`.
#[derive(Debug, Args)]
pub struct KeysArgs {
    /// What to do with keys.
    #[command(subcommand)]
    pub action: KeyAction,
}

const KEYS_EXAMPLES: &str = "\
Examples:
  seiza keys add alice --home ./node           a new key, and the words to restore it
  seiza keys list --home ./node                both addresses of each key
  seiza keys import bob --home ./node --private-key-file bob.hex
  seiza keys derive --mnemonic \"test test test test test test test test test test test junk\"

Keys are Ethereum keystore files (version 3) in <home>/keys, each encrypted by a password: asked for on a terminal,
or from --password-file, or from the variable SEIZA_PASSWORD.";

/// The key ring and its password.
#[derive(Debug, Clone, Args)]
pub struct RingArgs {
    /// Node folder; keys are in its folder `keys`
    #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true)]
    pub home: PathBuf,
}

/// Where a password comes from, if not from the terminal or SEIZA_PASSWORD.
#[derive(Debug, Clone, Args)]
pub struct PasswordArgs {
    /// File whose first line is the password
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeyAction {
    /// Make a new key, or restore one from words
    #[command(after_help = "Examples:\n  seiza keys add alice --home ./node\n  \
                            seiza keys add alice --home ./node --recover   (words are asked for)")]
    Add {
        /// Name: letters, digits, - and _
        name: String,
        /// Restore from words, read from standard input
        #[arg(long)]
        recover: bool,
        /// Index of the account: m/44'/60'/0'/0/INDEX
        #[arg(long, default_value_t = 0)]
        index: u32,
        /// The key ring.
        #[command(flatten)]
        ring: RingArgs,
        /// The password.
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Show every key's name and addresses
    #[command(after_help = "Example:\n  seiza keys list --home ./node --json")]
    List {
        /// The key ring.
        #[command(flatten)]
        ring: RingArgs,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one key's addresses
    #[command(after_help = "Example:\n  seiza keys show alice --home ./node")]
    Show {
        /// Name
        name: String,
        /// The key ring.
        #[command(flatten)]
        ring: RingArgs,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take in a private key or a keystore file
    #[command(after_help = "Examples:\n  seiza keys import bob --home ./node --private-key-file bob.hex\n  \
                            seiza keys import carol --home ./node --keystore UTC--2024.json")]
    Import {
        /// Name: letters, digits, - and _
        name: String,
        /// File holding 64 hex digits; `-` reads standard input
        #[arg(long, value_name = "FILE", required_unless_present = "keystore", conflicts_with = "keystore")]
        private_key_file: Option<PathBuf>,
        /// Keystore file (version 3) of another program, under the same password
        #[arg(long, value_name = "FILE")]
        keystore: Option<PathBuf>,
        /// The key ring.
        #[command(flatten)]
        ring: RingArgs,
        /// The password.
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Print a private key: whoever reads it owns the account
    #[command(after_help = "Example:\n  seiza keys export alice --home ./node")]
    Export {
        /// Name
        name: String,
        /// The key ring.
        #[command(flatten)]
        ring: RingArgs,
        /// The password.
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Remove a key; without its words or a copy it is gone
    #[command(after_help = "Example:\n  seiza keys delete alice --home ./node --yes")]
    Delete {
        /// Name
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        /// The key ring.
        #[command(flatten)]
        ring: RingArgs,
    },
    /// Show the accounts of a mnemonic; stores nothing
    #[command(
        after_help = "Example:\n  seiza keys derive --count 3 --mnemonic \"test test test test test test test test \
                            test test test junk\""
    )]
    Derive {
        /// Words, 12 to 24 of them
        #[arg(long, value_name = "WORDS")]
        mnemonic: String,
        /// Accounts to show
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        count: u32,
        /// Show private keys too
        #[arg(long)]
        private: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

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
