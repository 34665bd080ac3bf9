//! What may be known of a block's transactions before they run. It makes execution faster, never different: a wrong hint
//! costs one run of one transaction more.

use std::sync::Arc;

use seiza_executor::Intent;
use seiza_state::{Key, WriteSet};

/// Keys that a transaction is expected to touch, and how.
pub type Footprint = Arc<[(Key, Intent)]>;

/// What is known of all transactions of a block, in the block's order.
#[derive(Debug, Clone, Copy, Default)]
pub enum Hints<'a> {
    /// Nothing beyond what each transaction says by itself.
    #[default]
    None,
    /// Keys learned when the transaction was admitted; `None` where nothing was.
    Learned(&'a [Option<Footprint>]),
    /// The writes of each transaction as the block's proposer found them (EIP-7928's idea). They are verified, not
    /// believed.
    Shipped(&'a [WriteSet]),
}

impl<'a> Hints<'a> {
    /// The keys learned of the transaction at `index`; none where the list is too short.
    pub(crate) fn learned(&self, index: usize) -> Option<&'a [(Key, Intent)]> {
        match self {
            Self::None | Self::Shipped(_) => None,
            Self::Learned(all) => all.get(index)?.as_deref(),
        }
    }
}
