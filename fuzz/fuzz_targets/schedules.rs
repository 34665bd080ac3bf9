//! Arbitrary bytes as a block of jobs, in every mode.
#![no_main]

#[path = "../bodies/schedules.rs"]
mod schedules;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| schedules::schedules(bytes));
