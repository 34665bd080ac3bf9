//! What an EVM is put together from for one transaction: parts that each thread keeps.
//!
//! A new EVM costs four times as much as a transfer. Everything in it that does not depend on the state's lifetime (call
//! frames, memory, journal tables, warm precompiles, gas tables) is therefore kept by the thread and lent to one
//! transaction at a time; a second transaction on the same thread at the same time (a simulation inside another's callback)
//! simply builds its own.

use std::cell::RefCell;

use revm::context::journal::JournalInner;
use revm::context::{BlockEnv, CfgEnv, FrameStack, JournalEntry, LocalContext};
use revm::handler::EthFrame;
use revm::interpreter::interpreter::EthInterpreter;
use revm::primitives::hardfork::SpecId;
use revm::state::EvmState;

use super::block::{BlockContext, FeePolicy};
use super::env::Checks;
use super::keccak;
use super::notes::Notes;
use crate::precompiles::Precompiles;

/// Accounts that a kept journal table may have room for; a larger one is given back to the allocator.
pub(super) const KEPT_ACCOUNTS_MAX: usize = 1024;

/// What a thread keeps between transactions: lent to the machine while one runs.
pub(super) struct Parts(pub(super) Option<Core>);

/// An EVM without the state below and the transaction.
pub(super) struct Core {
    pub(super) journal: JournalInner<JournalEntry>,
    pub(super) notes: Notes,
    pub(super) cfg: Box<CfgEnv>,
    pub(super) block: Box<BlockEnv>,
    pub(super) local: LocalContext,
    pub(super) precompiles: Precompiles,
    pub(super) frames: FrameStack<EthFrame<EthInterpreter>>,
}

impl Core {
    fn new() -> Self {
        Self {
            journal: JournalInner::new(),
            notes: Notes::default(),
            cfg: Box::new(CfgEnv::new_with_spec(SpecId::PRAGUE)),
            block: Box::default(),
            local: LocalContext::default(),
            precompiles: Precompiles::new(SpecId::PRAGUE),
            frames: FrameStack::new_prealloc(8),
        }
    }
}

thread_local! {
    static PARTS: RefCell<Option<Box<Parts>>> = const { RefCell::new(None) };
}

impl Parts {
    pub(super) fn new() -> Self {
        keccak::begin();
        Self(Some(Core::new()))
    }

    /// The thread's parts, or new ones where they are in use.
    pub(super) fn take() -> Box<Self> {
        PARTS.with_borrow_mut(Option::take).unwrap_or_else(|| Box::new(Self::new()))
    }

    /// Gives the tables of a run that is written to the parts that the thread has kept.
    pub(super) fn reuse_kept(state: EvmState, notes: Notes) {
        PARTS.with_borrow_mut(|kept| {
            if let Some(parts) = kept {
                parts.reuse(state, notes);
            }
        });
    }

    /// Hands the parts back, with nothing in the journal.
    pub(super) fn keep(self: Box<Self>) {
        PARTS.with_borrow_mut(|kept| *kept = Some(self));
    }

    /// Sets the parts up for a block.
    pub(super) fn configure(&mut self, block: &BlockContext, checks: Checks) {
        let Core { cfg, block: block_env, journal, precompiles, .. } = self.core();
        set_rules(cfg, block, checks);
        **block_env = block.env();
        if precompiles.set_native(block.fees == FeePolicy::Collector) {
            // The old one has the other precompiles warm.
            *journal = JournalInner::new();
        }
        journal.set_spec_id(block.spec());
        journal.set_eip7708_config(cfg.amsterdam_eip7708_disabled, cfg.amsterdam_eip8246_delayed_clear_disabled);
    }

    /// The accounts in the journal.
    pub(super) fn held(&self) -> &EvmState {
        &self.0.as_ref().expect("a machine gives it back when its transaction ends").journal.state
    }

    /// What no machine has at present.
    pub(super) fn core(&mut self) -> &mut Core {
        self.0.as_mut().expect("a machine gives it back when its transaction ends")
    }

    /// Forgets what is in the journal.
    pub(super) fn clear(&mut self) {
        let core = self.core();
        let state = core.journal.finalize();
        let notes = std::mem::take(&mut core.notes);
        self.reuse(state, notes);
    }

    /// Takes back the tables of a run that is written.
    pub(super) fn reuse(&mut self, mut state: EvmState, mut notes: Notes) {
        if state.capacity() <= KEPT_ACCOUNTS_MAX {
            state.clear();
            notes.clear();
            let core = self.core();
            (core.journal.state, core.notes) = (state, notes);
        }
    }
}

/// Sets the rules that a transaction of the block is held to.
fn set_rules(cfg: &mut CfgEnv, block: &BlockContext, checks: Checks) {
    if cfg.spec != block.spec() {
        cfg.set_spec_and_mainnet_gas_params(block.spec());
    }
    cfg.chain_id = block.chain_id;
    cfg.max_blobs_per_tx = Some(block.blobs_max());
    cfg.disable_nonce_check = !checks.nonce;
    cfg.disable_balance_check = !checks.balance;
    cfg.disable_base_fee = !checks.base_fee;
    cfg.disable_eip3607 = !checks.sender;
    cfg.disable_block_gas_limit = !checks.block_gas;
}
