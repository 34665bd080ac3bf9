//! A published block as the exchange sees it: what it did to each market, and which levels it changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use seiza_storage::BlockResults;
use seiza_types::Height;
use seiza_types::exchange::{LevelEvent, MarketId, MarketOutcome};

use super::super::interval::Millis;

/// What a published block did on the exchange.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    /// The block.
    pub(crate) height: Height,
    /// Its time.
    pub(crate) time: Millis,
    /// What it did.
    pub(crate) results: Arc<BlockResults>,
}

impl Published {
    /// What it did in one market.
    pub(crate) fn of(&self, market: MarketId) -> Option<&MarketOutcome> {
        let found = self.outcomes().binary_search_by_key(&market, |outcome| outcome.market).ok()?;
        self.outcomes().get(found)
    }

    /// What it did, by market.
    pub(crate) fn outcomes(&self) -> &[MarketOutcome] {
        &self.results.outcomes
    }
}

/// Levels that changed at one height.
#[derive(Debug, Clone)]
pub(crate) struct Changes {
    /// The block.
    pub(crate) height: Height,
    /// Its time.
    pub(crate) time: Millis,
    /// By market.
    pub(crate) levels: Arc<BTreeMap<MarketId, Vec<LevelEvent>>>,
    /// How many in all.
    pub(super) count: usize,
}

impl Changes {
    /// Those of a block.
    pub(crate) fn of(block: &Published) -> Self {
        let changed = block.outcomes().iter().filter(|outcome| !outcome.levels.is_empty());
        let levels: BTreeMap<_, _> = changed.map(|outcome| (outcome.market, outcome.levels.clone())).collect();
        let count = levels.values().map(Vec::len).sum();
        Self { height: block.height, time: block.time, levels: Arc::new(levels), count }
    }
}
