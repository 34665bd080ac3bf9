//! What was typed after `seiza exchange`. Prices and quantities are texts here: only the market says what they mean.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::orders::{CancelArgs, OrdersArgs, PlaceArgs};
use crate::settings::Span;

/// `seiza exchange`.
#[derive(Debug, Args)]
pub struct ExchangeArgs {
    /// What to do on the exchange.
    #[command(subcommand)]
    pub action: ExchangeAction,
}

/// Below `seiza exchange --help`.
pub(super) const EXCHANGE_EXAMPLES: &str = "\
Examples, against `seiza devnet`:
  seiza exchange list usei uusdc --tick 0.0001 --lot 0.1 --dev 0    list a market: SEI for play dollars
  seiza exchange place usei/uusdc sell 100 0.4523 --dev 1           offer 100 SEI
  seiza exchange place usei/uusdc buy 12.5 0.46 --dev 2             buy 12.5 of them
  seiza exchange book usei/uusdc                                    what rests
  seiza exchange watch usei/uusdc                                   the same, live

A market is named by its number or as BASE/QUOTE. Prices are for one whole base coin, quantities in whole base coins, both
with the market's decimals: seiza exchange markets. Who signs: --dev N for the N-th account of a devnet, or --from NAME
--home DIR for a key of `seiza keys`, or --private-key-file FILE.";

/// Which node to ask.
#[derive(Debug, Clone, Args)]
pub struct NodeUrl {
    /// Address of the node's JSON-RPC over HTTP
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8545", env = "SEIZA_URL")]
    pub url: String,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Who signs, and what it may cost.
#[derive(Debug, Clone, Args)]
pub struct SignerArgs {
    /// Account N of a devnet with the usual words; its key is known to everybody
    #[arg(long, value_name = "N", help_heading = "Signer", conflicts_with_all = ["from", "private_key_file"])]
    pub dev: Option<u32>,
    /// Name of a key of `seiza keys`
    #[arg(long, value_name = "NAME", help_heading = "Signer", conflicts_with = "private_key_file", requires = "home")]
    pub from: Option<String>,
    /// Node folder whose keys are used
    #[arg(long, value_name = "DIR", env = "SEIZA_HOME", hide_env_values = true, help_heading = "Signer")]
    pub home: Option<PathBuf>,
    /// File whose first line is the key's password; else SEIZA_PASSWORD, else asked for
    #[arg(long, value_name = "FILE", help_heading = "Signer")]
    pub password_file: Option<PathBuf>,
    /// File holding a private key, 64 hex digits
    #[arg(long, value_name = "FILE", help_heading = "Signer")]
    pub private_key_file: Option<PathBuf>,
    /// Gas limit [default: by what is sent]
    #[arg(long, value_name = "GAS", help_heading = "Signer", value_parser = clap::value_parser!(u64).range(1..))]
    pub gas: Option<u64>,
    /// Whole fee in usei [default: the gas limit at a quarter above the base fee]
    #[arg(long, value_name = "USEI", help_heading = "Signer")]
    pub fee: Option<u128>,
}

/// A new market.
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    /// Denom of what is traded, such as usei
    pub base: String,
    /// Denom of what it is paid in, such as uusdc
    pub quote: String,
    /// Step of prices, in whole quote coins, such as 0.0001
    #[arg(long, value_name = "PRICE")]
    pub tick: String,
    /// Step of quantities, in whole base coins, such as 0.1
    #[arg(long, value_name = "QUANTITY")]
    pub lot: String,
    /// Smallest order, in whole quote coins
    #[arg(long, value_name = "AMOUNT", default_value = "0.01")]
    pub min_notional: String,
    /// A whole base coin is 10 to this many units
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u8).range(0..=30))]
    pub base_decimals: u8,
    /// A whole quote coin is 10 to this many units
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u8).range(0..=30))]
    pub quote_decimals: u8,
    /// What makers pay, millionths of what they receive
    #[arg(long, value_name = "PPM", default_value_t = 100)]
    pub maker_fee_ppm: u32,
    /// What takers pay, millionths of what they receive
    #[arg(long, value_name = "PPM", default_value_t = 300)]
    pub taker_fee_ppm: u32,
    /// Who signs.
    #[command(flatten)]
    pub signer: SignerArgs,
    /// Which node.
    #[command(flatten)]
    pub node: NodeUrl,
}

/// A market to look at.
#[derive(Debug, Clone, Args)]
pub struct LookArgs {
    /// Market: its number, or BASE/QUOTE
    pub market: String,
    /// Levels of each side, or trades
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
    /// Which node.
    #[command(flatten)]
    pub node: NodeUrl,
}

/// A market to watch.
#[derive(Debug, Clone, Args)]
pub struct WatchArgs {
    /// The market, and how much of it.
    #[command(flatten)]
    pub look: LookArgs,
    /// Stop after so many blocks; 0 goes on until Ctrl-C
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub blocks: u64,
}

/// The market maker and its takers.
#[derive(Debug, Clone, Args)]
pub struct MakeMarketArgs {
    /// Address of the node's JSON-RPC over HTTP
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8545", env = "SEIZA_URL")]
    pub url: String,
    /// Address of the node's Tendermint RPC over HTTP
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:26657")]
    pub tendermint: String,
    /// Stop after so long, such as 30s or 10m; else Ctrl-C stops it
    #[arg(long, value_name = "TIME")]
    pub lasting: Option<Span<1>>,
}

/// What can be done on the exchange.
#[derive(Debug, Subcommand)]
pub enum ExchangeAction {
    /// List a market, against the chain's deposit
    #[command(after_help = "Example:\n  seiza exchange list usei uusdc --tick 0.0001 --lot 0.1 --dev 0\n\n\
                            tick x lot must be a whole number of quote units for each lot; there is one market a pair.")]
    List(Box<ListArgs>),
    /// Show all markets with their last prices
    #[command(after_help = "Example:\n  seiza exchange markets --json")]
    Markets(NodeUrl),
    /// Place an order, wait for its block, and say what became of it
    #[command(after_help = "Examples:\n  seiza exchange place usei/uusdc buy 12.5 0.4523 --dev 1\n  \
                            seiza exchange place 1 sell 10 0.45 --kind ioc --from alice --home ./node\n  \
                            seiza exchange place 1 sell 10 0.40 --stop 0.42 --lasting 1h --dev 0")]
    Place(Box<PlaceArgs>),
    /// Cancel orders
    #[command(after_help = "Examples:\n  seiza exchange cancel usei/uusdc 7-0-0-0 --dev 1\n  \
                            seiza exchange cancel 1 --all --dev 1")]
    Cancel(Box<CancelArgs>),
    /// Show somebody's open orders
    #[command(after_help = "Examples:\n  seiza exchange orders --dev 1\n  \
                            seiza exchange orders usei/uusdc --owner 0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    Orders(Box<OrdersArgs>),
    /// Show what rests in a market
    #[command(after_help = "Example:\n  seiza exchange book usei/uusdc --limit 5")]
    Book(LookArgs),
    /// Show the last trades of a market
    #[command(after_help = "Example:\n  seiza exchange trades usei/uusdc --limit 5")]
    Trades(LookArgs),
    /// Watch a market: book and trades, redrawn with each block; lines of text where nobody watches a terminal
    #[command(after_help = "Examples:\n  seiza exchange watch usei/uusdc\n  seiza exchange watch 1 --blocks 3 --json")]
    Watch(WatchArgs),
    /// Quote and trade the two markets of a devnet all the time
    #[command(after_help = "Examples:\n  seiza devnet --with-market              this crowd inside the devnet\n  \
                            seiza exchange make-market --lasting 10m\n\n\
                            The chain must have been founded by devnet --with-market: the crowd trades with accounts that \
                            its genesis\nfunds, whose keys everybody knows. One crowd at a time: two would sign with the \
                            same accounts.")]
    MakeMarket(MakeMarketArgs),
}
