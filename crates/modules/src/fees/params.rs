//! Parameters of the fee market; fixed by genesis.

use serde::{Deserialize, Serialize};

/// How the base fee moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeParams {
    /// Base fee of the first block, wei per gas.
    pub base_fee: u64,
    /// It never falls below this, wei per gas.
    pub base_fee_min: u64,
    /// It never rises above this, wei per gas.
    pub base_fee_max: u64,
    /// A block aims at gas limit / elasticity.
    pub elasticity: u64,
    /// A full block raises the base fee by 1 / denominator.
    pub denominator: u64,
}

impl Default for FeeParams {
    /// 1 gwei at least (SEI-FACTS 4), EIP-1559's elasticity and denominator.
    fn default() -> Self {
        Self {
            base_fee: 1_000_000_000,
            base_fee_min: 1_000_000_000,
            base_fee_max: 1_000_000_000_000_000,
            elasticity: 2,
            denominator: 8,
        }
    }
}
