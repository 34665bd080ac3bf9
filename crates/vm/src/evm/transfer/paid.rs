//! What comes of a transfer, beside its writes.

use seiza_types::{Bytes, Code};

use crate::evm::outcome::TxOutcome;

/// What a transfer cost, which is all that is to be told of one that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::evm) struct Paid {
    pub(super) gas_used: u64,
    /// Wei per gas.
    pub(super) price: u128,
}

impl Paid {
    /// The transfer's outcome.
    #[inline]
    pub(in crate::evm) fn outcome(self) -> TxOutcome {
        TxOutcome {
            code: Code::Ok,
            gas_used: self.gas_used,
            gas_refunded: 0,
            output: Bytes::new(),
            logs: Vec::new(),
            contract_address: None,
            effective_gas_price: self.price,
            events: Vec::new(),
        }
    }
}
