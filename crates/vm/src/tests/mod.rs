//! Stories of the EVM on the keyed state. Each checks afterwards that the bank's supply is the sum of its balances.

mod asm;
mod callbacks;
mod custody;
mod door;
mod exchange;
mod forks;
mod history;
mod interop;
mod journals;
mod precompiles;
mod random;
mod refusals;
mod runs;
mod sessions;
mod simulation;
mod transactions;
mod transfers;
mod world;
