//! The interpreter's tables, as constants: revm's own provider builds them anew for each EVM.

use std::marker::PhantomData;

use revm::handler::instructions::InstructionProvider;
use revm::interpreter::Host;
use revm::interpreter::instructions::{GasTable, InstructionTable, gas_table_spec, instruction_table};
use revm::interpreter::interpreter::EthInterpreter;
use revm::primitives::hardfork::SpecId;

/// Every fork's instructions are one table; only their gas differs.
pub(crate) struct Instructions<H> {
    gas: &'static GasTable,
    host: PhantomData<fn(H)>,
}

impl<H: Host> Instructions<H> {
    const TABLE: InstructionTable<EthInterpreter, H> = instruction_table();

    /// The instructions of a fork.
    pub(super) fn new(spec: SpecId) -> Self {
        Self { gas: gas_table(spec), host: PhantomData }
    }
}

impl<H: Host> InstructionProvider for Instructions<H> {
    type Context = H;
    type InterpreterTypes = EthInterpreter;

    fn instruction_table(&self) -> &InstructionTable<EthInterpreter, H> {
        &Self::TABLE
    }

    fn gas_table(&self) -> &GasTable {
        self.gas
    }
}

fn gas_table(spec: SpecId) -> &'static GasTable {
    macro_rules! tables {
        ($($fork:ident),*) => {
            match spec {
                $(SpecId::$fork => { static TABLE: GasTable = gas_table_spec(SpecId::$fork); &TABLE })*
                _ => { static TABLE: GasTable = gas_table_spec(SpecId::PRAGUE); &TABLE }
            }
        };
    }
    tables!(
        FRONTIER,
        HOMESTEAD,
        TANGERINE,
        SPURIOUS_DRAGON,
        BYZANTIUM,
        PETERSBURG,
        ISTANBUL,
        BERLIN,
        LONDON,
        MERGE,
        SHANGHAI,
        CANCUN
    )
}
