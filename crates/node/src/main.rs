//! The binary `seiza`.
fn main() {}
