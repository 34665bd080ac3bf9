//! What a transaction did. The numbers in a receipt enter the block's results hash; texts never do.

use alloy_primitives::{Address, B256, Bloom, Bytes, Log};
use prost::Message as _;
use tendermint::merkle;

use crate::Event;

/// Result code of a transaction: 0 is success, all else failed and changed nothing but nonce and fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Code {
    /// Succeeded.
    Ok = 0,
    /// A contract reverted.
    Reverted = 1,
    /// Ran out of gas.
    OutOfGas = 2,
    /// Any other EVM halt: invalid opcode, stack, size limits.
    Halted = 3,
    /// The sender cannot cover what a message moves.
    InsufficientFunds = 4,
    /// A message breaks a rule of its module.
    Rejected = 5,
    /// Included, but could not be run at all (nonce or fee no longer fits after earlier transactions of its block): the
    /// transaction has no effect and pays nothing.
    Skipped = 6,
}

impl Code {
    /// The code with that number.
    #[must_use]
    pub fn from_u32(code: u32) -> Option<Self> {
        const ALL: [Code; 7] = [
            Code::Ok,
            Code::Reverted,
            Code::OutOfGas,
            Code::Halted,
            Code::InsufficientFunds,
            Code::Rejected,
            Code::Skipped,
        ];
        ALL.get(usize::try_from(code).ok()?).copied()
    }
}

/// A transaction's receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The transaction's hash.
    pub tx_hash: B256,
    /// EIP-2718 type of an Ethereum transaction; `None` for a Cosmos one.
    pub evm_type: Option<u8>,
    /// Who signed.
    pub sender: Address,
    /// Whom it called; `None` for a creation or a Cosmos transaction.
    pub to: Option<Address>,
    /// How it ended.
    pub code: Code,
    /// Gas limit it asked for.
    pub gas_wanted: u64,
    /// Gas it used.
    pub gas_used: u64,
    /// Gas used in the block up to and including it.
    pub cumulative_gas_used: u64,
    /// Wei paid per gas.
    pub effective_gas_price: u128,
    /// Contract it created.
    pub contract_address: Option<Address>,
    /// Index in the block of its first log: logs are numbered densely through the block.
    pub first_log_index: u64,
    /// EVM logs.
    pub logs: Vec<Log>,
    /// Native events.
    pub events: Vec<Event>,
    /// Return data of a Cosmos transaction's messages.
    pub data: Bytes,
}

impl Receipt {
    /// Whether the transaction succeeded.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.code == Code::Ok
    }

    /// Bloom filter over the logs (Yellow Paper 4.3.1).
    #[must_use]
    pub fn bloom(&self) -> Bloom {
        self.logs.iter().collect()
    }
}

/// Root over the results of a block, as Tendermint's `LastResultsHash`: merkle root of the deterministic part (code, data,
/// gas wanted, gas used) of each `ExecTxResult`.
#[must_use]
pub fn results_hash<'a>(receipts: impl IntoIterator<Item = &'a Receipt>) -> B256 {
    let leaves: Vec<Vec<u8>> = receipts
        .into_iter()
        .map(|receipt| {
            tendermint_proto::v0_38::abci::ExecTxResult {
                code: receipt.code as u32,
                data: receipt.data.0.clone(),
                gas_wanted: i64::try_from(receipt.gas_wanted).unwrap_or(i64::MAX),
                gas_used: i64::try_from(receipt.gas_used).unwrap_or(i64::MAX),
                ..Default::default()
            }
            .encode_to_vec()
        })
        .collect();
    B256::new(merkle::simple_hash_from_byte_vectors::<tendermint::crypto::default::Sha256>(&leaves))
}
