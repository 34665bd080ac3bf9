//! Blocks, transactions, receipts and logs in the shapes that geth gives them.
//!
//! The block has a struct of its own instead of `alloy_rpc_types_eth::Block`, because a pending block's hash and nonce are
//! `null`, and because a struct without flattened parts renders faster.

use alloy_consensus::transaction::Recovered;
use alloy_consensus::{
    Eip658Value, EthereumTxEnvelope, ReceiptEnvelope, ReceiptWithBloom, Transaction as _, TxEip4844,
};
use alloy_primitives::{B64, U64};
use alloy_rpc_types_eth::{Log, Transaction, TransactionReceipt};
use seiza_types::tx::Body;
use seiza_types::{Receipt, Tx, VerifiedTx};
use serde::Serialize;

use crate::backend::{Shown, View};
use crate::{Address, B256, Bloom, Bytes, Failure};

/// keccak of an empty RLP list: no uncles.
const NO_UNCLES: B256 = alloy_consensus::EMPTY_OMMER_ROOT_HASH;
/// Root of an empty trie: no withdrawals.
const NO_WITHDRAWALS: B256 = alloy_consensus::EMPTY_ROOT_HASH;
/// SHA-256 of nothing: no requests (EIP-7685).
const NO_REQUESTS: B256 = alloy_eips::eip7685::EMPTY_REQUESTS_HASH;

/// A transaction as RPC shows it.
pub(crate) type RpcTx = Transaction<EthereumTxEnvelope<TxEip4844>>;
/// A receipt as RPC shows it.
pub(crate) type RpcReceipt = TransactionReceipt<ReceiptEnvelope<Log>>;

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
        logs_bloom: view.results.bloom,
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
pub(crate) fn block(view: &View, full: bool) -> Result<RpcBlock, Failure> {
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

/// A transaction of a block. Where the block is pending, so is the transaction.
pub(crate) fn transaction(view: &View, shown: Shown<'_>) -> Result<RpcTx, Failure> {
    let undecodable = || Failure::Internal(format!("transaction {} does not decode", shown.receipt.tx_hash));
    let Ok(Tx::Evm(tx, _)) = Tx::decode(shown.raw) else { return Err(undecodable()) };
    Ok(Transaction {
        inner: Recovered::new_unchecked(tx, shown.receipt.sender),
        block_hash: view.hash,
        block_number: view.hash.map(|_| view.number),
        transaction_index: view.hash.map(|_| shown.index),
        effective_gas_price: Some(shown.receipt.effective_gas_price),
        block_timestamp: None,
    })
}

/// A transaction that waits in the pool; `None` for a Cosmos one.
pub(crate) fn waiting(tx: &VerifiedTx) -> Option<RpcTx> {
    let Body::Evm(envelope) = &tx.body else { return None };
    Some(Transaction {
        effective_gas_price: Some(envelope.max_fee_per_gas()),
        inner: Recovered::new_unchecked(envelope.clone(), tx.signer.address),
        block_hash: None,
        block_number: None,
        transaction_index: None,
        block_timestamp: None,
    })
}

/// The logs of a transaction, numbered.
pub(crate) fn logs<'a>(view: &'a View, shown: Shown<'a>) -> impl Iterator<Item = Log> + 'a {
    shown.receipt.logs.iter().zip(shown.first_log..).map(move |(log, index)| Log {
        inner: log.clone(),
        block_hash: view.hash,
        block_number: Some(view.number),
        block_timestamp: Some(view.timestamp),
        transaction_hash: Some(shown.receipt.tx_hash),
        transaction_index: Some(shown.index),
        log_index: Some(index),
        removed: false,
    })
}

/// The receipt of a transaction.
pub(crate) fn receipt(view: &View, shown: Shown<'_>) -> RpcReceipt {
    let Receipt { gas_used, effective_gas_price, sender, to, contract_address, .. } = *shown.receipt;
    TransactionReceipt {
        inner: envelope(view, shown),
        transaction_hash: shown.receipt.tx_hash,
        transaction_index: Some(shown.index),
        block_hash: view.hash,
        block_number: Some(view.number),
        gas_used,
        effective_gas_price,
        blob_gas_used: None,
        blob_gas_price: None,
        from: sender,
        to,
        contract_address,
    }
}

/// What of a receipt Ethereum's consensus knows.
fn envelope(view: &View, shown: Shown<'_>) -> ReceiptEnvelope<Log> {
    let receipt = alloy_consensus::Receipt {
        status: Eip658Value::Eip658(shown.receipt.succeeded()),
        cumulative_gas_used: shown.receipt.cumulative_gas_used,
        logs: logs(view, shown).collect(),
    };
    typed(shown.receipt, receipt)
}

/// A receipt in its EIP-2718 encoding.
pub(crate) fn raw_receipt(receipt: &Receipt) -> Bytes {
    let inner = alloy_consensus::Receipt {
        status: Eip658Value::Eip658(receipt.succeeded()),
        cumulative_gas_used: receipt.cumulative_gas_used,
        logs: receipt.logs.clone(),
    };
    alloy_eips::Encodable2718::encoded_2718(&typed(receipt, inner)).into()
}

fn typed<L>(receipt: &Receipt, inner: alloy_consensus::Receipt<L>) -> ReceiptEnvelope<L> {
    let inner = ReceiptWithBloom { logs_bloom: receipt.bloom(), receipt: inner };
    match receipt.evm_type {
        Some(1) => ReceiptEnvelope::Eip2930(inner),
        Some(2) => ReceiptEnvelope::Eip1559(inner),
        Some(3) => ReceiptEnvelope::Eip4844(inner),
        Some(4) => ReceiptEnvelope::Eip7702(inner),
        _ => ReceiptEnvelope::Legacy(inner),
    }
}

/// Whether Ethereum clients are told of a waiting transaction.
pub(crate) fn is_shown(tx: &VerifiedTx) -> bool {
    matches!(tx.body, Body::Evm(_))
}
