//! Whose orders a block filled, and in which markets: what an account's fills are found by.

use std::ops::RangeInclusive;

use seiza_types::exchange::MarketId;
use seiza_types::{Address, Height};

use crate::parties::numbers;
use crate::recent::Pending;
use crate::{BlockResults, Storage, StorageError, entry};

impl Storage {
    /// Visits the heights at which an order of that owner was filled, ascending, each with the markets in which one was,
    /// until `visit` answers `false`. Pruned and future heights are left out.
    ///
    /// # Errors
    /// Those of reading the index.
    pub fn fills_of(
        &self,
        owner: &Address,
        heights: RangeInclusive<Height>,
        visit: &mut dyn FnMut(Height, &[MarketId]) -> bool,
    ) -> Result<(), StorageError> {
        let key = entry::fills_key(owner);
        let waiting = |pending: &Pending| numbers(pending.parties().fills(), owner);
        self.numbers_of((&key, &waiting), heights, &mut |height, markets| {
            let markets: Vec<MarketId> = markets.iter().copied().map(MarketId).collect();
            visit(height, &markets)
        })
    }
}

/// By owner and market, each pair once.
pub(crate) fn of_block(results: &BlockResults) -> Vec<(Address, u32)> {
    let of_one = |outcome: &seiza_types::exchange::MarketOutcome| {
        let market = outcome.market.0;
        outcome.fills.iter().map(move |fill| (fill.owner, market)).collect::<Vec<_>>()
    };
    let mut found: Vec<(Address, u32)> = results.outcomes.iter().flat_map(of_one).collect();
    found.sort_unstable();
    found.dedup();
    found
}
