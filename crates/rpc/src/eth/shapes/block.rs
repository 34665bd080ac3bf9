//! Blocks and headers.
//!
//! They have a struct of their own instead of `alloy_rpc_types_eth::Block`, because a pending block's hash and nonce are
//! `null`, and because a struct without flattened parts renders faster.

use alloy_primitives::{B64, U64};
use serde::Serialize;

use super::{RpcTx, transaction};
use crate::backend::View;
use crate::methods::Answer;
use crate::{Address, B256, Bloom, Bytes};

/// keccak of an empty RLP list: no uncles.
const NO_UNCLES: B256 = alloy_consensus::EMPTY_OMMER_ROOT_HASH;
/// Root of an empty trie: no withdrawals.
const NO_WITHDRAWALS: B256 = alloy_consensus::EMPTY_ROOT_HASH;
/// SHA-256 of nothing: no requests (EIP-7685).
const NO_REQUESTS: B256 = alloy_eips::eip7685::EMPTY_REQUESTS_HASH;

/// A block; without what follows the header, it is what `newHeads` sends.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RpcBlock {
    hash: Option<B256>,
    parent_hash: B256,
    sha3_uncles: B256,
    miner: Address,
    state_root: B256,
    transactions_root: B256,
    receipts_root: B256,
    logs_bloom: Bloom,
    difficulty: U64,
    number: U64,
    gas_limit: U64,
    gas_used: U64,
    timestamp: U64,
    extra_data: Bytes,
    mix_hash: B256,
    nonce: Option<B64>,
    base_fee_per_gas: U64,
    withdrawals_root: B256,
    blob_gas_used: U64,
    excess_blob_gas: U64,
    parent_beacon_block_root: B256,
    requests_hash: B256,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_difficulty: Option<U64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<U64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uncles: Option<[B256; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transactions: Option<RpcTxs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawals: Option<[B256; 0]>,
}
/// A block's transactions.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum RpcTxs {
    /// Hashes alone.
    Hashes(Vec<B256>),
    /// In full.
    Full(Vec<RpcTx>),
}

/// The header of a view.
pub(crate) fn header(view: &View) -> RpcBlock {
    RpcBlock {
        hash: view.hash,
        parent_hash: view.parent_hash,
        sha3_uncles: NO_UNCLES,
        miner: view.miner,
        state_root: view.state_root,
        transactions_root: view.transactions_root(),
        receipts_root: view.receipts_root(),
        logs_bloom: *view.results.bloom(),
        difficulty: U64::ZERO,
        number: U64::from(view.number),
        gas_limit: U64::from(view.results.gas_limit),
        gas_used: U64::from(view.results.gas_used),
        timestamp: U64::from(view.timestamp),
        extra_data: Bytes::new(),
        mix_hash: view.prevrandao,
        nonce: view.hash.map(|_| B64::ZERO),
        base_fee_per_gas: U64::from(view.results.base_fee_per_gas),
        withdrawals_root: NO_WITHDRAWALS,
        blob_gas_used: U64::ZERO,
        excess_blob_gas: U64::ZERO,
        parent_beacon_block_root: B256::ZERO,
        requests_hash: NO_REQUESTS,
        total_difficulty: None,
        size: None,
        uncles: None,
        transactions: None,
        withdrawals: None,
    }
}

/// The block of a view, with its transactions in full or as hashes.
pub(crate) fn block(view: &View, full: bool) -> Answer<RpcBlock> {
    let transactions = if full {
        RpcTxs::Full(view.shown().map(|shown| transaction(view, shown)).collect::<Result<_, _>>()?)
    } else {
        RpcTxs::Hashes(view.shown().map(|shown| shown.receipt.tx_hash).collect())
    };
    Ok(RpcBlock {
        total_difficulty: Some(U64::ZERO),
        size: Some(U64::from(view.size())),
        uncles: Some([]),
        transactions: Some(transactions),
        withdrawals: Some([]),
        ..header(view)
    })
}
