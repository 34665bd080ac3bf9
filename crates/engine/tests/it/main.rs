//! The engine through its public face: clusters over loopback TCP with a host in memory, and what its messages promise.
#![allow(clippy::unwrap_used)] // tests, all of it

mod cluster;
mod codec;
mod evidence;
mod host;
mod plan;
mod signing;
