//! Keccak-256 with a memory: contracts hash the same short inputs again and again (the slot of a balance before it is read
//! and before it is written, in this transaction and the next), and so do the blooms of their logs.
//!
//! The memory is alloy's: one table for the whole process, of fixed size, that compares whole inputs. Inputs of more than 87
//! bytes go past it.

use alloy_primitives::utils::{init_keccak_cache, keccak256_cached};
use alloy_primitives::{Bloom, BloomInput};
use revm::interpreter::interpreter::{EthInterpreter, resize_memory};
use revm::interpreter::{Host, InstructionContext, InstructionExecResult, InstructionResult};
use revm::primitives::KECCAK_EMPTY;
use seiza_types::{Log, U256};

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

/// The bloom filter of a transaction's logs.
#[must_use]
pub fn bloom_of(logs: &[Log]) -> Bloom {
    let mut bloom = Bloom::ZERO;
    for log in logs {
        bloom.accrue(BloomInput::Hash(keccak256_cached(log.address)));
        for topic in log.topics() {
            bloom.accrue(BloomInput::Hash(keccak256_cached(topic)));
        }
    }
    bloom
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use seiza_types::Address;

    use super::*;

    proptest! {
        /// The filter is alloy's own, whatever was hashed before.
        #[test]
        fn the_bloom_of_logs_is_the_one_without_a_memory(
            logs in prop::collection::vec((0..4_u8, prop::collection::vec(0..4_u8, 0..=4)), 0..9),
        ) {
            let log = |(address, topics): &(u8, Vec<u8>)| {
                let topics = topics.iter().map(|topic| alloy_primitives::B256::repeat_byte(*topic)).collect();
                Log::new_unchecked(Address::repeat_byte(*address), topics, Default::default())
            };
            let logs: Vec<Log> = logs.iter().map(log).collect();
            prop_assert_eq!(bloom_of(&logs), logs.iter().collect::<Bloom>());
        }
    }
}
