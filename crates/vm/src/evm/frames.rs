//! The EVM as its handler sees it: revm's own, except that a creation over bare storage collides (EIP-7610).

use revm::Inspector;
use revm::context::{Evm, FrameStack};
use revm::handler::evm::{ContextDbError, FrameInitResult, FrameTr};
use revm::handler::{EthFrame, EvmTr, FrameInitOrResult, FrameResult, ItemOrResult};
use revm::inspector::InspectorEvmTr;
use revm::interpreter::FrameInput;
use revm::interpreter::interpreter::EthInterpreter;
use revm::interpreter::interpreter_action::FrameInit;
use revm::primitives::KECCAK_EMPTY;
use seiza_types::{Address, B256};

use super::balances::{ObserveBalance as _, is_bare};
use super::instructions::Instructions;
use super::machine::EvmContext;
use crate::precompiles::Precompiles;

type Frame = EthFrame<EthInterpreter>;
type Error<'a> = ContextDbError<EvmContext<'a>>;

/// revm's EVM with our context, instructions and precompiles.
pub(super) type PlainEvm<'a, I> = Evm<EvmContext<'a>, I, Instructions<EvmContext<'a>>, Precompiles, Frame>;

/// The EVM of one transaction.
pub(crate) struct Machine<'a, I>(pub(super) PlainEvm<'a, I>);

impl<'a, I> Machine<'a, I> {
    /// The address that a frame would create at, where EIP-7610 forbids it.
    fn taken(&self, init: &FrameInit) -> Result<Option<Address>, Error<'a>> {
        let FrameInput::Create(inputs) = &init.frame_input else { return Ok(None) };
        let journal = &self.0.ctx.journaled_state;
        let Some(caller) = journal.inner.state.get(&inputs.caller()) else { return Ok(None) };
        let address = inputs.created_address(caller.info.nonce);
        // Whoever is known to have code or a nonce is refused by revm; what has neither now had neither in the state below.
        let is_plain =
            journal.inner.state.get(&address).is_some_and(|account| account.is_created() || !is_bare(&account.info));
        let taken = !is_plain && journal.database.holds_storage_alone(&address)?;
        Ok(taken.then_some(address))
    }

    /// Notes the payment that a frame begins with. From here on code runs, which sees what is empty.
    fn observe(&mut self, init: &FrameInit) {
        let ctx = &mut self.0.ctx;
        ctx.journaled_state.database.shows_emptiness = true;
        let (payer, value) = match &init.frame_input {
            FrameInput::Call(inputs) => (inputs.caller, inputs.transfer_value().unwrap_or_default()),
            FrameInput::Create(inputs) => (inputs.caller(), inputs.value()),
            FrameInput::Empty => return,
        };
        if !value.is_zero() {
            ctx.observe_payment(payer, value);
        }
    }

    /// Makes `address` look as if code stood there, or takes that back. revm asks for code and nonce when it looks for a
    /// collision, not for storage.
    fn disguise(&mut self, address: Address, taken: bool) {
        self.0.ctx.journaled_state.database.taken = taken.then_some(address);
        if let Some(account) = self.0.ctx.journaled_state.inner.state.get_mut(&address) {
            let hash = if taken { B256::ZERO } else { KECCAK_EMPTY };
            account.info.code_hash = hash;
            account.original_info_mut().code_hash = hash;
        }
    }
}

impl<'a, I> EvmTr for Machine<'a, I> {
    type Context = EvmContext<'a>;
    type Instructions = Instructions<EvmContext<'a>>;
    type Precompiles = Precompiles;
    type Frame = Frame;

    fn all(&self) -> (&EvmContext<'a>, &Self::Instructions, &Precompiles, &FrameStack<Frame>) {
        self.0.all()
    }

    fn all_mut(&mut self) -> (&mut EvmContext<'a>, &mut Self::Instructions, &mut Precompiles, &mut FrameStack<Frame>) {
        self.0.all_mut()
    }

    fn frame_init(&mut self, init: FrameInit) -> Result<FrameInitResult<'_, Frame>, Error<'a>> {
        self.observe(&init);
        let Some(address) = self.taken(&init)? else { return self.0.frame_init(init) };
        self.disguise(address, true);
        let collided = self.0.frame_init(init).map(|begun| begun.map_item(|_| ()));
        self.disguise(address, false);
        match collided? {
            ItemOrResult::Result(result) => Ok(ItemOrResult::Result(result)),
            ItemOrResult::Item(()) => unreachable!("revm creates nothing where code stands"),
        }
    }

    fn frame_run(&mut self) -> Result<FrameInitOrResult<Frame>, Error<'a>> {
        self.0.frame_run()
    }

    fn frame_return_result(
        &mut self,
        result: <Frame as FrameTr>::FrameResult,
    ) -> Result<Option<FrameResult>, Error<'a>> {
        self.0.frame_return_result(result)
    }
}

impl<'a, I: Inspector<EvmContext<'a>>> InspectorEvmTr for Machine<'a, I> {
    type Inspector = I;

    fn all_inspector(&self) -> (&EvmContext<'a>, &Self::Instructions, &Precompiles, &FrameStack<Frame>, &I) {
        self.0.all_inspector()
    }

    fn all_mut_inspector(
        &mut self,
    ) -> (&mut EvmContext<'a>, &mut Self::Instructions, &mut Precompiles, &mut FrameStack<Frame>, &mut I) {
        self.0.all_mut_inspector()
    }
}
