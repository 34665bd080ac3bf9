//! `seiza exchange`: listing markets, placing and cancelling orders, looking at the book.
//!
//! Everything goes through a node's JSON-RPC; amounts are read and shown with the market's decimals, exactly.

mod amount;
mod book;
mod look;
mod make_market;
mod manage;
mod market;
mod place;
mod send;
mod sign;
mod table;

use crate::args::ExchangeAction;
use crate::failure::Failure;

/// Runs one action on the exchange.
///
/// # Errors
/// Why it was refused.
pub fn run(action: &ExchangeAction) -> Result<(), Failure> {
    match action {
        ExchangeAction::List(args) => manage::list(args),
        ExchangeAction::Markets(args) => look::markets(args),
        ExchangeAction::Place(args) => place::run(args),
        ExchangeAction::Cancel(args) => manage::cancel(args),
        ExchangeAction::Orders(args) => manage::orders(args),
        ExchangeAction::Book(args) => look::book_of(args),
        ExchangeAction::Trades(args) => look::trades(args),
        ExchangeAction::Watch(args) => look::watch(args),
        ExchangeAction::MakeMarket(args) => make_market::run(args),
    }
}
