//! Fees: the base fee of EIP-1559, and the account that collects everything paid for gas.
//!
//! Base fee and tips both go to the fee collector, from which distribution pays validators; nothing is burned. The base fee
//! never falls below the minimum that genesis sets.

pub mod keys;
mod params;
#[cfg(test)]
mod tests;

pub use params::FeeParams;

use seiza_state::{Delta, StateError, StateRead, StateWrite};
use seiza_types::{Address, U256};

use crate::bank;

/// Where all fees go: the address that Cosmos gives the module account `fee_collector`.
#[must_use]
pub const fn collector() -> Address {
    // The first 20 bytes of SHA-256("fee_collector").
    Address::new([
        0xf1, 0x82, 0x96, 0x76, 0xdb, 0x57, 0x76, 0x82, 0xe9, 0x44, 0xfc, 0x34, 0x93, 0xd4, 0x51, 0xb6, 0x7f, 0xf3,
        0xe2, 0x9f,
    ])
}

/// Credits `wei` of fees to the collector; reads nothing, so fees never make two transactions conflict.
///
/// # Errors
/// Overflow, which supply rules out.
pub fn collect(state: &mut dyn StateWrite, wei: U256) -> Result<(), StateError> {
    if wei.is_zero() {
        return Ok(());
    }
    state.add(bank::keys::native(&collector()), Delta::credit(wei))
}

/// Wei per gas that a transaction of the next block must at least offer.
///
/// # Errors
/// Those of reading state.
pub fn base_fee(state: &dyn StateRead) -> Result<u64, StateError> {
    let key = keys::base_fee();
    let Some(value) = state.get(&key)? else { return Ok(0) };
    let bytes = (*value).try_into().map_err(|_| StateError::Damaged(key, "the base fee has 8 bytes"))?;
    Ok(u64::from_be_bytes(bytes))
}

/// Stores the base fee of the next block.
pub fn set_base_fee(state: &mut dyn StateWrite, wei: u64) {
    state.put(keys::base_fee(), wei.to_be_bytes()[..].into());
}

/// EIP-1559: the next block's base fee after a block that used `gas_used` of `gas_limit` at `base_fee`.
#[must_use]
pub fn next_base_fee(params: &FeeParams, base_fee: u64, gas_used: u64, gas_limit: u64) -> u64 {
    let target = u128::from((gas_limit / params.elasticity.max(1)).max(1));
    let (used, base, denominator) = (u128::from(gas_used), u128::from(base_fee), u128::from(params.denominator.max(1)));
    let next = if used >= target {
        let rise = base * (used - target) / target / denominator;
        base + if used > target { rise.max(1) } else { 0 }
    } else {
        base - base * (target - used) / target / denominator
    };
    u64::try_from(next).unwrap_or(u64::MAX).clamp(params.base_fee_min, params.base_fee_max)
}
