//! Bytecode by hand: words that append instructions.

use alloy_primitives::{Address, U256};
use revm::bytecode::opcode::*;

/// Code under construction; it begins at position 0.
#[derive(Debug, Clone, Default)]
pub struct Asm(Vec<u8>);

impl Asm {
    pub fn op(&mut self, ops: &[u8]) -> &mut Self {
        self.0.extend(ops);
        self
    }

    pub fn push(&mut self, value: U256) -> &mut Self {
        let bytes = value.to_be_bytes_trimmed_vec();
        self.0.push(PUSH0 + bytes.len() as u8);
        self.0.extend(bytes);
        self
    }

    pub fn number(&mut self, value: u64) -> &mut Self {
        self.push(U256::from(value))
    }

    pub fn address(&mut self, address: Address) -> &mut Self {
        self.push(U256::from_be_slice(address.as_slice()))
    }

    /// Puts `bytes` into memory from 0 on.
    pub fn memory(&mut self, bytes: &[u8]) -> &mut Self {
        for (n, word) in bytes.chunks(32).enumerate() {
            let mut padded = [0; 32];
            padded[..word.len()].copy_from_slice(word);
            self.push(U256::from_be_bytes(padded)).number(n as u64 * 32).op(&[MSTORE]);
        }
        self
    }

    /// Takes a word from the stack; where it is not zero, what `then` appends is run.
    pub fn when(&mut self, then: impl FnOnce(&mut Self)) -> &mut Self {
        // ISZERO, PUSH2 behind, JUMPI
        self.op(&[ISZERO, PUSH2, 0, 0, JUMPI]);
        let hole = self.0.len() - 3;
        then(self);
        let behind = u16::try_from(self.0.len()).expect("generated code is short").to_be_bytes();
        self.0[hole..hole + 2].copy_from_slice(&behind);
        self.op(&[JUMPDEST])
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Creation code that runs `constructor`, then deploys `runtime`.
pub fn deployer(mut constructor: Asm, runtime: &[u8]) -> Vec<u8> {
    let length = runtime.len() as u64;
    constructor.memory(runtime).number(length).op(&[PUSH0, RETURN]);
    constructor.into_bytes()
}
