//! Bytecode by hand: a few words that append instructions.

use alloy_primitives::ruint::UintTryFrom;
use revm::bytecode::opcode::*;
use seiza_types::{Address, Bytes, U256};

/// Code under construction.
#[derive(Debug, Clone, Default)]
pub(super) struct Code(Vec<u8>);

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Call,
    Static,
    Delegate,
}

impl Code {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn op(mut self, ops: &[u8]) -> Self {
        self.0.extend(ops);
        self
    }

    pub(super) fn push<T>(mut self, value: T) -> Self
    where
        U256: UintTryFrom<T>,
    {
        self.0.push(PUSH32);
        self.0.extend(U256::from(value).to_be_bytes::<32>());
        self
    }

    pub(super) fn push_address(self, address: Address) -> Self {
        self.push(U256::from_be_slice(address.as_slice()))
    }

    /// Puts `bytes` into memory from 0 on.
    pub(super) fn memory(mut self, bytes: &[u8]) -> Self {
        for (n, word) in bytes.chunks(32).enumerate() {
            let mut padded = [0; 32];
            padded[..word.len()].copy_from_slice(word);
            self = self.push(U256::from_be_bytes(padded)).push(U256::from(n * 32)).op(&[MSTORE]);
        }
        self
    }

    /// Calls; leaves 1 or 0 on the stack, the answer in the return buffer.
    pub(super) fn call(self, kind: Kind, to: Address, value: U256, input: &[u8]) -> Self {
        let code = self.memory(input).push(U256::ZERO).push(U256::ZERO).push(U256::from(input.len())).push(U256::ZERO);
        let code = if kind == Kind::Call { code.push(value) } else { code };
        let op = match kind {
            Kind::Call => CALL,
            Kind::Static => STATICCALL,
            Kind::Delegate => DELEGATECALL,
        };
        code.push_address(to).op(&[GAS, op])
    }

    /// Stores the top of the stack in `slot`.
    pub(super) fn store(self, slot: u64) -> Self {
        self.push(U256::from(slot)).op(&[SSTORE])
    }

    /// Returns the return buffer of the last call.
    pub(super) fn return_answer(self) -> Self {
        self.answer_to_memory().op(&[RETURNDATASIZE, PUSH0, RETURN])
    }

    fn answer_to_memory(self) -> Self {
        self.op(&[RETURNDATASIZE, PUSH0, PUSH0, RETURNDATACOPY])
    }

    /// Reverts with no reason.
    pub(super) fn revert(self) -> Self {
        self.op(&[PUSH0, PUSH0, REVERT])
    }

    pub(super) fn bytes(self) -> Bytes {
        self.0.into()
    }

    /// Creation code that deploys this code.
    pub(super) fn deployer(self) -> Bytes {
        let length = U256::from(self.0.len());
        let head = Self::new().push(length).push(U256::from(3 * 33 + 4)).op(&[PUSH0, CODECOPY]).push(length);
        let mut code = head.op(&[PUSH0, RETURN]).0;
        code.resize(3 * 33 + 4, STOP);
        code.extend(self.0);
        code.into()
    }
}
