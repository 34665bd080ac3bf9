//! What comes of a transfer, beside its writes.

use seiza_types::{Bytes, Code, Fork, U256};

use crate::evm::block::{BlockContext, FeePolicy};
use crate::evm::outcome::TxOutcome;

/// What a transfer cost, which is all that is to be told of one that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::evm) struct Paid {
    pub(super) gas_used: u64,
    /// Wei per gas.
    pub(super) price: u128,
}

impl Paid {
    /// Wei that the sender pays for gas.
    #[inline]
    pub(super) fn fee(self) -> U256 {
        self.at(self.price)
    }

    /// Wei of it that somebody receives: all but what London burns. The price is the base fee at least.
    #[inline]
    pub(super) fn received(self, block: &BlockContext) -> U256 {
        let burns = block.fees == FeePolicy::Ethereum && block.fork >= Fork::London;
        let burned = if burns { u128::from(block.base_fee) } else { 0 };
        self.at(self.price - burned)
    }

    /// The gas at another price. The transfer's gas limit at its highest price fits 128 bits ([`super::Plain::cost`]).
    #[inline]
    fn at(self, price: u128) -> U256 {
        U256::from(u128::from(self.gas_used) * price)
    }

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
