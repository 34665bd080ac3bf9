//! Storage as its users see it: stories told through the public API.
#![allow(clippy::unwrap_used)] // a test that cannot go on has failed

mod arbitrary_files;
mod archive;
mod budget;
mod chain;
#[path = "../../../../fuzz/bodies/chunk_decode.rs"]
mod chunk_decode;
mod cost;
mod crash;
mod faults;
mod history;
mod history_cost;
mod proof;
mod prune;
mod readers;
mod story;
mod sync;
mod sync_bytes;
mod torture;
mod undecided;
mod upkeep;
