//! A Tendermint block as Ethereum sees it.
//!
//! Only Ethereum transactions that took effect are shown. They are numbered here, once, from 0 and without a gap, and so are
//! their logs; everything that shows an index takes it from here. The logs of the block's settlement follow theirs.

use std::sync::{Arc, OnceLock};

use seiza_chain::VerifiedBlock;
use seiza_chain::evm::BlockContext;
use seiza_storage::{BlockResults, StoredBlock};
use seiza_types::{Block, Code, Height, Receipt, data_hash, results_hash};

use crate::{Address, B256, Bytes};

/// A block, stored or pending, or the founding state shown as block 0.
#[derive(Clone)]
pub(crate) struct View {
    /// Its height.
    pub(crate) number: Height,
    /// Its hash; `None` for the pending block.
    pub(crate) hash: Option<B256>,
    /// Hash of the block before; zero for block 0.
    pub(crate) parent_hash: B256,
    /// Seconds since 1970.
    pub(crate) timestamp: u64,
    /// Its proposer: what COINBASE gives.
    pub(crate) miner: Address,
    /// What PREVRANDAO gives.
    pub(crate) prevrandao: B256,
    /// Root of the state after it; zero for the pending block.
    pub(crate) state_root: B256,
    /// Receipts and sums.
    pub(crate) results: Arc<BlockResults>,
    body: Body,
    pub(super) costly: Arc<Costly>,
}

/// What takes long to compute and few ask for: computed once for all clones of a view.
#[derive(Default)]
pub(super) struct Costly {
    receipts_root: OnceLock<B256>,
    size: OnceLock<u64>,
    pub(super) settlement: OnceLock<Option<Receipt>>,
}

#[derive(Clone)]
enum Body {
    Stored(Arc<StoredBlock>),
    Pending(VerifiedBlock),
    Simulated(Vec<Bytes>),
    Genesis,
}

/// One shown transaction.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    /// Its index among the shown.
    pub(crate) index: u64,
    /// Its place among all transactions of the block.
    pub(crate) place: usize,
    /// Index of its first log among the logs of the shown.
    pub(crate) first_log: u64,
    /// Its encoding.
    pub(crate) raw: &'a Bytes,
    /// Its receipt.
    pub(crate) receipt: &'a Receipt,
}

/// What a view says of a block beside the block itself.
pub(crate) struct Frame {
    pub(crate) parent_hash: B256,
    pub(crate) prevrandao: B256,
    pub(crate) state_root: B256,
}

impl View {
    /// A committed block.
    pub(crate) fn stored(stored: Arc<StoredBlock>, results: Arc<BlockResults>, frame: &Frame) -> Self {
        let facts = Self::of(&stored.block, results, frame);
        Self { hash: Some(stored.hash), body: Body::Stored(stored), ..facts }
    }

    /// A block that is executed and will not be committed.
    pub(crate) fn pending(block: VerifiedBlock, results: Arc<BlockResults>, frame: &Frame) -> Self {
        let facts = Self::of(&block, results, frame);
        Self { body: Body::Pending(block), ..facts }
    }

    /// The founding state.
    pub(crate) fn genesis(hash: B256, timestamp: u64, results: BlockResults, state_root: B256) -> Self {
        Self {
            number: 0,
            hash: Some(hash),
            parent_hash: B256::ZERO,
            timestamp,
            miner: Address::ZERO,
            prevrandao: B256::ZERO,
            state_root,
            results: Arc::new(results),
            body: Body::Genesis,
            costly: Arc::default(),
        }
    }

    /// A block that somebody only imagines.
    pub(crate) fn simulated(
        hash: B256,
        parent_hash: B256,
        context: &BlockContext,
        results: BlockResults,
        txs: Vec<Bytes>,
    ) -> Self {
        Self {
            number: context.number,
            hash: Some(hash),
            parent_hash,
            timestamp: context.timestamp,
            miner: context.coinbase,
            prevrandao: context.prevrandao,
            state_root: B256::ZERO,
            results: Arc::new(results),
            body: Body::Simulated(txs),
            costly: Arc::default(),
        }
    }

    fn of(block: &Block, results: Arc<BlockResults>, frame: &Frame) -> Self {
        Self {
            number: block.height(),
            hash: None,
            parent_hash: frame.parent_hash,
            timestamp: block.timestamp(),
            miner: Address::from_slice(block.header.proposer_address.as_bytes()),
            prevrandao: frame.prevrandao,
            state_root: frame.state_root,
            results,
            body: Body::Genesis,
            costly: Arc::default(),
        }
    }

    /// The block; `None` for the founding state, and for a simulated one.
    pub(crate) fn block(&self) -> Option<&Block> {
        match &self.body {
            Body::Stored(stored) => Some(&stored.block),
            Body::Pending(block) => Some(block),
            Body::Simulated(_) | Body::Genesis => None,
        }
    }

    pub(super) fn txs(&self) -> &[Bytes] {
        match &self.body {
            Body::Simulated(txs) => txs,
            _ => self.block().map_or(&[], |block| &block.txs),
        }
    }

    /// Root over its transactions, as the Tendermint header has it.
    pub(crate) fn transactions_root(&self) -> B256 {
        let stated = self.block().and_then(|block| block.header.data_hash);
        stated.map_or_else(|| data_hash(self.txs()), |hash| B256::from_slice(hash.as_bytes()))
    }

    /// Root over its results, as the next Tendermint header has it.
    pub(crate) fn receipts_root(&self) -> B256 {
        *self.costly.receipts_root.get_or_init(|| results_hash(&self.results.receipts))
    }

    /// Bytes of its encoding.
    pub(crate) fn size(&self) -> u64 {
        *self.costly.size.get_or_init(|| {
            let encoded = self.block().map(|block| block.encode().len());
            encoded.unwrap_or_else(|| self.txs().iter().map(|tx| tx.len()).sum()) as u64
        })
    }

    /// The shown transactions, in order.
    pub(crate) fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        let (mut index, mut first_log) = (0, 0);
        let all = self.txs().iter().zip(&self.results.receipts).enumerate();
        all.filter(|(_, (_, receipt))| is_shown(receipt)).map(move |(place, (raw, receipt))| {
            let shown = Shown { index, place, first_log, raw, receipt };
            index += 1;
            first_log += receipt.logs.len() as u64;
            shown
        })
    }
}

/// Ethereum knows neither Cosmos transactions nor ones that were included and had no effect.
pub(crate) fn is_shown(receipt: &Receipt) -> bool {
    receipt.evm_type.is_some() && receipt.code != Code::Skipped
}
