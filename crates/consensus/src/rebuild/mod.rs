//! A block put together from a compact proposal, the mempool, and what peers send.
//!
//! [`Rebuild::new`] goes over the pool once and finds each transaction's places in the block by its id: O((n + m) log n) for
//! n ids and m transactions in the pool, whatever ids the proposer wrote. What was prefilled stands first.
//!
//! Two different transactions of the pool may have one short id. Then nobody can tell here which of them is meant, and the
//! place is *ambiguous*: it counts as missing and is asked for like the others. Should an id be met by chance, by a
//! transaction that is not the proposer's, the data hash tells ([`RebuildError::DataHash`]), and the whole block is fetched
//! as parts.
//!
//! A transaction that a peer sends is checked against the id before it is taken ([`SupplyError::Wrong`]), so that the peer
//! is known that sent a wrong one.

mod error;
mod wanted;

use std::sync::Arc;

pub use error::{RebuildError, SupplyError};
use seiza_types::limits::BLOCK_BYTES_MAX;
use seiza_types::{B256, Block, Bytes, Tx, data_hash};
use wanted::Wanted;

use crate::compact::{CompactProposal, ShortIdKey};

/// What stands at one place of the block.
#[derive(Debug, Clone)]
enum Slot {
    Missing,
    /// Several transactions of the pool have the id.
    Ambiguous,
    /// From the pool, with its hash.
    Pooled(B256, Bytes),
    /// Sent by the proposer or a peer: stays, whatever the pool holds.
    Sent(Bytes),
}

/// A block on its way.
#[derive(Debug, Clone)]
pub struct Rebuild {
    proposal: Arc<CompactProposal>,
    key: ShortIdKey,
    slots: Vec<Slot>,
    missing: usize,
}

impl Rebuild {
    /// Fills in what is prefilled and what the pool holds. `pool` gives hash and bytes of each waiting transaction, in any
    /// order.
    ///
    /// # Errors
    /// [`RebuildError::Prefilled`]: the proposer's fault.
    pub fn new<'a>(
        proposal: Arc<CompactProposal>,
        pool: impl IntoIterator<Item = (&'a B256, &'a Bytes)>,
    ) -> Result<Self, RebuildError> {
        let key = ShortIdKey::of(proposal.block());
        let slots = vec![Slot::Missing; proposal.txs.len()];
        let mut rebuild = Self { proposal, key, slots, missing: 0 };
        rebuild.prefill()?;
        let wanted = Wanted::of(&rebuild.proposal.txs, key);
        for (hash, bytes) in pool {
            wanted.places(hash).for_each(|place| rebuild.offer(place, hash, bytes));
        }
        rebuild.missing = rebuild.slots.iter().filter(|slot| slot.is_missing()).count();
        Ok(rebuild)
    }

    fn prefill(&mut self) -> Result<(), RebuildError> {
        let proposal = self.proposal.clone();
        for (index, bytes) in &proposal.prefilled {
            if !self.matches(*index, bytes) {
                return Err(RebuildError::Prefilled(*index));
            }
            self.slots[*index as usize] = Slot::Sent(bytes.clone());
        }
        Ok(())
    }

    fn matches(&self, index: u32, bytes: &[u8]) -> bool {
        Tx::hash_of(bytes).is_some_and(|hash| self.proposal.txs.matches(index as usize, &hash, &self.key))
    }

    fn offer(&mut self, place: u32, hash: &B256, bytes: &Bytes) {
        let slot = &mut self.slots[place as usize];
        match slot {
            Slot::Missing => *slot = Slot::Pooled(*hash, bytes.clone()),
            Slot::Pooled(other, _) if other != hash => *slot = Slot::Ambiguous,
            Slot::Pooled(..) | Slot::Ambiguous | Slot::Sent(_) => {}
        }
    }

    /// The proposal that it follows.
    #[must_use]
    pub fn proposal(&self) -> &CompactProposal {
        &self.proposal
    }

    /// Transactions in the block.
    #[must_use]
    pub fn txs(&self) -> usize {
        self.slots.len()
    }

    /// Places of the transactions that are missing, ascending; the ambiguous ones too.
    #[must_use]
    pub fn missing(&self) -> Vec<u32> {
        (0u32..).zip(&self.slots).filter(|(_, slot)| slot.is_missing()).map(|(index, _)| index).collect()
    }

    /// For each place the hash of the pool's transaction that stands there: those that the pool has verified.
    #[must_use]
    pub fn pooled(&self) -> Vec<Option<B256>> {
        let hash = |slot: &Slot| match slot {
            Slot::Pooled(hash, _) => Some(*hash),
            Slot::Missing | Slot::Ambiguous | Slot::Sent(_) => None,
        };
        self.slots.iter().map(hash).collect()
    }

    /// How many are missing.
    #[must_use]
    pub fn missing_count(&self) -> usize {
        self.missing
    }

    /// How many of the missing ones the pool holds more than one candidate for.
    #[must_use]
    pub fn ambiguous_count(&self) -> usize {
        self.slots.iter().filter(|slot| matches!(slot, Slot::Ambiguous)).count()
    }

    /// Takes a transaction that a peer sent. One that is not missing any more is passed over.
    ///
    /// # Errors
    /// [`SupplyError`]: the peer's fault. Nothing changes.
    pub fn supply(&mut self, index: u32, bytes: Bytes) -> Result<(), SupplyError> {
        let slot = self.slots.get(index as usize).ok_or(SupplyError::Index { index, txs: self.slots.len() })?;
        if !slot.is_missing() {
            return Ok(());
        }
        if !self.matches(index, &bytes) {
            return Err(SupplyError::Wrong { index });
        }
        self.slots[index as usize] = Slot::Sent(bytes);
        self.missing -= 1;
        Ok(())
    }

    /// The block, in the proposal's order.
    ///
    /// # Errors
    /// [`RebuildError::Missing`], [`RebuildError::TooLong`], [`RebuildError::DataHash`].
    pub fn finish(self) -> Result<Block, RebuildError> {
        if self.missing > 0 {
            return Err(RebuildError::Missing(self.missing));
        }
        let txs: Vec<Bytes> = self.slots.into_iter().filter_map(Slot::into_bytes).collect();
        let bytes = txs.iter().map(|tx| tx.len()).sum();
        if bytes > BLOCK_BYTES_MAX {
            return Err(RebuildError::TooLong { bytes, max: BLOCK_BYTES_MAX });
        }
        let CompactProposal { header, last_commit, evidence, .. } = Arc::unwrap_or_clone(self.proposal);
        let stated = header.data_hash.map_or_else(|| data_hash(&[]), |hash| B256::from_slice(hash.as_bytes()));
        let actual = data_hash(&txs);
        if actual != stated {
            return Err(RebuildError::DataHash { header: stated, actual });
        }
        Ok(Block { header, txs, evidence, last_commit })
    }
}

impl Slot {
    fn is_missing(&self) -> bool {
        matches!(self, Self::Missing | Self::Ambiguous)
    }

    fn into_bytes(self) -> Option<Bytes> {
        match self {
            Self::Pooled(_, bytes) | Self::Sent(bytes) => Some(bytes),
            Self::Missing | Self::Ambiguous => None,
        }
    }
}

#[cfg(test)]
mod tests;
