//! Malachite attached: Tendermint consensus in Rust, behind our own words.
//!
//! [`start`] gives an [`Engine`] and a stream of [`Ask`]s, the questions that a host answers: which height comes next, what to
//! propose, whether a block is complete and valid, that a decision is durable. Everything in them is a word of `seiza-types`;
//! the engine's generics are instantiated here and nowhere else, which keeps other crates quick to compile.
//!
//! Promises: a validator's log is on disk before its signature leaves; votes sign Tendermint's canonical votes, so that a
//! [`Decision`] is a Tendermint commit; arbitrary bytes of peers are bounded and never panic; no slow answer of the host holds
//! another question up.
//!
//! `context`, `scheme`, `signing`, `codec` and `convert` are public for `seiza-sim` alone, which drives
//! `malachitebft-core-consensus` with the same context, signer and verifier, and without the engine's actors (ADR 12).

mod ballots;
pub mod codec;
mod config;
pub mod context;
pub mod convert;
mod engine;
mod frame;
mod gate;
mod host;
pub mod limits;
mod peers;
mod reply;
pub mod scheme;
mod sets;
mod sign_bytes;
pub mod signing;
mod start;
mod wal;
mod words;

pub use ballots::{Ballot, Ballots, RoundBallots};
pub use config::EngineConfig;
pub use engine::{Engine, EngineError, Failure, Publisher, metrics_text};
pub use peers::Peer;
pub use reply::Reply;
pub use start::start;
pub use words::{Ask, Decision, HeightParams, Proposed, Synced, Timeouts};
