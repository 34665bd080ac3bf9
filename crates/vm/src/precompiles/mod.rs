//! Native contracts that EVM code calls at fixed addresses, beside Ethereum's own precompiles.
//!
//! Addresses and ABIs are Sei's, so that existing contracts and front ends work unchanged. A precompile answers, reverts
//! with an `Error(string)`, or runs out of gas; what it changed goes through [`crate::interop`] and is undone with the frame
//! that called it. State that cannot be read stops the whole transaction.

mod addr;
mod bank;
mod call;
pub mod exchange;
mod gas;
mod json;

use revm::handler::{EthPrecompiles, PrecompileProvider};
use revm::interpreter::{CallInputs, InterpreterResult};
use revm::primitives::AddressSet;
use revm::primitives::hardfork::SpecId;
use seiza_modules::auth;
use seiza_state::StateWrite;
pub use seiza_types::exchange::EXCHANGE_ADDRESS;
use seiza_types::{Address, Bytes};

use crate::evm::{self, EvmContext};
use call::{Call, Failure};

/// Balances of every denom.
pub const BANK_ADDRESS: Address = numbered(0x1001);
/// Fields of a JSON text.
pub const JSON_ADDRESS: Address = numbered(0x1003);
/// The two addresses of an account.
pub const ADDR_ADDRESS: Address = numbered(0x1004);
/// Every native precompile.
pub const ADDRESSES: [Address; 4] = [BANK_ADDRESS, JSON_ADDRESS, ADDR_ADDRESS, EXCHANGE_ADDRESS];

/// Code that stands at each precompile's address but never runs (INVALID): compilers before Solidity 0.8.10 refuse to call
/// an address without code. The exchange has code that does run, see [`exchange`].
const MARKER_CODE: Bytes = Bytes::from_static(&[0xfe]);

const fn numbered(number: u16) -> Address {
    let mut bytes = [0; 20];
    [bytes[18], bytes[19]] = number.to_be_bytes();
    Address::new(bytes)
}

/// Makes the precompiles look like contracts to those who ask for their code.
pub(crate) fn init_genesis(state: &mut dyn StateWrite) {
    for address in ADDRESSES {
        auth::set_account(state, &address, &auth::Account { nonce: 1, public_key: None });
        let code = if address == EXCHANGE_ADDRESS { exchange::custody_code() } else { MARKER_CODE };
        evm::set_code(state, &address, code);
    }
}

/// Ethereum's precompiles of a fork, and ours where Seiza's rules hold.
#[derive(Debug)]
pub struct Precompiles {
    ethereum: EthPrecompiles,
    native: bool,
    warm: AddressSet,
}

impl Precompiles {
    pub(crate) fn new(spec: SpecId) -> Self {
        let ethereum = EthPrecompiles::new(spec);
        let warm = ethereum.warm_addresses().clone();
        Self { ethereum, native: false, warm }
    }

    /// Switches ours on or off; answers whether that changed anything.
    pub(crate) fn set_native(&mut self, native: bool) -> bool {
        let changed = self.native != native;
        self.native = native;
        if changed {
            self.list_warm();
        }
        changed
    }

    fn list_warm(&mut self) {
        self.warm = self.ethereum.warm_addresses().clone();
        if self.native {
            self.warm.extend(ADDRESSES);
        }
    }
}

impl<'a> PrecompileProvider<EvmContext<'a>> for Precompiles {
    type Output = InterpreterResult;

    fn set_spec(&mut self, spec: SpecId) -> bool {
        let changed = <EthPrecompiles as PrecompileProvider<EvmContext<'a>>>::set_spec(&mut self.ethereum, spec);
        if changed {
            self.list_warm();
        }
        changed
    }

    fn run(&mut self, ctx: &mut EvmContext<'a>, inputs: &CallInputs) -> Result<Option<InterpreterResult>, String> {
        if self.native && ADDRESSES.contains(&inputs.bytecode_address) {
            let as_code = inputs.bytecode_address == EXCHANGE_ADDRESS && exchange::runs_as_code(ctx, inputs);
            return if as_code { Ok(None) } else { run_native(ctx, inputs).map(Some) };
        }
        self.ethereum.run(ctx, inputs)
    }

    fn warm_addresses(&self) -> &AddressSet {
        &self.warm
    }
}

/// Runs one of ours. Unreadable state is left in the context, where the end of the transaction finds it as it was: the
/// text that revm carries is only a signal to stop.
fn run_native(ctx: &mut EvmContext<'_>, inputs: &CallInputs) -> Result<InterpreterResult, String> {
    let mut call = Call::new(ctx, inputs);
    let mut answer = answer(ctx, &inputs.bytecode_address, &mut call);
    if let Some(error) = ctx.chain.failure.take() {
        answer = Err(Failure::State(error));
    }
    call.finish(inputs.gas_limit, answer).map_err(|error| {
        let text = error.to_string();
        ctx.chain.failure = Some(error);
        text
    })
}

fn answer(ctx: &mut EvmContext<'_>, address: &Address, call: &mut Call) -> Result<Vec<u8>, Failure> {
    match *address {
        BANK_ADDRESS => bank::run(ctx, call),
        JSON_ADDRESS => json::run(call),
        ADDR_ADDRESS => addr::run(ctx, call),
        EXCHANGE_ADDRESS => exchange::run(ctx, call),
        _ => unreachable!("the provider asks for its own addresses only"),
    }
}
