//! What is asked of the EVM: a transaction or a simulated call, and which rules it is held to.

use alloy_consensus::Transaction as _;
use alloy_eips::eip2930::AccessList;
use alloy_eips::eip7702::SignedAuthorization;
use revm::context::TxEnv;
use revm::context_interface::either::Either;
use revm::primitives::TxKind;
use seiza_types::tx::{EvmTx, Signer};
use seiza_types::{Address, B256, Bytes, U256};

use super::authority::recovered;

/// A call or creation, from a transaction or made up by a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallEnv {
    /// EIP-2718 type; `None` takes the oldest type that has the fields that are set.
    pub tx_type: Option<u8>,
    /// Who calls.
    pub from: Address,
    /// Whom; `None` creates a contract.
    pub to: Option<Address>,
    /// Gas limit.
    pub gas: u64,
    /// Wei per gas: the price of a legacy transaction, the fee cap of a newer one.
    pub gas_price: u128,
    /// Tip cap in wei per gas; `None` for transactions older than EIP-1559.
    pub priority_fee: Option<u128>,
    /// Wei sent along.
    pub value: U256,
    /// Calldata or creation code.
    pub input: Bytes,
    /// The nonce it takes.
    pub nonce: u64,
    /// EIP-155 chain id; `None` is not checked.
    pub chain_id: Option<u64>,
    /// Addresses and slots that are warm from the start (EIP-2930).
    pub access_list: AccessList,
    /// Delegations (EIP-7702).
    pub authorizations: Vec<SignedAuthorization>,
    /// Blob hashes (EIP-4844), for Ethereum's tests.
    pub blob_hashes: Vec<B256>,
    /// Wei per blob gas at most.
    pub max_fee_per_blob_gas: u128,
    /// Who signed: its addresses are linked first, where they are not. `None` links nothing.
    pub signer: Option<Signer>,
    /// The transaction's index in its block: what native code names things by.
    pub index: u32,
}

impl CallEnv {
    /// The call that `tx` makes when `signer` has signed it.
    #[must_use]
    pub fn of(tx: &EvmTx, signer: &Signer) -> Self {
        Self { signer: Some(*signer), ..Self::unsigned(tx, signer.address) }
    }

    /// The call that `tx` makes in the name of `from`, without linking anything.
    #[must_use]
    pub fn unsigned(tx: &EvmTx, from: Address) -> Self {
        Self {
            tx_type: Some(tx.tx_type() as u8),
            from,
            to: tx.to(),
            gas: tx.gas_limit(),
            gas_price: tx.max_fee_per_gas(),
            priority_fee: tx.max_priority_fee_per_gas(),
            value: tx.value(),
            input: tx.input().clone(),
            nonce: tx.nonce(),
            chain_id: tx.chain_id(),
            access_list: tx.access_list().cloned().unwrap_or_default(),
            authorizations: tx.authorization_list().unwrap_or_default().to_vec(),
            blob_hashes: tx.blob_versioned_hashes().unwrap_or_default().to_vec(),
            max_fee_per_blob_gas: tx.max_fee_per_blob_gas().unwrap_or_default(),
            signer: None,
            index: 0,
        }
    }

    /// Wei paid per gas in a block with that base fee.
    #[must_use]
    pub fn effective_gas_price(&self, base_fee: u64) -> u128 {
        match self.priority_fee {
            Some(tip) => self.gas_price.min(tip.saturating_add(u128::from(base_fee))),
            None => self.gas_price,
        }
    }

    pub(super) fn kind_of_tx(&self) -> u8 {
        let blobs = !self.blob_hashes.is_empty() || self.max_fee_per_blob_gas > 0;
        match () {
            () if !self.authorizations.is_empty() => 4,
            () if blobs => 3,
            () if self.priority_fee.is_some() => 2,
            () if !self.access_list.0.is_empty() => 1,
            () => 0,
        }
    }

    /// The same in revm's form.
    #[must_use]
    pub fn into_env(self) -> TxEnv {
        TxEnv {
            tx_type: self.tx_type.unwrap_or_else(|| self.kind_of_tx()),
            caller: self.from,
            gas_limit: self.gas,
            gas_price: self.gas_price,
            kind: self.to.map_or(TxKind::Create, TxKind::Call),
            value: self.value,
            data: self.input,
            nonce: self.nonce,
            chain_id: self.chain_id,
            access_list: self.access_list,
            gas_priority_fee: self.priority_fee,
            blob_hashes: self.blob_hashes,
            max_fee_per_blob_gas: self.max_fee_per_blob_gas,
            authorization_list: self.authorizations.into_iter().map(recovered).map(Either::Right).collect(),
        }
    }
}

/// Which rules of a transaction hold; what a client only tries out needs fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// The nonce is the account's next one.
    pub nonce: bool,
    /// The balance covers value and gas. Where this is off, the caller is given what it lacks of the value.
    pub balance: bool,
    /// The fee cap reaches the base fee.
    pub base_fee: bool,
    /// The sender has no code but a delegation (EIP-3607).
    pub sender: bool,
    /// The gas limit fits the block.
    pub block_gas: bool,
}

impl Checks {
    /// A transaction.
    pub const ALL: Self = Self { nonce: true, balance: true, base_fee: true, sender: true, block_gas: true };
    /// A call that a client tries out (`eth_call`).
    pub const NONE: Self = Self { nonce: false, balance: false, base_fee: false, sender: false, block_gas: false };
}
