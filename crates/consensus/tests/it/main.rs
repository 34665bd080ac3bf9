//! Tests of Twin-Turbo's decisions through their public face: stories, tables, every refusal, arbitrary bytes.
#![allow(clippy::unwrap_used)] // tests, all of it

mod arbitrary_bytes;
mod compact;
mod evidence;
mod fetch;
mod fetch_world;
mod forge;
mod parts;
mod proposals;
mod rebuild;
mod speculation;
mod timely;

#[path = "../../../../fuzz/bodies/compact_decode.rs"]
mod compact_decode;
#[path = "../../../../fuzz/bodies/part_decode.rs"]
mod part_decode;
