//! Settlement call-backs as jobs: after matching, through the same executor as everything else, in market, then venue order.

use seiza_executor::{Intent, Job};
use seiza_state::{Access, Key, StateError, StateRead};
use seiza_types::exchange::{MarketOutcome, VenueCall};
use seiza_vm::callback::{self, CallBack};
use seiza_vm::evm::BlockContext;

/// One call-back.
pub(crate) struct CallBackJob<'a> {
    call: CallBack<'a>,
    context: &'a BlockContext,
}

impl<'a> CallBackJob<'a> {
    /// All that a block's outcomes call for.
    pub(crate) fn all(
        state: &dyn StateRead,
        outcomes: &'a [MarketOutcome],
        context: &'a BlockContext,
    ) -> Result<Vec<Self>, StateError> {
        Ok(callback::due(state, outcomes)?.into_iter().map(|call| Self { call, context }).collect())
    }
}

impl Job for CallBackJob<'_> {
    type Output = VenueCall;

    /// Nothing is known of what contracts touch.
    fn declare(&self, _: &mut dyn FnMut(&Key, Intent)) {}

    fn run(&self, access: &mut Access<'_>) -> Result<VenueCall, StateError> {
        self.call.run(access, self.context)
    }
}
