//! Arbitrary bytes as a compact proposal.
#![no_main]

#[path = "../bodies/compact_decode.rs"]
mod compact_decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| compact_decode::compact_decode(bytes));
