//! What a transaction is checked against before any state is read.

use crate::Fork;
use crate::limits::{BLOCK_GAS_DEFAULT, TX_BYTES_MAX};

/// The chain's stateless rules; fixed by genesis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// EIP-155 chain id.
    pub evm_chain_id: u64,
    /// Cosmos chain id, as signed over in `SIGN_MODE_DIRECT`.
    pub cosmos_chain_id: String,
    /// Ethereum's rule set.
    pub fork: Fork,
    /// Whether blob transactions (EIP-4844) are accepted. The chain has no blobs; Ethereum's conformance tests do.
    pub blobs: bool,
    /// Bytes of one transaction.
    pub tx_bytes_max: usize,
    /// Gas of one block, and so of one transaction.
    pub block_gas_max: u64,
}

impl Rules {
    /// The rules of a chain with these ids: Prague, no blobs, default bounds.
    #[must_use]
    pub fn new(evm_chain_id: u64, cosmos_chain_id: impl Into<String>) -> Self {
        Self {
            evm_chain_id,
            cosmos_chain_id: cosmos_chain_id.into(),
            fork: Fork::Prague,
            blobs: false,
            tx_bytes_max: TX_BYTES_MAX,
            block_gas_max: BLOCK_GAS_DEFAULT,
        }
    }
}
