//! Price-time books and batch clearing; pure, knows no chain.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]
