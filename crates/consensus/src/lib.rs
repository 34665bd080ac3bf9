//! Twin-Turbo's decisions, pure.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]
