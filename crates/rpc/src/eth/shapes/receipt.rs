//! Receipts and logs.

use alloy_consensus::{Eip658Value, ReceiptEnvelope, ReceiptWithBloom};
use alloy_rpc_types_eth::{Log, TransactionReceipt};
use seiza_types::Receipt;

use crate::Bytes;
use crate::backend::{Shown, View};

/// A receipt as RPC shows it.
pub(crate) type RpcReceipt = TransactionReceipt<ReceiptEnvelope<Log>>;

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
