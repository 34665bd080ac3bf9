//! Native contracts that EVM code calls at fixed addresses, beside Ethereum's own precompiles.

use revm::handler::{EthPrecompiles, PrecompileProvider};
use revm::interpreter::{CallInputs, InterpreterResult};
use revm::primitives::AddressSet;
use revm::primitives::hardfork::SpecId;

use crate::evm::EvmContext;

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
        self.list_warm();
        changed
    }

    fn list_warm(&mut self) {
        self.warm = self.ethereum.warm_addresses().clone();
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
        self.ethereum.run(ctx, inputs)
    }

    fn warm_addresses(&self) -> &AddressSet {
        &self.warm
    }
}
