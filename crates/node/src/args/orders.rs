//! What was typed of orders: new ones, cancellations, and whose to show.

use clap::{Args, ValueEnum};

use super::exchange::{NodeUrl, SignerArgs};
use crate::settings::Span;

/// Buy or sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SideArg {
    /// Buys the base coin
    Buy,
    /// Sells the base coin
    Sell,
}

/// What happens with an order, and with what of it does not trade at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// Trades up to its price; the rest rests
    Limit,
    /// Rests; refused where it would trade on arrival
    PostOnly,
    /// Trades up to its price; the rest is given back
    Ioc,
    /// Trades in full at once, or is given back
    Fok,
    /// Trades at any price up to PRICE, its worst; the rest is given back
    Market,
}

/// What is cancelled instead of a trade with oneself.
#[allow(clippy::enum_variant_names, reason = "they are the words of the command line")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SelfTradeArg {
    /// The newest of the orders concerned
    CancelNewest,
    /// The oldest on the other side
    CancelOldest,
    /// Both
    CancelBoth,
}

/// A new order.
#[derive(Debug, Clone, Args)]
pub struct PlaceArgs {
    /// Market: its number, or BASE/QUOTE
    pub market: String,
    /// Side
    #[arg(value_enum)]
    pub side: SideArg,
    /// Whole base coins, such as 12.5
    pub quantity: String,
    /// Price of one whole base coin, such as 0.4523: the limit, or the worst price of a market order
    pub price: String,
    /// What kind of order
    #[arg(long, value_enum, default_value = "limit", help_heading = "Order")]
    pub kind: KindArg,
    /// Your own name for it, unique among your open orders
    #[arg(long, value_name = "N", help_heading = "Order", value_parser = clap::value_parser!(u64).range(1..))]
    pub client_id: Option<u64>,
    /// Venue it comes through, by number; it takes its own fee
    #[arg(long, value_name = "N", help_heading = "Order")]
    pub venue: Option<u32>,
    /// Wait until the price has moved against you to this: a stop
    #[arg(long, value_name = "PRICE", help_heading = "Order", conflicts_with = "take_profit")]
    pub stop: Option<String>,
    /// Wait until the price has moved for you to this
    #[arg(long, value_name = "PRICE", help_heading = "Order")]
    pub take_profit: Option<String>,
    /// Stand up to this height, and in it
    #[arg(long, value_name = "HEIGHT", help_heading = "Order", value_parser = clap::value_parser!(u64).range(1..))]
    pub until_height: Option<u64>,
    /// Stand for so long, such as 10m or 1h, by block time
    #[arg(long, value_name = "TIME", help_heading = "Order", conflicts_with = "until_height")]
    pub lasting: Option<Span<1>>,
    /// What is cancelled instead of a trade with yourself
    #[arg(long, value_enum, default_value = "cancel-newest", help_heading = "Order")]
    pub self_trade: SelfTradeArg,
    /// Pay the fee in SEI, at a discount
    #[arg(long, help_heading = "Order")]
    pub fee_in_native: bool,
    /// Who signs.
    #[command(flatten)]
    pub signer: SignerArgs,
    /// Which node.
    #[command(flatten)]
    pub node: NodeUrl,
}

/// Cancellations.
#[derive(Debug, Clone, Args)]
pub struct CancelArgs {
    /// Market: its number, or BASE/QUOTE
    pub market: String,
    /// Ids of orders, such as 7-0-0-0
    #[arg(required_unless_present_any = ["client_id", "all"])]
    pub orders: Vec<String>,
    /// Orders by your own name for them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub client_id: Vec<u64>,
    /// All of yours in the market
    #[arg(long, conflicts_with_all = ["orders", "client_id"])]
    pub all: bool,
    /// Who signs.
    #[command(flatten)]
    pub signer: SignerArgs,
    /// Which node.
    #[command(flatten)]
    pub node: NodeUrl,
}

/// Whose open orders.
#[derive(Debug, Clone, Args)]
pub struct OrdersArgs {
    /// Market: its number, or BASE/QUOTE; all where it is left away
    pub market: Option<String>,
    /// Whose, by address; else whoever would sign
    #[arg(long, value_name = "ADDRESS")]
    pub owner: Option<String>,
    /// Whose, if no address is given.
    #[command(flatten)]
    pub signer: SignerArgs,
    /// Which node.
    #[command(flatten)]
    pub node: NodeUrl,
}
