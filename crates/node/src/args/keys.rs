//! What was typed after `seiza keys`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `seiza keys`.
#[derive(Debug, Args)]
pub struct KeysArgs {
    /// What to do with keys.
    #[command(subcommand)]
    pub action: KeyAction,
}

/// Below `seiza keys --help`.
pub(super) const KEYS_EXAMPLES: &str = "\
Examples:
  seiza keys add alice --home ./node           a new key, and the words to restore it
  seiza keys list --home ./node                both addresses of each key
  seiza keys import bob --home ./node --private-key-file bob.hex
  seiza keys node --home ./node                peer id and validator of a node
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
    /// Show who a node is: its peer id, and its validator's address and public key
    #[command(after_help = "Examples:\n  seiza keys node --home ./node\n  seiza keys node --home ./node --json")]
    Node {
        /// Node folder
        #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true)]
        home: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
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
