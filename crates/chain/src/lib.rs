//! The state machine: check, build, execute, commit.
//!
//! [`Chain`] is shared by everyone who asks and by the one who decides; all its methods take `&self`. What it executes is a
//! value ([`Executed`]): dropping it discards it, only [`Chain::commit`] writes it. The header of height H carries the app
//! hash and the results hash after H-1, so that a vote never waits for execution.
//!
//! | step | call |
//! |---|---|
//! | a transaction arrives | [`Chain::check`] |
//! | a proposer builds | [`Chain::build`] |
//! | a validator receives | [`Chain::validate`] |
//! | beside voting | [`Chain::execute`] |
//! | decided | [`Chain::decide`], then [`Chain::commit`] |
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]

mod block;
mod callbacks;
mod chain;
mod check;
mod chunk;
mod cosmos;
mod declare;
mod end;
mod error;
mod execute;
mod footprint;
mod genesis;
mod header;
mod hints;
mod read;
mod run;
mod simulate;
#[cfg(test)]
mod tests;
mod tx;
mod validators;

pub use block::VerifiedBlock;
pub use chain::Chain;
pub use end::Turn;
pub use error::{ChainError, CheckError, EvidenceRefusal, InvalidBlock};
pub use execute::{BlockInput, BlockOutput, Executed};
pub use footprint::learn;
pub use genesis::{Genesis, GenesisValidator, GenesisValidatorChange};
pub use header::Position;
pub use hints::{Footprint, Hints};
pub use run::{Unhashed, prevrandao};
pub use seiza_executor::{Cancel, Intent, Mode, Options, Stats, Tuning, WorkerStats, measure_with};
pub use seiza_modules as modules;
pub use seiza_state as state;
pub use seiza_vm::evm;
pub use simulate::Simulated;
