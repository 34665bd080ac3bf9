//! The exchange's market data: the `exchange_` methods, the same by REST, and streams.
//!
//! Everything here is made from published blocks: from what each did to each market, and from the state after the head. So
//! a market's stream is numbered by block heights, every answer names the height it belongs to, and two nodes tell the same.
//! What is kept in memory ([`Feed`]) is a cache of the recent past; dropping it loses nothing.
//!
//! The ways in: `call` lists the methods, `fields` reads their parameters, `answers` answers them; `rest` gives the same by
//! GET; `subscribe` pushes what `stream` says. `docs/exchange/market-data.md` describes all of it to clients.

mod answers;
mod call;
mod candle;
mod feed;
mod fields;
mod human;
mod interval;
mod owned;
pub(crate) mod rest;
mod scan;
mod series;
mod shapes;
mod source;
mod story;
mod stream;
pub(crate) mod subscribe;
mod trade;
mod who;
mod words;

pub(crate) use feed::{Blocks, Feed, follow};
pub(crate) use interval::Millis;
pub(crate) use owned::Owned;
pub(crate) use series::{Changes, Published, Series};
pub(crate) use shapes::{Depth, Level, Open};
pub(crate) use source::{OpenOrders, Source};

use crate::methods::{Registered, Table};

pub(crate) fn register(table: &mut Table) -> Registered {
    call::register(table)?;
    subscribe::register(table)
}
