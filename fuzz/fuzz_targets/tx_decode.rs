//! Arbitrary bytes as a transaction.
#![no_main]

#[path = "../bodies/tx_decode.rs"]
mod tx_decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tx_decode::tx_decode(bytes));
