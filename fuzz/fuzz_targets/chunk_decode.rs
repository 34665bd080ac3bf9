//! Arbitrary bytes as a part of a snapshot.
#![no_main]

#[path = "../bodies/chunk_decode.rs"]
mod chunk_decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chunk_decode::chunk_decode(bytes));
