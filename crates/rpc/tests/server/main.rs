//! The whole server over a real chain and real sockets: requests as clients write them, answers as they come over the wire.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod blocks;
mod calls;
mod client;
mod exchange;
mod execution;
mod fees;
mod filters;
mod identity;
mod logs;
mod pending;
mod protocol;
mod raw;
mod sending;
mod settlement;
mod simulating;
mod subscribing;
mod tracing;
mod wallet;
mod world;
