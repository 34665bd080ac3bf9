//! Twin-Turbo's decisions, pure: how a proposal travels in a few bytes, how a block is put together from what the mempool
//! holds, whom to ask for the rest, which blocks to execute before they are decided, and when a proposal is timely.
//!
//! The engine votes; these modules decide what it votes on. Nothing here has a clock, a socket or a thread: time comes in
//! as numbers, what shall be done goes out as values, and whoever holds the sockets does it.
//!
//! # The way of a proposal
//! | # | where | what |
//! |---|---|---|
//! | 1 | proposer | [`compact::CompactProposal::of`] its block; published before the engine's own proposal |
//! | 2 | receiver | [`compact::CompactProposal::decode`], bounded; [`proposals::Proposals`] where its time has not come |
//! | 3 | | [`compact::CompactProposal::verify`]: chain, proposer of the round, signature; [`timely`] |
//! | 4 | | [`rebuild::Rebuild`]: ids against the mempool |
//! | 5 | | [`fetch::Fetch`]: the missing ones from the proposer, then from others, then the whole block as [`parts`] |
//! | 6 | | the block, its data hash compared; durable; then [`speculation::Speculation`] starts its execution |
//! | 7 | decided | the execution is adopted by hash, or done now; [`evidence::EvidencePool`] notes what the block held |
//!
//! # Promises
//! - Bounded: every message, buffer and wait has its bound in [`limits`].
//! - Blame is exact: each error says whether the proposer or the peer that sent something is at fault.
//! - Equal calls give equal answers, in order.
//!
//! `docs/spec/twin-turbo.md` states the rules and names the test of each.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]

pub mod compact;
pub mod evidence;
pub mod fetch;
pub mod limits;
pub mod parts;
pub mod proposals;
pub mod rebuild;
pub mod speculation;
pub mod timely;
