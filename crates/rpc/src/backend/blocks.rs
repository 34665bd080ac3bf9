//! Finding blocks and transactions.

use std::ops::RangeInclusive;
use std::sync::Arc;

use alloy_eips::{BlockId, BlockNumberOrTag};
use seiza_storage::{BlockResults, Head, StoredBlock};
use seiza_types::{Height, Receipt};

use super::Backend;
use super::view::{Frame, View, is_shown};
use crate::methods::Answer;
use crate::{B256, Bloom, Failure};

impl Backend {
    /// The oldest block that can be shown.
    pub(crate) fn earliest(&self) -> Height {
        self.parts.chain.storage().earliest()
    }

    /// The height that a tag names; `None` for the pending block, which has none yet. Finality is instant, so the last
    /// block is safe and final.
    pub(crate) fn height_of(&self, tag: BlockNumberOrTag) -> Option<Height> {
        match tag {
            BlockNumberOrTag::Number(height) => Some(height),
            BlockNumberOrTag::Earliest => Some(self.earliest()),
            BlockNumberOrTag::Latest | BlockNumberOrTag::Safe | BlockNumberOrTag::Finalized => Some(self.head().height),
            BlockNumberOrTag::Pending => None,
        }
    }

    /// The block that a client names; `None` where there is no such block.
    pub(crate) fn view(&self, id: BlockId) -> Answer<Option<View>> {
        match id {
            BlockId::Hash(hash) => self.view_by_hash(hash.block_hash),
            BlockId::Number(tag) => match self.height_of(tag) {
                Some(height) => self.view_at(height),
                None => self.pending_view().map(Some),
            },
        }
    }

    /// The block with that hash.
    pub(crate) fn view_by_hash(&self, hash: B256) -> Answer<Option<View>> {
        match self.height_by_hash(hash)? {
            Some(height) => self.view_at(height),
            None => Ok(None),
        }
    }

    /// The height of the block with that hash.
    pub(crate) fn height_by_hash(&self, hash: B256) -> Answer<Option<Height>> {
        if hash == self.genesis_hash {
            return Ok(Some(0));
        }
        let stored = self.parts.chain.storage().block_by_hash(&hash)?;
        let head = self.head().height;
        Ok(stored.map(|stored| stored.block.height()).filter(|height| *height <= head))
    }

    /// The block at `height`.
    pub(crate) fn view_at(&self, height: Height) -> Answer<Option<View>> {
        if let Some(view) = self.newest.lock().as_ref().filter(|view| view.number == height) {
            return Ok(Some(view.clone()));
        }
        let head = self.head();
        let view = match height {
            0 => Some(self.genesis_view(&head)?),
            _ => self.stored_view(&head, height)?,
        };
        if height == head.height && height > 0 {
            *self.newest.lock() = view.clone();
        }
        Ok(view)
    }

    fn stored_view(&self, head: &Head, height: Height) -> Answer<Option<View>> {
        let earliest = self.earliest();
        if height < earliest {
            return Err(Failure::HistoryPruned { earliest });
        }
        let Some((stored, results)) = self.committed(head, height)? else { return Ok(None) };
        let frame = Frame {
            parent_hash: self.parent_hash(&stored),
            prevrandao: seiza_chain::prevrandao(&stored.block),
            state_root: self.app_hash_after(head, height)?,
        };
        Ok(Some(View::stored(stored, results, &frame)))
    }

    fn genesis_view(&self, head: &Head) -> Answer<View> {
        let genesis = self.parts.chain.genesis();
        let results = BlockResults {
            base_fee_per_gas: genesis.fees.base_fee.clamp(genesis.fees.base_fee_min, genesis.fees.base_fee_max),
            gas_limit: genesis.block_gas_max,
            ..BlockResults::default()
        };
        let timestamp = u64::try_from(genesis.time.unix_timestamp()).unwrap_or(0);
        Ok(View::genesis(self.genesis_hash, timestamp, results, self.app_hash_after(head, 0)?))
    }

    /// A block up to the head, with its results.
    pub(super) fn committed(
        &self,
        head: &Head,
        height: Height,
    ) -> Answer<Option<(Arc<StoredBlock>, Arc<BlockResults>)>> {
        let stored = match &head.block {
            Some(block) if height == head.height => Some(block.clone()),
            _ if height > head.height => None,
            _ => self.parts.chain.storage().block(height)?,
        };
        Ok(stored.and_then(|stored| stored.results.clone().map(|results| (stored, results))))
    }

    /// What the block says its parent is; the first block's parent is the founding document.
    fn parent_hash(&self, stored: &StoredBlock) -> B256 {
        let parent = stored.block.header.last_block_id;
        parent.map_or(self.genesis_hash, |id| B256::from_slice(id.hash.as_bytes()))
    }

    /// The state's root after a block: the next header carries it.
    pub(super) fn app_hash_after(&self, head: &Head, height: Height) -> Answer<B256> {
        if height == head.height {
            return Ok(head.app_hash);
        }
        let next = self.parts.chain.storage().block(height + 1)?;
        Ok(next.map_or(B256::ZERO, |next| B256::from_slice(next.block.header.app_hash.as_bytes())))
    }

    /// The block that holds a shown transaction, and the transaction's place among all of the block.
    pub(crate) fn transaction(&self, hash: &B256) -> Answer<Option<(View, usize)>> {
        let Some(location) = self.parts.chain.storage().tx(hash)? else { return Ok(None) };
        let Some(view) = self.view_at(location.height)? else { return Ok(None) };
        let place = location.index as usize;
        // The index knows Tendermint's hash as well, which is no name here.
        let named = |receipt: &&Receipt| receipt.tx_hash == *hash;
        let known = view.results.receipts.get(place).filter(named).is_some_and(is_shown);
        Ok(known.then_some((view, place)))
    }

    /// Heights of a range whose logs may match, by their blooms, in order, up to the head; and the last height looked at,
    /// where `go_on` ended the search.
    pub(crate) fn heights_with(
        &self,
        range: RangeInclusive<Height>,
        may_match: impl Fn(&Bloom) -> bool,
        go_on: impl Fn(Height) -> bool,
    ) -> Answer<(Vec<Height>, Option<Height>)> {
        let (mut heights, mut stopped) = (Vec::new(), None);
        self.parts.chain.storage().blooms(range, &mut |height, bloom| {
            if may_match(bloom) {
                heights.push(height);
            }
            let more = go_on(height);
            stopped = (!more).then_some(height);
            more
        })?;
        Ok((heights, stopped))
    }
}
