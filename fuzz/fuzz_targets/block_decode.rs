//! Arbitrary bytes as a block.
#![no_main]

#[path = "../bodies/block_decode.rs"]
mod block_decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| block_decode::block_decode(bytes));
