//! One mainnet block: its JSON-RPC form, the rules of its time, and its transactions in their signed encoding.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_consensus::proofs::calculate_receipt_root;
use alloy_consensus::{Eip658Value, Receipt as EthReceipt, ReceiptEnvelope};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{B256, Bloom, U256};
use alloy_rpc_types_eth::Block;
use seiza_chain::evm::{BlockContext, BlockHashes, FeePolicy};
use seiza_types::tx::verify_all;
use seiza_types::{Fork, Receipt, Rules, Tx, VerifiedTx};

/// First blocks of the forks that blocks before the merge run under.
const FORKS_BY_NUMBER: [(u64, Fork); 10] = [
    (15_537_394, Fork::Paris),
    (12_965_000, Fork::London),
    (12_244_000, Fork::Berlin),
    (9_069_000, Fork::Istanbul),
    (7_280_000, Fork::Petersburg),
    (4_370_000, Fork::Byzantium),
    (2_675_000, Fork::SpuriousDragon),
    (2_463_000, Fork::TangerineWhistle),
    (1_150_000, Fork::Homestead),
    (0, Fork::Frontier),
];
/// First seconds of the forks since.
const FORKS_BY_TIME: [(u64, Fork); 2] = [(1_710_338_135, Fork::Cancun), (1_681_338_455, Fork::Shanghai)];

/// A mainnet block.
pub struct MainnetBlock(Block);

impl MainnetBlock {
    pub fn parse(json: &[u8]) -> Self {
        Self(serde_json::from_slice(json).expect("a block in JSON-RPC's form"))
    }

    fn fork(&self) -> Fork {
        let header = &self.0.header;
        let by_time = FORKS_BY_TIME.iter().find(|(since, _)| header.timestamp >= *since);
        let by_number = || FORKS_BY_NUMBER.iter().find(|(since, _)| header.number >= *since);
        by_time.or_else(by_number).expect("the first fork begins at block 0").1
    }

    pub fn context(&self, hashes: Arc<BTreeMap<u64, B256>>) -> BlockContext {
        let header = &self.0.header;
        BlockContext {
            base_fee: header.base_fee_per_gas.unwrap_or(0),
            gas_limit: header.gas_limit,
            coinbase: header.beneficiary,
            prevrandao: header.mix_hash,
            difficulty: U256::from(header.difficulty),
            block_hashes: BlockHashes::Fixed(hashes),
            fees: FeePolicy::Ethereum,
            excess_blob_gas: header.excess_blob_gas,
            ..BlockContext::new(1, self.fork(), header.number, header.timestamp)
        }
    }

    pub fn verified(&self) -> Vec<VerifiedTx> {
        let gas = self.0.header.gas_limit;
        let rules = Rules { fork: self.fork(), blobs: true, block_gas_max: gas, ..Rules::new(1, "mainnet") };
        let txs = self.0.transactions.as_transactions().expect("the archive holds whole transactions");
        let txs = txs.iter().map(|tx| Tx::decode(&tx.inner.encoded_2718()).unwrap()).collect();
        verify_all(txs, &rules).into_iter().map(Result::unwrap).collect()
    }

    pub fn gas_used(&self) -> u64 {
        self.0.header.gas_used
    }

    pub fn bloom(&self) -> Bloom {
        self.0.header.logs_bloom
    }

    /// The root over receipts; before Byzantium receipts held intermediate state roots, which nobody has here.
    pub fn receipts_root(&self) -> Option<B256> {
        (self.fork() >= Fork::Byzantium).then_some(self.0.header.receipts_root)
    }
}

/// Ethereum's root over our receipts.
pub fn receipts_root_of(receipts: &[Receipt]) -> B256 {
    let envelope = |receipt: &Receipt| {
        let inner = EthReceipt {
            status: Eip658Value::Eip658(receipt.succeeded()),
            cumulative_gas_used: receipt.cumulative_gas_used,
            logs: receipt.logs.clone(),
        }
        .with_bloom();
        match receipt.evm_type {
            Some(1) => ReceiptEnvelope::Eip2930(inner),
            Some(2) => ReceiptEnvelope::Eip1559(inner),
            Some(3) => ReceiptEnvelope::Eip4844(inner),
            _ => ReceiptEnvelope::Legacy(inner),
        }
    };
    calculate_receipt_root(&receipts.iter().map(envelope).collect::<Vec<_>>())
}
