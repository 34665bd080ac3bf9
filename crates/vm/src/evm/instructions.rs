//! The interpreter's tables, as constants: revm's own provider builds them anew for each EVM. Instructions that show a
//! balance to code note that it was seen.

use std::marker::PhantomData;

use revm::bytecode::opcode::{BALANCE, KECCAK256, SELFBALANCE, SELFDESTRUCT};
use revm::handler::instructions::InstructionProvider;
use revm::interpreter::instructions::utility::IntoAddress;
use revm::interpreter::instructions::{
    GasTable, Instruction, InstructionTable, gas_table_spec, host, instruction_table,
};
use revm::interpreter::interpreter::EthInterpreter;
use revm::interpreter::{Host, InstructionContext, InstructionExecResult};
use revm::primitives::hardfork::SpecId;

use super::balances::ObserveBalance;

/// Every fork's instructions are one table; only their gas differs.
pub(crate) struct Instructions<H> {
    gas: &'static GasTable,
    host: PhantomData<fn(H)>,
}

impl<H: Host + ObserveBalance> Instructions<H> {
    const TABLE: InstructionTable<EthInterpreter, H> = {
        let mut table = instruction_table();
        table[KECCAK256 as usize] = Instruction::new(super::keccak::keccak256::<H>);
        table[BALANCE as usize] = Instruction::new(balance::<H>);
        table[SELFBALANCE as usize] = Instruction::new(self_balance::<H>);
        table[SELFDESTRUCT as usize] = Instruction::new(self_destruct::<H>);
        table
    };

    /// The instructions of a fork.
    pub(super) fn new(spec: SpecId) -> Self {
        Self { gas: gas_table(spec), host: PhantomData }
    }
}

impl<H: Host + ObserveBalance> InstructionProvider for Instructions<H> {
    type Context = H;
    type InterpreterTypes = EthInterpreter;

    fn instruction_table(&self) -> &InstructionTable<EthInterpreter, H> {
        &Self::TABLE
    }

    fn gas_table(&self) -> &GasTable {
        self.gas
    }
}

type Context<'a, H> = InstructionContext<'a, H, EthInterpreter>;

fn balance<H: Host + ObserveBalance>(context: Context<'_, H>) -> InstructionExecResult {
    let InstructionContext { interpreter, host } = context;
    let asked = interpreter.stack.peek(0).map(IntoAddress::into_address);
    host::balance(InstructionContext { interpreter, host: &mut *host })?;
    if let Ok(address) = asked {
        host.observe_balance(address);
    }
    Ok(())
}

fn self_balance<H: Host + ObserveBalance>(context: Context<'_, H>) -> InstructionExecResult {
    context.host.observe_balance(context.interpreter.input.target_address);
    host::selfbalance(context)
}

fn self_destruct<H: Host + ObserveBalance>(context: Context<'_, H>) -> InstructionExecResult {
    context.host.observe_balance(context.interpreter.input.target_address);
    host::selfdestruct(context)
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
