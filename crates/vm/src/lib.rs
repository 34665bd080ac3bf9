//! Foreign code on our state: the EVM, precompiles, and the one door between them.
//!
//! [`evm`] runs Ethereum transactions on the keyed state through `revm`, [`precompiles`] are the native contracts that they
//! may call, [`interop`] lets native code see and change the state in the middle of an EVM transaction, so that one revert
//! undoes the effects of both, [`callback`] tells contracts of venues what a block's end did to their orders.
//!
//! Promises: no clock, disk or entropy; what is written depends on the state read and the arguments alone; a failure to read
//! state (a scheduler's [`seiza_state::StateError::Blocked`] too) comes out as it was and is never taken for a revert.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]

pub mod callback;
pub mod evm;
pub mod interop;
pub mod precompiles;

#[cfg(test)]
mod tests;
