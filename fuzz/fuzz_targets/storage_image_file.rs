//! Arbitrary bytes in a file of storage's.
#![no_main]

#[path = "../bodies/storage_files.rs"]
#[allow(dead_code)]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::image_file(bytes));
