//! A cluster in one thread with a made-up clock and network: the real consensus, mempool, chain and storage of several
//! validators, and everything that can go wrong between them, from one seed.
//!
//! What is real: Malachite's `core-consensus` with the context, signer and verifier of `seiza-engine`; compact proposals,
//! rebuilding, timeliness and speculation of `seiza-consensus`; `seiza-mempool`, `seiza-chain`, `seiza-storage` on files.
//! What is made up: clock, network, the engine's actors and its write-ahead log, who fetches from whom, sync.
//!
//! One seed gives one story, and one digest of it. `docs/testing.md` says how to run it and what it checks.

mod checker;
mod cluster;
mod desk;
mod liar;
pub mod limits;
mod links;
mod message;
mod node;
mod out;
mod profile;
mod report;
mod schedule;
mod story;
mod wal;
mod wallet;
mod workload;

pub use cluster::{Options, run};
pub use node::Sabotage;
pub use profile::Profile;
pub use report::{Counts, Failure, Report};
