//! Consecutive transactions of a block, run one after the other by one thread.
//!
//! What one transaction leaves, the next mostly reads: a session may hold it in the meantime, in the form in which it is
//! computed with, instead of writing it out key by key and reading it back. Outcomes and, once it is flushed, state are
//! those of [`transact`](super::transact) for each transaction.

use seiza_state::{StateError, StateWrite};
use seiza_types::tx::{EvmTx, Signer};

use super::block::BlockContext;
use super::env::CallEnv;
use super::error::EvmError;
use super::outcome::TxOutcome;
use super::shared::SharedJournal;
use super::transfer::{Ledger, Plain};

/// What consecutive transactions share. Every call gets the same state; whoever wants to see in it what they did, or to let
/// somebody else write there, flushes first.
pub struct Session<'b> {
    block: &'b BlockContext,
    /// Consecutive transfers; written before anything else runs.
    transfers: Ledger,
    /// What ran in the EVM.
    journal: SharedJournal,
}

impl<'b> Session<'b> {
    /// A session in which nothing has run.
    #[must_use]
    pub fn new(block: &'b BlockContext) -> Self {
        Self { block, transfers: Ledger::new(), journal: SharedJournal::default() }
    }

    /// As [`transact`](super::transact), but the session may hold back what is written.
    ///
    /// # Errors
    /// As [`transact`](super::transact). After [`EvmError::State`] neither session nor state are of use.
    pub fn transact(
        &mut self,
        state: &mut dyn StateWrite,
        tx: &EvmTx,
        signer: &Signer,
        index: u32,
    ) -> Result<TxOutcome, EvmError> {
        if let Some(plain) = Plain::of(tx, signer)
            && self.journal.is_no_party_of(&plain)
            && let Some(paid) = self.transfers.attempt(&*state, self.block, &plain)?
        {
            return Ok(paid.outcome());
        }
        self.flush_transfers(state)?;
        self.journal.transact(state, self.block, &|| CallEnv { index, ..CallEnv::of(tx, signer) })
    }

    /// Writes the transfers; what they pay to a coinbase that the journal holds goes there.
    fn flush_transfers(&mut self, state: &mut dyn StateWrite) -> Result<(), StateError> {
        if self.transfers.is_empty() {
            return Ok(());
        }
        if let Some(balance) = self.journal.coinbase(self.block) {
            self.journal.credit(self.block.coinbase, balance, self.transfers.take_fees());
        }
        self.transfers.flush(state)
    }

    /// Writes what was held back, and forgets it.
    ///
    /// # Errors
    /// Those of state.
    pub fn flush(&mut self, state: &mut dyn StateWrite) -> Result<(), StateError> {
        self.flush_transfers(state)?;
        self.journal.flush(state)
    }
}
