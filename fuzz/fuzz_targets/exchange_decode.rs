//! Arbitrary bytes as messages and outcomes of the exchange.
#![no_main]

#[path = "../bodies/exchange_decode.rs"]
mod exchange_decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exchange_decode::exchange_decode(bytes));
