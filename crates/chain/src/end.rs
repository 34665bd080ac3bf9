//! What a block does after its transactions, as jobs that go through the same executor. Each sees what those before it left.

use seiza_executor::{Intent, Job};
use seiza_modules::fees::{self, FeeParams};
use seiza_modules::validators;
use seiza_state::{Access, Key, StateError};
use seiza_types::{Evidence, Height, ValidatorUpdate};
use seiza_vm::evm::BlockContext;

/// What a block does to the validators. Ethereum's own tests, which have none, leave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn<'a> {
    /// The block's height.
    pub height: Height,
    /// Changes that take effect two heights later.
    pub updates: &'a [ValidatorUpdate],
    /// Offences that the block makes known.
    pub evidence: &'a [Evidence],
}

/// One thing to do at the end of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndJob<'a> {
    /// The next block's base fee, wei per gas.
    BaseFee(u64),
    /// Whose turn it is, and who was caught.
    Validators(Turn<'a>),
}

impl<'a> EndJob<'a> {
    /// All that is to do at the end of a block which used `gas_used`.
    pub(crate) fn all(context: &BlockContext, params: &FeeParams, gas_used: u64, turn: Option<Turn<'a>>) -> Vec<Self> {
        let next = fees::next_base_fee(params, context.base_fee, gas_used, context.gas_limit);
        let base_fee = (next != context.base_fee).then_some(Self::BaseFee(next));
        base_fee.into_iter().chain(turn.map(Self::Validators)).collect()
    }
}

impl Job for EndJob<'_> {
    type Output = ();

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        match self {
            Self::BaseFee(_) => declare(&fees::keys::base_fee(), Intent::Write),
            Self::Validators(turn) => declare(&validators::keys::set(turn.height + 2), Intent::Write),
        }
    }

    fn run(&self, access: &mut Access<'_>) -> Result<(), StateError> {
        match self {
            Self::BaseFee(wei) => fees::set_base_fee(access, *wei),
            Self::Validators(Turn { height, updates, evidence }) => {
                validators::turn(access, *height, updates)?;
                evidence.iter().for_each(|offence| validators::accuse(access, *height, offence));
            }
        }
        Ok(())
    }
}
