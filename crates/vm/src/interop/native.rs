//! What native code did inside an EVM transaction, beside the accounts in the journal.

use seiza_modules::BlockInfo;
use seiza_state::{Access, Checkpoint, StateError, StateRead, WriteSet};
use seiza_types::tx::Signer;
use seiza_types::{Event, U256};

use super::LOG_ADDRESS;
use crate::evm::{BlockContext, Effects, EvmContext, FeePolicy};

/// Native side of one EVM transaction; revm carries it as the context's `chain`.
pub struct Native<'a> {
    /// The transaction's index in its block.
    pub(crate) index: u32,
    /// The block, as native modules are told of it.
    pub(crate) block: BlockInfo,
    /// Whose addresses are still to be linked.
    pub(crate) signer: Option<Signer>,
    /// Whether fees go to the collector.
    pub(crate) collects_fees: bool,
    /// Fee for the collector, in wei.
    pub(crate) fee: U256,
    /// Wei destroyed by self-destruction.
    pub(crate) burned: U256,
    /// State could not be read: the whole transaction is to stop.
    pub(crate) failure: Option<StateError>,
    /// Writes to keys that the journal does not hold.
    pub(super) log: Access<'a>,
    /// Native events.
    pub(super) events: Vec<Event>,
    /// What the log and the events were before each native call; the number of calls that count is in transient storage.
    marks: Vec<(Checkpoint, usize)>,
}

impl<'a> Native<'a> {
    pub(crate) fn new(state: &'a dyn StateRead, block: &BlockContext, signer: Option<Signer>, index: u32) -> Self {
        let collects_fees = block.fees == FeePolicy::Collector;
        Self {
            index,
            block: block.info(),
            signer: signer.filter(|_| collects_fees),
            collects_fees,
            fee: U256::ZERO,
            burned: U256::ZERO,
            failure: None,
            log: Access::unrecorded(state),
            events: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Ends the transaction: why it must stop, if it must, and what is to be written; notes are kept elsewhere.
    pub(crate) fn finish(self) -> (Option<StateError>, Effects) {
        let Self { events, fee, burned, failure, log, marks, .. } = self;
        // Nothing is written before the first mark.
        let writes = if marks.is_empty() { WriteSet::default() } else { log.finish().1 };
        (failure, Effects { writes, events, fee, burned, ..Effects::default() })
    }
}

/// Takes back the native calls that the EVM has reverted since.
pub(super) fn sync(ctx: &mut EvmContext<'_>) {
    let native = &mut ctx.chain;
    if native.marks.is_empty() {
        return;
    }
    let length = ctx.journaled_state.inner.tload(LOG_ADDRESS, U256::ZERO).saturating_to::<usize>();
    if let Some((checkpoint, events)) = native.marks.get(length).copied() {
        native.log.revert(checkpoint);
        native.events.truncate(events);
        native.marks.truncate(length);
    }
}

/// Begins a native call: it will count until the EVM reverts to before this point.
pub(super) fn mark(ctx: &mut EvmContext<'_>) {
    sync(ctx);
    let native = &mut ctx.chain;
    native.marks.push((native.log.checkpoint(), native.events.len()));
    let length = U256::from(native.marks.len());
    ctx.journaled_state.inner.tstore(LOG_ADDRESS, U256::ZERO, length);
}
