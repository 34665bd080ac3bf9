//! What readers are shown: the one published head, and blocks as they are stored.

use std::sync::Arc;

use seiza_types::{AppHash, B256, Block, Certificate, Height};
use tendermint::Time;

use crate::{BlockResults, Snapshot};

/// The newest committed height, published as one value: whoever holds it sees one consistent chain, and everything up to
/// its height (blocks, receipts, transactions by hash) is found by the queries of [`crate::Storage`].
#[derive(Debug, Clone)]
pub struct Head {
    /// The height; 0 is the genesis state (and an empty state before genesis is stored).
    pub height: Height,
    /// Root of the state after this height: what the header of the next one carries.
    pub app_hash: AppHash,
    /// Hash of the block at this height; zero at height 0.
    pub block_hash: B256,
    /// The block's time; genesis time at height 0.
    pub time: Time,
    /// The block with its results; `None` at height 0.
    pub block: Option<Arc<StoredBlock>>,
    /// The state after this height.
    pub state: Snapshot,
}

/// A decided block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlock {
    /// The block.
    pub block: Block,
    /// Its hash.
    pub hash: B256,
    /// The commit that decided it.
    pub certificate: Certificate,
    /// What executing it gave; `None` while it is decided but not committed.
    pub results: Option<Arc<BlockResults>>,
}

/// What [`crate::Storage::commit`] makes durable and publishes.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The block's height: one above the head.
    pub height: Height,
    /// What the block changes. Passing the very `Arc` given to [`crate::Storage::root_after`] saves computing it again.
    pub changes: Arc<seiza_state::Changeset>,
    /// What executing it gave.
    pub results: BlockResults,
    /// Root of the state after it, as computed by the executor's call of [`crate::Storage::root_after`].
    pub app_hash: AppHash,
}

/// Where a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TxLocation {
    /// Height of its block.
    pub height: Height,
    /// Its place in the block, from 0.
    pub index: u32,
}
