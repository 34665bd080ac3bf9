//! Native modules, one folder each of one shape: `mod.rs` (promise and API), `msg.rs`, `keys.rs`, `params.rs`,
//! `genesis.rs`, `event.rs`, `tests.rs`, as far as a module has them.
//!
//! A module reads and writes state through its [`Ctx`] alone, checks every rule before its first write, and never sees a
//! clock, a disk or another module's keys: what it needs of another module it asks by that module's functions.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]

pub mod auth;
pub mod bank;
mod ctx;
mod error;
pub mod exchange;
pub mod fees;
pub mod validators;

pub use ctx::{BlockInfo, Call, Ctx, Dispatch, GasMeter, Place};
pub use error::ModuleError;

use seiza_state::StateRead;
use seiza_types::Address;
use seiza_types::tx::Message;

/// Has the module concerned do what `message` asks on behalf of `sender`; answers the protobuf bytes of the response. On error
/// the caller reverts all writes.
///
/// # Errors
/// Those of the module.
pub fn handle(ctx: &mut Ctx<'_>, sender: Address, message: &Message) -> Result<Vec<u8>, ModuleError> {
    match message {
        Message::Send { .. } => bank::Bank::handle(ctx, sender, message).map(|()| Vec::new()),
        Message::Exchange(msg) => Ok(exchange::handle(ctx, sender, msg)?.encode()),
    }
}

/// The one shape of a native module.
pub trait Module {
    /// The module's name, as in events and errors.
    const NAME: &'static str;
    /// What genesis says to it.
    type Genesis;
    /// Messages it handles.
    type Msg;

    /// Writes the genesis state.
    ///
    /// # Errors
    /// Those of the module's own checks: a genesis that breaks an invariant is refused.
    fn init_genesis(ctx: &mut Ctx<'_>, genesis: &Self::Genesis) -> Result<(), ModuleError>;

    /// Does what `msg` asks on behalf of `sender`. On error the caller reverts all writes.
    ///
    /// # Errors
    /// Whatever rule the message breaks.
    fn handle(ctx: &mut Ctx<'_>, sender: Address, msg: &Self::Msg) -> Result<(), ModuleError>;

    /// Runs before a block's transactions.
    ///
    /// # Errors
    /// Fatal ones only.
    fn begin_block(_ctx: &mut Ctx<'_>) -> Result<(), ModuleError> {
        Ok(())
    }

    /// Runs after a block's transactions.
    ///
    /// # Errors
    /// Fatal ones only.
    fn end_block(_ctx: &mut Ctx<'_>) -> Result<(), ModuleError> {
        Ok(())
    }

    /// What must hold after every block; asked in tests and by `seiza db verify`.
    ///
    /// # Errors
    /// A sentence that says what does not hold.
    fn invariants(_view: &dyn StateRead) -> Result<(), String> {
        Ok(())
    }
}
