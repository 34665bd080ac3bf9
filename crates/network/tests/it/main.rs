//! The network over real sockets on loopback: honest nodes, and rogues that speak the protocol badly.
#![allow(clippy::unwrap_used)] // tests, all of it

mod fetching;
mod floods;
mod gossip;
mod handshake;
mod nodes;
mod persistence;
mod rogue;
mod rogues;
mod streams;
mod throughput;
