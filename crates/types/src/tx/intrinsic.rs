//! Gas that a transaction costs before a single instruction runs (Yellow Paper 6.2; EIP-2, 2028, 2930, 3860, 7623, 7702).

use alloy_consensus::Transaction;

use crate::Fork;

/// Fixed costs of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntrinsicGas {
    /// Charged up front.
    pub initial: u64,
    /// Least that is charged in the end (EIP-7623); zero before Prague.
    pub floor: u64,
}

const BASE: u64 = 21_000;
const CREATE: u64 = 32_000;
const ZERO_BYTE: u64 = 4;
const NONZERO_BYTE: u64 = 16;
const NONZERO_BYTE_FRONTIER: u64 = 68;
const ACCESS_ADDRESS: u64 = 2_400;
const ACCESS_SLOT: u64 = 1_900;
const INITCODE_WORD: u64 = 2;
const AUTHORIZATION: u64 = 25_000;
const FLOOR_PER_TOKEN: u64 = 10;
const TOKENS_PER_NONZERO_BYTE: u64 = 4;

/// The fixed costs of `tx` under `fork`.
#[must_use]
pub fn intrinsic_gas(tx: &impl Transaction, fork: Fork) -> IntrinsicGas {
    let input = tx.input();
    let zeros = input.iter().filter(|byte| **byte == 0).count() as u64;
    let nonzeros = input.len() as u64 - zeros;
    let nonzero_byte = if fork >= Fork::Istanbul { NONZERO_BYTE } else { NONZERO_BYTE_FRONTIER };
    let mut initial = BASE + zeros * ZERO_BYTE + nonzeros * nonzero_byte;
    if tx.is_create() && fork >= Fork::Homestead {
        initial += CREATE;
    }
    if tx.is_create() && fork >= Fork::Shanghai {
        initial += (input.len() as u64).div_ceil(32) * INITCODE_WORD;
    }
    if let Some(list) = tx.access_list() {
        initial += list.len() as u64 * ACCESS_ADDRESS + list.storage_keys_count() as u64 * ACCESS_SLOT;
    }
    initial += tx.authorization_count().unwrap_or(0) * AUTHORIZATION;
    let floor =
        if fork >= Fork::Prague { BASE + FLOOR_PER_TOKEN * (zeros + nonzeros * TOKENS_PER_NONZERO_BYTE) } else { 0 };
    IntrinsicGas { initial, floor }
}
