//! Arbitrary bytes as a history of batches.
#![no_main]

#[path = "../../crates/orderbook/tests/it/history.rs"]
mod history;
#[path = "../../crates/orderbook/tests/it/judge.rs"]
mod judge;
#[path = "../../crates/orderbook/tests/it/naive.rs"]
mod naive;
#[path = "../../crates/orderbook/tests/it/naive_book.rs"]
mod naive_book;
#[path = "../bodies/orderbook_clear.rs"]
mod orderbook_clear;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    orderbook_clear::orderbook_clear(bytes);
    let tight = seiza_orderbook::Limits { resting_read: 3, triggers: 2, rounds: 1 };
    orderbook_clear::orderbook_clear_within(tight, bytes);
});
