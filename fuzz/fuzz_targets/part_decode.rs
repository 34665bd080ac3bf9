//! Arbitrary bytes as a part of a block.
#![no_main]

#[path = "../bodies/part_decode.rs"]
mod part_decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| part_decode::part_decode(bytes));
