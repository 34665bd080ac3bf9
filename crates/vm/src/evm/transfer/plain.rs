//! What a transaction says, as far as a transfer is concerned, and the rules that need no state.

use alloy_consensus::Transaction as _;
use alloy_eips::eip2930::AccessListItem;
use revm::context_interface::cfg::GasParams;
use seiza_types::tx::{EvmTx, Signer};
use seiza_types::{Address, Fork, U256};

use super::Paid;
use crate::evm::block::BlockContext;
use crate::evm::env::CallEnv;

/// Gas of a transaction without input and access list, in every fork.
const TRANSFER_GAS: u64 = 21_000;
/// Every precompile's address, Ethereum's and ours, begins with that many zeros.
const PRECOMPILE_ZEROS: usize = 18;

/// What a transaction says, as far as a transfer is concerned; borrowed from either of its forms.
#[derive(Debug, Clone, Copy)]
pub(in crate::evm) struct Plain<'a> {
    kind: u8,
    pub(super) from: &'a Address,
    pub(super) to: Address,
    pub(super) gas: u64,
    gas_price: u128,
    priority_fee: Option<u128>,
    pub(super) value: U256,
    pub(super) nonce: u64,
    chain_id: Option<u64>,
    access_list: &'a [AccessListItem],
    /// Whether the sender's addresses must be linked, where Seiza's rules hold.
    pub(super) signed: bool,
}

impl<'a> Plain<'a> {
    /// The transaction, unless it creates, or brings input (mostly a call of code), blobs or authorizations.
    pub(in crate::evm) fn of(tx: &'a EvmTx, signer: &'a Signer) -> Option<Self> {
        let to = tx.to()?;
        if !tx.input().is_empty() || matches!(tx, EvmTx::Eip4844(_) | EvmTx::Eip7702(_)) {
            return None;
        }
        Some(Self {
            kind: tx.tx_type() as u8,
            from: &signer.address,
            to,
            gas: tx.gas_limit(),
            gas_price: tx.max_fee_per_gas(),
            priority_fee: tx.max_priority_fee_per_gas(),
            value: tx.value(),
            nonce: tx.nonce(),
            chain_id: tx.chain_id(),
            access_list: tx.access_list().map_or(&[], |list| &list.0),
            signed: true,
        })
    }

    /// As [`Plain::of`], of a call. One that is signed by somebody else than its sender is no transaction.
    pub(in crate::evm) fn of_call(env: &'a CallEnv) -> Option<Self> {
        let to = env.to?;
        let bare = env.authorizations.is_empty() && env.blob_hashes.is_empty() && env.max_fee_per_blob_gas == 0;
        if !env.input.is_empty() || !bare || env.signer.is_some_and(|signer| signer.address != env.from) {
            return None;
        }
        Some(Self {
            kind: env.tx_type.unwrap_or_else(|| env.kind_of_tx()),
            from: &env.from,
            to,
            gas: env.gas,
            gas_price: env.gas_price,
            priority_fee: env.priority_fee,
            value: env.value,
            nonce: env.nonce,
            chain_id: env.chain_id,
            access_list: &env.access_list.0,
            signed: env.signer.is_some(),
        })
    }

    /// Sender and recipient.
    pub(in crate::evm) fn parties(&self) -> [&Address; 2] {
        [self.from, &self.to]
    }

    /// Whether all rules are met that need no state.
    pub(super) fn fits(&self, block: &BlockContext) -> bool {
        let reserved = self.to.as_slice().iter().take(PRECOMPILE_ZEROS).all(|byte| *byte == 0);
        block.fork >= Fork::SpuriousDragon
            && !reserved
            && self.kind_fits(block.fork)
            && self.chain_id.is_none_or(|id| id == block.chain_id)
            && self.gas_price >= u128::from(block.base_fee)
            && self.gas <= block.gas_limit
            && self.nonce != u64::MAX
    }

    /// Whether the fork knows the type, and the fields are those of the type.
    fn kind_fits(&self, fork: Fork) -> bool {
        match (self.kind, self.priority_fee) {
            (0, None) => self.access_list.is_empty(),
            (1, None) => fork >= Fork::Berlin,
            (2, Some(tip)) => fork >= Fork::London && tip <= self.gas_price,
            _ => false,
        }
    }

    /// What it pays if it is made.
    pub(super) fn paid(&self, block: &BlockContext) -> Paid {
        Paid { gas_used: self.gas_used(block), price: self.price(block.base_fee) }
    }

    /// Wei per gas.
    fn price(&self, base_fee: u64) -> u128 {
        self.priority_fee.map_or(self.gas_price, |tip| self.gas_price.min(tip.saturating_add(u128::from(base_fee))))
    }

    /// Gas that it uses: the fixed costs.
    fn gas_used(&self, block: &BlockContext) -> u64 {
        if self.access_list.is_empty() {
            return TRANSFER_GAS;
        }
        let slots = self.access_list.iter().map(|item| item.storage_keys.len() as u64).sum();
        let accounts = self.access_list.len() as u64;
        GasParams::new_spec(block.spec()).initial_tx_gas(&[], false, accounts, slots, 0, None).initial_total_gas()
    }

    /// Wei that the recipient receives, if it is another account than the sender and there are any.
    pub(super) fn credit(&self) -> Option<U256> {
        (!self.value.is_zero() && *self.from != self.to).then_some(self.value)
    }

    /// Wei that the sender must own, and wei that it loses; `None` where its gas does not suffice, or there is no such
    /// amount.
    pub(super) fn cost(&self, paid: Paid) -> Option<(U256, U256)> {
        let fee_max = u128::from(self.gas).checked_mul(self.gas_price)?;
        let owned = U256::from(fee_max).checked_add(self.value)?;
        (paid.gas_used <= self.gas).then(|| (owned, paid.fee() + self.credit().unwrap_or_default()))
    }
}
