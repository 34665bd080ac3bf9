//! Plain transfers without the EVM: no code runs in them, so nothing is left of the EVM but its rules for transactions.
//!
//! A [`Ledger`] makes consecutive transfers where every rule is met and nothing about them is intricate; one alone is a
//! ledger of one.

mod entry;
mod fees;
mod ledger;
mod paid;
mod plain;
mod table;

use seiza_state::{StateError, StateWrite};

pub(super) use self::ledger::Ledger;
pub(super) use self::paid::Paid;
pub(super) use self::plain::Plain;
use super::block::BlockContext;
use super::outcome::TxOutcome;

/// Makes the transfer; `None` where it is left to the EVM, with nothing written.
///
/// # Errors
/// Those of state.
pub(super) fn attempt(
    state: &mut dyn StateWrite,
    block: &BlockContext,
    tx: &Plain<'_>,
) -> Result<Option<TxOutcome>, StateError> {
    let mut ledger = Ledger::new();
    let Some(paid) = ledger.attempt(&*state, block, tx)? else { return Ok(None) };
    ledger.flush(state)?;
    Ok(Some(paid.outcome()))
}
