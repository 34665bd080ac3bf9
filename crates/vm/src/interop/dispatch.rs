//! The door: a call of code of one kind from another.

use seiza_modules::{Call, Ctx, Dispatch, ModuleError, auth};
use seiza_types::tx::Message;
use seiza_types::{Address, Bytes, Code, U256};

use crate::evm::{self, BlockContext, CallEnv, Checks, EvmError};

/// Calls that may be nested through the door, whatever their kinds.
pub const DOOR_DEPTH_MAX: usize = 8;

/// Where native code finds contracts, and contracts find native code. One door serves one transaction, or one end of a
/// block; what it does goes to the state, meter and events of the context it is given.
#[derive(Debug)]
pub struct Door<'b> {
    block: &'b BlockContext,
    depth: usize,
    inside_evm: bool,
}

impl<'b> Door<'b> {
    /// A door for native code outside the EVM: a Cosmos transaction, or the end of a block.
    #[must_use]
    pub fn new(block: &'b BlockContext) -> Self {
        Self { block, depth: 0, inside_evm: false }
    }

    /// A door for native code that an EVM transaction has called ([`super::Bridge`]).
    #[must_use]
    pub fn inside_evm(block: &'b BlockContext) -> Self {
        Self { inside_evm: true, ..Self::new(block) }
    }

    /// A contract call with the gas that is left; the caller pays for it by its meter, not in coin.
    fn call_evm(
        &self,
        ctx: &mut Ctx<'_>,
        caller: Address,
        to: Address,
        value: U256,
        input: Bytes,
    ) -> Result<Bytes, ModuleError> {
        if self.inside_evm {
            // A second EVM on top of the first would not see its transient storage: locks kept there would not hold.
            return Err(ModuleError::Rejected("native code called by a contract cannot call contracts"));
        }
        let nonce = auth::account(ctx.state, &caller)?;
        let gas = ctx.gas.left();
        let env = CallEnv { from: caller, to: Some(to), gas, value, input, index: ctx.place.tx, ..CallEnv::default() };
        let called = evm::call(&*ctx.state, self.block, env, Checks { balance: true, ..Checks::NONE });
        let done = called.map_err(refused)?;
        let outcome = done.outcome();
        let limit = ctx.gas.used() + ctx.gas.left();
        ctx.gas.charge(outcome.gas_used)?;
        match outcome.code {
            Code::Ok => {}
            Code::OutOfGas => return Err(ModuleError::OutOfGas { limit }),
            _ => return Err(ModuleError::Rejected("the called contract failed")),
        }
        done.commit(ctx.state)?;
        // The EVM counts every call from outside as a transaction; the caller's own one has counted already.
        match nonce {
            Some(account) => auth::set_account(ctx.state, &caller, &account),
            None => ctx.state.delete(auth::keys::account(&caller)),
        }
        ctx.events.extend(outcome.events);
        Ok(outcome.output)
    }

    fn call_native(ctx: &mut Ctx<'_>, caller: Address, message: &Message) -> Result<Bytes, ModuleError> {
        Ok(seiza_modules::handle(ctx, caller, message)?.into())
    }
}

impl Dispatch for Door<'_> {
    /// # Errors
    /// The callee's. An EVM callee's writes are gone then; after a native failure the caller reverts to its own checkpoint.
    fn dispatch(&mut self, ctx: &mut Ctx<'_>, caller: Address, call: Call) -> Result<Bytes, ModuleError> {
        if self.depth >= DOOR_DEPTH_MAX {
            return Err(ModuleError::Rejected("calls between native code and contracts are nested too deeply"));
        }
        self.depth += 1;
        let answer = match call {
            Call::Native(message) => Self::call_native(ctx, caller, &message),
            Call::Evm { to, value, input } => self.call_evm(ctx, caller, to, value, input),
            Call::Wasm { .. } => Err(ModuleError::Rejected("CosmWasm contracts cannot be called yet")),
        };
        self.depth -= 1;
        answer
    }
}

fn refused(error: EvmError) -> ModuleError {
    match error {
        EvmError::State(error) => ModuleError::State(error),
        EvmError::Invalid(_) => ModuleError::Rejected("the contract cannot be called: funds or gas are missing"),
        EvmError::Internal(_) => ModuleError::Rejected("the contract cannot be called: the EVM refused"),
    }
}
