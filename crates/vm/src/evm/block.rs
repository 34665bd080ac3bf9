//! What the EVM is told of the block it runs in.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use revm::context::BlockEnv;
use revm::context_interface::block::BlobExcessGasAndPrice;
use revm::primitives::hardfork::SpecId;
use seiza_modules::BlockInfo;
use seiza_types::{Address, B256, Fork, U256};

/// A block as seen from inside an EVM transaction.
#[derive(Debug, Clone)]
pub struct BlockContext {
    /// NUMBER: the block's height.
    pub number: u64,
    /// TIMESTAMP: whole seconds since 1970.
    pub timestamp: u64,
    /// Nanoseconds of the block's time beyond these; for native modules.
    pub nanos: u32,
    /// BASEFEE: wei per gas.
    pub base_fee: u64,
    /// GASLIMIT: gas of the whole block; no transaction may ask for more.
    pub gas_limit: u64,
    /// COINBASE: the proposer's EVM address. It receives fees only under [`FeePolicy::Ethereum`].
    pub coinbase: Address,
    /// PREVRANDAO, from Paris on.
    pub prevrandao: B256,
    /// DIFFICULTY, before Paris.
    pub difficulty: U256,
    /// CHAINID.
    pub chain_id: u64,
    /// Rule set.
    pub fork: Fork,
    /// Where BLOCKHASH looks.
    pub block_hashes: BlockHashes,
    /// Whose rules: where fees go, and whether there is anything beside Ethereum.
    pub fees: FeePolicy,
    /// Excess blob gas, for Ethereum's tests; `None` reads as zero (the blob base fee is then 1 wei).
    pub excess_blob_gas: Option<u64>,
}

/// Where the hashes of earlier blocks come from.
#[derive(Debug, Clone)]
pub enum BlockHashes {
    /// The ring buffer in the storage of EIP-2935's history contract: opcode and contract answer from one source.
    State,
    /// Given from outside, by number; what is missing is zero. For Ethereum's tests and replayed blocks.
    Fixed(Arc<BTreeMap<u64, B256>>),
}

/// Who receives what is paid for gas, and with it whose rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeePolicy {
    /// Seiza's: base fee and tip go to the fee collector by a commutative add; native precompiles exist; a sender's first
    /// transaction links its two addresses; what self-destruction burns leaves the bank's supply.
    Collector,
    /// Ethereum's: tip to the coinbase, base fee burned; no native precompiles, no linking, supply is not kept. An account
    /// with storage but neither code nor nonce refuses creation over it (EIP-7610); only such chains can hold one.
    Ethereum,
}

impl BlockContext {
    /// A block of a chain with Seiza's rules; everything not given is zero.
    #[must_use]
    pub fn new(chain_id: u64, fork: Fork, number: u64, timestamp: u64) -> Self {
        Self {
            number,
            timestamp,
            nanos: 0,
            base_fee: 0,
            gas_limit: seiza_types::limits::BLOCK_GAS_DEFAULT,
            coinbase: Address::ZERO,
            prevrandao: B256::ZERO,
            difficulty: U256::ZERO,
            chain_id,
            fork,
            block_hashes: BlockHashes::State,
            fees: FeePolicy::Collector,
            excess_blob_gas: None,
        }
    }

    /// The block as native modules are told of it.
    #[must_use]
    pub fn info(&self) -> BlockInfo {
        BlockInfo { height: self.number, timestamp: self.timestamp, nanos: self.nanos, evm_chain_id: self.chain_id }
    }

    /// revm's name of the rule set.
    #[must_use]
    pub fn spec(&self) -> SpecId {
        match self.fork {
            Fork::Frontier => SpecId::FRONTIER,
            Fork::Homestead => SpecId::HOMESTEAD,
            Fork::TangerineWhistle => SpecId::TANGERINE,
            Fork::SpuriousDragon => SpecId::SPURIOUS_DRAGON,
            Fork::Byzantium => SpecId::BYZANTIUM,
            // Constantinople was replaced by Petersburg before it reached mainnet; revm knows the latter alone.
            Fork::Constantinople | Fork::Petersburg => SpecId::PETERSBURG,
            Fork::Istanbul => SpecId::ISTANBUL,
            Fork::Berlin => SpecId::BERLIN,
            Fork::London => SpecId::LONDON,
            Fork::Paris => SpecId::MERGE,
            Fork::Shanghai => SpecId::SHANGHAI,
            Fork::Cancun => SpecId::CANCUN,
            Fork::Prague => SpecId::PRAGUE,
        }
    }

    /// Blobs that one transaction may carry under the fork.
    pub(crate) fn blobs_max(&self) -> u64 {
        if self.fork >= Fork::Prague { 9 } else { 6 }
    }

    /// The block in revm's form.
    #[must_use]
    pub fn env(&self) -> BlockEnv {
        BlockEnv {
            number: U256::from(self.number),
            beneficiary: self.coinbase,
            timestamp: U256::from(self.timestamp),
            gas_limit: self.gas_limit,
            basefee: self.base_fee,
            difficulty: self.difficulty,
            prevrandao: Some(self.prevrandao),
            blob_excess_gas_and_price: Some(blob_price(self.excess_blob_gas.unwrap_or(0), self.spec())),
            slot_num: 0,
        }
    }
}

thread_local! {
    static BLOB_PRICE: Cell<Option<(SpecId, BlobExcessGasAndPrice)>> = const { Cell::new(None) };
}

/// The price of blob gas. Its exponential takes as long as a short transaction, and is the same for a whole block: the last
/// one is remembered.
fn blob_price(excess: u64, spec: SpecId) -> BlobExcessGasAndPrice {
    match BLOB_PRICE.get() {
        Some((of, price)) if of == spec && price.excess_blob_gas == excess => price,
        _ => {
            let price = BlobExcessGasAndPrice::new_with_spec(excess, spec);
            BLOB_PRICE.set(Some((spec, price)));
            price
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_of_blob_gas_is_that_of_the_block_whatever_was_asked_before() {
        for fork in [Fork::Cancun, Fork::Prague, Fork::Cancun] {
            for excess in [None, Some(0), Some(20_000_000), Some(80_000_000), Some(20_000_000)] {
                let block = BlockContext { excess_blob_gas: excess, ..BlockContext::new(1, fork, 1, 1) };
                let fresh = BlobExcessGasAndPrice::new_with_spec(excess.unwrap_or(0), block.spec());
                assert_eq!(block.env().blob_excess_gas_and_price, Some(fresh), "{fork:?} {excess:?}");
            }
        }
    }
}
