//! Blocks, transactions, receipts and logs in the shapes that geth gives them.

mod block;
mod receipt;

pub(crate) use block::{RpcBlock, block, header};
pub(crate) use receipt::{RpcReceipt, logs, raw_receipt, receipt};

use alloy_consensus::transaction::Recovered;
use alloy_consensus::{EthereumTxEnvelope, Signed, Transaction as _, TxEip4844, TxLegacy};
use alloy_primitives::{Signature, TxKind, U256};
use alloy_rpc_types_eth::Transaction;
use seiza_types::tx::Body;
use seiza_types::{Tx, VerifiedTx};

use crate::Failure;
use crate::backend::{Shown, View};
use crate::methods::Answer;

/// A transaction as RPC shows it.
pub(crate) type RpcTx = Transaction<EthereumTxEnvelope<TxEip4844>>;

/// A transaction of a block. Where the block is pending, so is the transaction.
pub(crate) fn transaction(view: &View, shown: Shown<'_>) -> Answer<RpcTx> {
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

/// The settlement of a block as a transaction that the exchange sends itself: without value, gas or a signature. Clients look
/// for the transaction of a log that they were shown.
pub(crate) fn settlement(view: &View, shown: Shown<'_>) -> RpcTx {
    let to = TxKind::Call(shown.receipt.sender);
    let tx = TxLegacy { nonce: view.number, to, ..TxLegacy::default() };
    let unsigned = Signature::new(U256::ZERO, U256::ZERO, false);
    let tx = Signed::new_unchecked(tx, unsigned, shown.receipt.tx_hash);
    Transaction {
        inner: Recovered::new_unchecked(EthereumTxEnvelope::Legacy(tx), shown.receipt.sender),
        block_hash: view.hash,
        block_number: view.hash.map(|_| view.number),
        transaction_index: view.hash.map(|_| shown.index),
        effective_gas_price: Some(0),
        block_timestamp: None,
    }
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

/// Whether Ethereum clients are told of a waiting transaction.
pub(crate) fn is_shown(tx: &VerifiedTx) -> bool {
    matches!(tx.body, Body::Evm(_))
}
