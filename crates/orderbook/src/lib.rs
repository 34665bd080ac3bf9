//! Price-time books and batch clearing; pure, knows no chain.
//!
//! A market's orders of one block are a [`Batch`]. [`clear`] holds it against the market's book and says what becomes of
//! everybody: a [`Clearing`], which whoever keeps the book writes down. The book may lie anywhere and be as deep as it
//! likes: clearing reads it through [`BookView`], best orders first, and only as far as the batch could trade. [`Book`] is
//! one in memory.
//!
//! # The rules, in short
//! Cancellations first, then triggers on the last price, then all orders at **one price**: that at which most is traded;
//! of several the one with the smaller imbalance, then the nearer to the last price, then the lower. Better prices trade
//! first, at equal prices the earlier. Nobody trades beyond their limit or with themselves; fill-or-kill orders trade in
//! full or not at all; post-only orders never take. `docs/spec/orderbook.md` has all of them, with examples.
//!
//! # Promises
//! - Pure: no clock, no entropy, no float, no hash order. Equal books and batches give equal outcomes, in whatever order
//!   the batch lists them.
//! - Exact: a unit that a buyer pays is a unit that a seller receives ([`units`]).
//! - A fault is one order's own: it is named in the outcome, and all others stand.
//! - Bounded: the cost grows with the batch and with what it can trade with, within its [`Limits`]; not with the book.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]

mod batch;
mod book;
mod clear;
mod clearing;
mod error;
mod id;
mod levels;
mod limits;
mod order;
mod params;
mod search;
mod trigger;
pub mod units;
mod view;

pub use batch::{Batch, Cancel};
pub use book::Book;
pub use clear::{Clearer, clear};
pub use clearing::{Clearing, EndReason, Ended, Fill, LevelDelta, Liquidity, Place};
pub use error::{CancelError, OrderError, ParamsError};
pub use id::OrderId;
pub use limits::Limits;
pub use order::{Expiry, Kind, Order, OrderKey, Resting, SelfTrade, Side};
pub use params::MarketParams;
pub use trigger::{Condition, Direction, Trigger};
pub use units::{Notional, Price, Quantity, Volume};
pub use view::{BookView, Cursor, Found};
