//! Random transfers: mostly what fits, and of what is odd mostly one thing at a time.

use alloy_consensus::TxEip1559;
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::TxKind;
use proptest::prelude::*;
use seiza_types::tx::{EvmTx, Signer};
use seiza_types::{Address, B256, Bytes, U256};

use super::super::runs::of_type;
use super::super::transfers::{RICH, recipient};
use super::super::world::{CHAIN_ID, GWEI, ether, user};

/// A transfer whose nonce is not known yet.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    from: u8,
    to: Address,
    value: U256,
    kind: u8,
    tip: u64,
    /// How far the nonce is from the one that comes next.
    ahead: u64,
    listed: usize,
    input: bool,
}

impl Draft {
    /// A payment about which nothing is odd.
    pub(super) fn plain(from: u8, to: Address, value: U256) -> Self {
        Self { from, to, value, kind: 0, tip: 0, ahead: 0, listed: 0, input: false }
    }

    pub(super) fn signer(&self) -> Signer {
        user(self.from)
    }

    pub(super) fn tx(&self, nonce: u64) -> EvmTx {
        let tx = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce: nonce.wrapping_add(self.ahead),
            gas_limit: 60_000,
            max_fee_per_gas: u128::from(2 * GWEI),
            max_priority_fee_per_gas: u128::from(self.tip),
            to: TxKind::Call(self.to),
            value: self.value,
            input: if self.input { Bytes::from_static(b"for the coffee") } else { Bytes::new() },
            access_list: AccessList(vec![
                AccessListItem { address: RICH, storage_keys: vec![B256::ZERO] };
                self.listed
            ]),
        };
        of_type(self.kind, tx)
    }
}

pub(super) fn draft() -> impl Strategy<Value = Draft> {
    let from = prop_oneof![24 => 1..=3_u8, 1 => 4..=8_u8];
    let value = prop_oneof![2 => Just(U256::ZERO), 12 => (1..9_u64).prop_map(U256::from),
        3 => Just(ether(1) / U256::from(3)), 1 => Just(ether(1)), 1 => Just(U256::MAX / U256::from(2))];
    let fields = (
        0..3_u8,
        prop_oneof![Just(0), Just(7), Just(GWEI)],
        prop_oneof![30 => Just(0), 1 => Just(1), 1 => Just(u64::MAX)],
    );
    let odd = (prop_oneof![9 => Just(0), 1 => 1..3_usize], proptest::bool::weighted(0.05));
    (from, recipient(), value, fields, odd).prop_map(|(from, to, value, (kind, tip, ahead), (listed, input))| Draft {
        from,
        to,
        value,
        kind,
        tip,
        ahead,
        listed,
        input,
    })
}
