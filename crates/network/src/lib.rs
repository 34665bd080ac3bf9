//! Peers, transaction gossip and fetch, block bodies: the node's own libp2p swarm, beside the engine's.
//!
//! [`start`] gives a [`Network`], the handle by which the node tells and asks, and a channel of [`Event`]s.
//!
//! # Who talks
//! TCP, encrypted and authenticated by noise under an ed25519 identity. The first message on every connection is a hello
//! (chain, genesis, version, name, a validator's proof); who does not fit is refused with the field's name, and nothing
//! else is served before. Persistent peers are dialled for ever; others are found by asking peers for peers.
//!
//! # What is said
//! Transactions are announced by hash in batches, small new ones pushed whole; what is missing is fetched. Blocks' missing
//! transactions and parts are fetched by the block's hash. Evidence floods.
//! Snapshots are fetched by parts.
//!
//! # Promises
//! - One task owns the swarm; no lock is held across an await.
//! - Every message is bounded before it is read into memory, every queue and table has its bound in `limits.rs`.
//! - Bytes from peers never panic; a peer's faults are scored, and enough of them ban it.
//! - The handle never blocks; each wait has its timeout.
//!
//! `docs/spec/network.md` states formats, bounds and points, and names the test of each promise.

mod backoff;
mod book;
mod bucket;
mod codec;
mod command;
mod config;
mod event;
mod figures;
mod gate;
mod handle;
mod handshake;
mod hub;
mod known;
mod lane;
pub mod limits;
mod score;
mod start;
pub mod wire;

pub use command::FetchError;
pub use config::{NetworkConfig, NetworkError};
pub use event::{Announced, Direction, Event, PeerInfo};
pub use figures::{Counters, Figures, Kind, Traffic};
pub use handle::Network;
pub use libp2p::PeerId;
pub use limits::{Limits, Rate};
pub use score::{BAN_POINTS, Fault};
pub use start::start;
pub use wire::{Item, Offer, Piece};
