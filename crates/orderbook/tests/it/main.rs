//! The rules of `docs/spec/orderbook.md`, as tables, as properties against a naive model, and from arbitrary bytes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bounds;
mod cancels;
mod desk;
mod history;
mod judge;
mod kinds;
mod naive;
mod naive_book;
#[path = "../../../../fuzz/bodies/orderbook_clear.rs"]
mod orderbook_clear;
mod prices;
mod properties;
mod refusals;
mod self_trades;
mod triggers;
