//! One transaction: Ethereum's go to the EVM, Cosmos' to the modules, by one shape of result.

use seiza_executor::Intent;
use seiza_state::{Access, Key, StateError};
use seiza_types::tx::Body;
use seiza_types::{Address, Bytes, Code, Event, Log, Receipt, VerifiedTx};
use seiza_vm::evm::{BlockContext, EvmError, Session};

use crate::{cosmos, declare};

/// A transaction of a block, ready to run.
pub(crate) struct TxJob<'a> {
    pub(crate) tx: &'a VerifiedTx,
    pub(crate) context: &'a BlockContext,
    /// Its index in the block.
    pub(crate) index: u32,
    /// Keys that it touched when it was tried out, if it was.
    pub(crate) learned: Option<&'a [(Key, Intent)]>,
}

/// What a transaction did, before the block numbers its logs and sums its gas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TxResult {
    pub(crate) code: Code,
    pub(crate) gas_used: u64,
    pub(crate) effective_gas_price: u128,
    pub(crate) contract_address: Option<Address>,
    pub(crate) logs: Vec<Log>,
    pub(crate) events: Vec<Event>,
    /// What a Cosmos transaction's messages answered.
    pub(crate) data: Bytes,
}

impl TxResult {
    /// The result of a transaction that could not run at all: no effect, no fee.
    pub(crate) fn skipped() -> Self {
        Self {
            code: Code::Skipped,
            gas_used: 0,
            effective_gas_price: 0,
            contract_address: None,
            logs: Vec::new(),
            events: Vec::new(),
            data: Bytes::new(),
        }
    }

    /// The receipt, as of the only transaction of a block: [`Sums::number`] puts it in its place.
    pub(crate) fn receipt(self, tx: &VerifiedTx) -> Receipt {
        let (evm_type, to) = match &tx.body {
            Body::Evm(evm) => (Some(evm.tx_type() as u8), alloy_consensus::Transaction::to(evm)),
            Body::Cosmos(_) => (None, None),
        };
        Receipt {
            tx_hash: tx.hash,
            evm_type,
            sender: tx.signer.address,
            to,
            code: self.code,
            gas_wanted: tx.gas_limit,
            gas_used: self.gas_used,
            cumulative_gas_used: self.gas_used,
            effective_gas_price: self.effective_gas_price,
            contract_address: self.contract_address,
            first_log_index: 0,
            logs: self.logs,
            events: self.events,
            data: self.data,
        }
    }
}

/// What a block's receipts come to, as far as they are numbered.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    pub(crate) gas_used: u64,
    logs: u64,
}

impl Sums {
    /// Sums gas and numbers logs through the next receipts.
    pub(crate) fn number(&mut self, receipts: &mut [Receipt]) {
        for receipt in receipts {
            self.gas_used += receipt.gas_used;
            (receipt.cumulative_gas_used, receipt.first_log_index) = (self.gas_used, self.logs);
            self.logs += receipt.logs.len() as u64;
        }
    }
}

impl TxJob<'_> {
    /// Tells what it expects to do with which key.
    pub(crate) fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        match self.learned {
            Some(keys) => keys.iter().for_each(|(key, intent)| declare(key, *intent)),
            None => declare::by_type(self.tx, declare),
        }
    }

    /// Adds the hashes of keys that it is bound to read.
    pub(crate) fn foresee(&self, hashes: &mut Vec<u64>) {
        match self.learned {
            Some(keys) => hashes.extend(keys.iter().map(|(key, _)| key.hash64())),
            None => declare::foresee(self.tx, hashes),
        }
    }

    /// Runs it after the others of its session.
    ///
    /// # Errors
    /// Those of state.
    pub(crate) fn run_in(&self, session: &mut Session<'_>, access: &mut Access<'_>) -> Result<Receipt, StateError> {
        Ok(self.result(session, access)?.receipt(self.tx))
    }

    /// Runs it alone.
    ///
    /// # Errors
    /// As [`TxJob::run_in`].
    pub(crate) fn run(&self, access: &mut Access<'_>) -> Result<Receipt, StateError> {
        let mut session = Session::new(self.context);
        let receipt = self.run_in(&mut session, access)?;
        session.flush(access)?;
        Ok(receipt)
    }
}

impl TxJob<'_> {
    fn result(&self, session: &mut Session<'_>, access: &mut Access<'_>) -> Result<TxResult, StateError> {
        match &self.tx.body {
            Body::Evm(tx) => match session.transact(access, tx, &self.tx.signer, self.index) {
                Ok(outcome) => Ok(TxResult {
                    code: outcome.code,
                    gas_used: outcome.gas_used,
                    effective_gas_price: outcome.effective_gas_price,
                    contract_address: outcome.contract_address,
                    logs: outcome.logs,
                    events: outcome.events,
                    data: Bytes::new(),
                }),
                Err(EvmError::Invalid(_)) => Ok(TxResult::skipped()),
                Err(EvmError::State(error)) => Err(error),
                Err(error @ EvmError::Internal(_)) => Err(StateError::Io(error.to_string())),
            },
            Body::Cosmos(tx) => {
                session.flush(access)?;
                cosmos::run(access, self.context, self.tx, tx, self.index)
            }
        }
    }
}
