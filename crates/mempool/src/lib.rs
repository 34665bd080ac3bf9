//! Waiting transactions, by sender lane and by hash.
//!
//! A *lane* is one account's transactions in nonce order. Its *run* is the longest stretch that begins at the account's
//! nonce, has no gap, and that the account's balance pays for in full: those are executable ("pending" for Ethereum
//! clients). All others of the lane are *queued*: behind a gap, or beyond the balance.
//!
//! # From the side of a transaction
//! `types` verified it, `chain::check` looked at the account, and [`Pool::insert`] decides: refused with a text that
//! Ethereum clients know ([`InsertError`]), queued, or executable; with one of the same nonce it must pay 10 % more. A
//! full pool makes room by dropping the worst tail of a lane, if the newcomer is better. It leaves by being included
//! ([`Pool::included`]), replaced, displaced, dropped ([`Pool::remove`]), or too old ([`Pool::expire`]).
//!
//! # From the side of a block
//! [`Pool::select`] walks the runs, the best tip first, each lane in nonce order, and changes nothing: the same
//! transactions are selected again until [`Pool::included`] says that a block took them.
//!
//! # Promises
//! - Pure: no clock (the caller passes `now_ms`), no threads, no locks; equal calls give equal answers.
//! - Bounded: [`Limits`] holds after every call, in transactions, bytes, and per lane.
//! - Making room never opens a gap: lanes are cut from their tails.
//! - Cost: a call takes O(log n) steps of the pool, plus the entries of its own lanes that change their place.
//!
//! `docs/spec/mempool.md` states the rules and names the test of each.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]

mod entry;
mod error;
mod insert;
mod lane;
mod limits;
mod pool;
mod recent;
mod score;
mod select;
mod settle;
mod tails;
mod view;

pub use error::InsertError;
pub use insert::Inserted;
pub use limits::{Limits, SelectLimits};
pub use pool::{Counts, Pool};
pub use seiza_types::Admission;
pub use settle::{Changes, LaneUpdate};
pub use view::LaneView;

#[cfg(test)]
mod tests;
