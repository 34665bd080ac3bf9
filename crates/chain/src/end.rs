//! What a block does after its transactions, as jobs that go through the same executor. Each sees what those before it left.

use seiza_executor::{Intent, Job};
use seiza_modules::fees::{self, FeeParams};
use seiza_state::{Access, Key, StateError};
use seiza_vm::evm::BlockContext;

/// One thing to do at the end of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndJob {
    /// The next block's base fee, wei per gas.
    BaseFee(u64),
}

impl EndJob {
    /// All that is to do at the end of a block which used `gas_used`.
    pub(crate) fn all(context: &BlockContext, params: &FeeParams, gas_used: u64) -> Vec<Self> {
        let next = fees::next_base_fee(params, context.base_fee, gas_used, context.gas_limit);
        (next != context.base_fee).then_some(Self::BaseFee(next)).into_iter().collect()
    }
}

impl Job for EndJob {
    type Output = ();

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        match self {
            Self::BaseFee(_) => declare(&fees::keys::base_fee(), Intent::Write),
        }
    }

    fn run(&self, access: &mut Access<'_>) -> Result<(), StateError> {
        match self {
            Self::BaseFee(wei) => fees::set_base_fee(access, *wei),
        }
        Ok(())
    }
}
