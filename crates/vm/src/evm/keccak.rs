//! Keccak-256 with a memory: contracts hash the same short inputs again and again (the slot of a balance before it is read
//! and before it is written, in this transaction and the next).
//!
//! The memory is alloy's: one table for the whole process, of fixed size, that compares whole inputs. Inputs of more than 87
//! bytes go past it.

use alloy_primitives::utils::{init_keccak_cache, keccak256_cached};
use revm::interpreter::interpreter::{EthInterpreter, resize_memory};
use revm::interpreter::{Host, InstructionContext, InstructionExecResult, InstructionResult};
use revm::primitives::KECCAK_EMPTY;
use seiza_types::U256;

/// Inputs remembered, at 128 bytes each: what a busy block hashes, in a table (4 MiB) that a processor's last cache holds.
const REMEMBERED: usize = 32 * 1024;

/// Sizes the memory, unless it is in use already.
pub(super) fn begin() {
    let _begun_before = !init_keccak_cache(REMEMBERED);
}

/// KECCAK256, as revm does it but for the memory.
pub(super) fn keccak256<H: Host>(context: InstructionContext<'_, H, EthInterpreter>) -> InstructionExecResult {
    let InstructionContext { interpreter, host } = context;
    let Some(([offset], top)) = interpreter.stack.popn_top() else { return Err(InstructionResult::StackUnderflow) };
    let len = fits(top)?;
    if !interpreter.gas.record_regular_cost(host.gas_params().keccak256_cost(len)) {
        return Err(InstructionResult::OutOfGas);
    }
    let hash = if len == 0 {
        KECCAK_EMPTY
    } else {
        let from = fits(&offset)?;
        resize_memory(&mut interpreter.gas, &mut interpreter.memory, host.gas_params(), from, len)?;
        keccak256_cached(interpreter.memory.slice_len(from, len).as_ref())
    };
    *top = hash.into();
    Ok(())
}

fn fits(number: &U256) -> Result<usize, InstructionResult> {
    usize::try_from(*number).map_err(|_| InstructionResult::InvalidOperandOOG)
}
