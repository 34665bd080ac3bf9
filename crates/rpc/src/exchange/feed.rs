//! Keeps the series in step with the published head.
//!
//! Nobody has to feed it: who reads brings it up to the head first, block by block. A task that follows the head
//! ([`follow`]) does so when nobody reads, so that readers find little to do.

use std::sync::Weak;

use parking_lot::RwLock;
use seiza_types::Height;

use super::series::{Published, Series};
use super::source::Source as _;
use crate::Backend;
use crate::limits::{FEED_BLOCKS_MAX, FEED_FILL_PAUSE, FEED_STEP_BLOCKS};
use crate::methods::Answer;

/// The series of a node; empty until somebody asks.
#[derive(Debug, Default)]
pub(crate) struct Feed(RwLock<Option<Series>>);

/// Where blocks are read from.
pub(crate) trait Blocks {
    /// The published head.
    fn head(&self) -> Height;
    /// The oldest block whose results are kept.
    fn earliest(&self) -> Height;
    /// What a block did.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn published(&self, height: Height) -> Answer<Published>;
}

impl Feed {
    /// Reads the series after bringing it up to the head.
    ///
    /// # Errors
    /// Where a block cannot be read: the series stay as they were.
    pub(crate) fn read<T>(&self, blocks: &impl Blocks, read: impl FnOnce(&Series) -> T) -> Answer<T> {
        loop {
            let head = blocks.head();
            if let Some(series) = self.0.read().as_ref().filter(|series| series.head() >= head) {
                return Ok(read(series));
            }
            self.step(blocks)?;
        }
    }

    /// Reads [`FEED_STEP_BLOCKS`] blocks before the oldest that is known; whether there are more to read.
    ///
    /// # Errors
    /// Where a block cannot be read.
    pub(crate) fn fill(&self, blocks: &impl Blocks) -> Answer<bool> {
        let (first, oldest) =
            self.read(blocks, |series| (series.first(), series.head().saturating_sub(FEED_BLOCKS_MAX) + 1))?;
        let oldest = oldest.max(blocks.earliest()).max(1);
        if first <= oldest {
            return Ok(false);
        }
        let from = first.saturating_sub(FEED_STEP_BLOCKS).max(oldest);
        let mut older = beginning(blocks, from)?;
        for height in from..first {
            older.add(&blocks.published(height)?);
        }
        Ok(self.0.write().as_mut().is_some_and(|series| series.prepend(older)) && from > oldest)
    }

    /// Takes in up to [`FEED_STEP_BLOCKS`] blocks.
    fn step(&self, blocks: &impl Blocks) -> Answer<()> {
        let mut kept = self.0.write();
        let series = match kept.as_mut() {
            Some(series) => series,
            None => kept.insert(start(blocks)?),
        };
        let last = blocks.head().min(series.head() + FEED_STEP_BLOCKS);
        for height in series.head() + 1..=last {
            series.add(&blocks.published(height)?);
        }
        Ok(())
    }
}

/// Empty series that begin some way before the head.
fn start(blocks: &impl Blocks) -> Answer<Series> {
    let first = (blocks.head() + 1).saturating_sub(FEED_STEP_BLOCKS).max(blocks.earliest());
    beginning(blocks, first)
}

fn beginning(blocks: &impl Blocks, first: Height) -> Answer<Series> {
    if first <= 1 {
        return Ok(Series::starting((1, 0)));
    }
    // The block before may be gone; its time is less than this one's.
    Ok(Series::starting((first, blocks.published(first)?.time)))
}

/// Keeps a backend's series in step with the head while nobody asks, and fills in the past; ends with the node.
pub(crate) async fn follow(backend: Weak<Backend>) {
    let Some(mut heads) = backend.upgrade().map(|backend| backend.notifier().heads()) else { return };
    let mut more = true;
    loop {
        let Some(backend) = backend.upgrade() else { return };
        let done = tokio::task::spawn_blocking(move || advance(&backend, more)).await;
        let Ok(found) = done else { return };
        more = found;
        if more {
            // Filling gives way to what clients ask for.
            tokio::time::sleep(FEED_FILL_PAUSE).await;
        } else if heads.changed().await.is_err() {
            return;
        }
    }
}

/// A step into the past where there is more of it, else up to the head; whether there is more.
fn advance(backend: &Backend, more: bool) -> bool {
    let done = if more { backend.fill_feed() } else { backend.with_series(|_| false) };
    done.unwrap_or_else(|failure| {
        // Whoever asks is told of the same trouble; a block that is pruned meanwhile ends the filling.
        tracing::debug!(%failure, "market data is not brought up to the head");
        false
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use seiza_storage::BlockResults;
    use seiza_types::exchange::{MarketId, MarketOutcome};

    use super::*;
    use crate::Failure;
    use crate::exchange::interval::Interval;

    const BLOCKS: Height = 3 * FEED_STEP_BLOCKS + 7;

    /// Blocks of which every third trades in market 1, and every block of the last step in market 2 as well.
    struct Past {
        head: Height,
        earliest: Height,
    }

    impl Blocks for Past {
        fn head(&self) -> Height {
            self.head
        }

        fn earliest(&self) -> Height {
            self.earliest
        }

        fn published(&self, height: Height) -> Answer<Published> {
            if height < self.earliest {
                return Err(Failure::HistoryPruned { earliest: self.earliest });
            }
            let trade = |market, price: u64| MarketOutcome {
                price: Some(price.into()),
                volume: 1,
                quote_volume: 2,
                ..MarketOutcome::of(MarketId(market))
            };
            let first = height.is_multiple_of(3).then(|| trade(1, height % 50 + 1));
            let second = (height > BLOCKS - FEED_STEP_BLOCKS).then(|| trade(2, 7));
            let outcomes = first.into_iter().chain(second).collect();
            let results = Arc::new(BlockResults { outcomes, ..BlockResults::default() });
            Ok(Published { height, time: height * 900, results })
        }
    }

    /// Everything of two markets, to be compared.
    fn all(feed: &Feed, past: &Past) -> String {
        let told = |series: &Series| {
            let of = |id| {
                let market = series.market(MarketId(id)).unwrap();
                let candles = Interval::ALL
                    .map(|interval| market.candles(interval).between(0, u64::MAX).copied().collect::<Vec<_>>());
                let trades: Vec<_> = market.trades().copied().collect();
                format!("{trades:?} {} {candles:?}", market.trades_from())
            };
            format!("{} {} {} {} {:?}", series.first(), series.head(), of(1), of(2), series.unseen_from())
        };
        feed.read(past, told).unwrap()
    }

    #[test]
    fn filled_in_backwards_it_is_as_if_read_forwards() {
        let mut past = Past { head: 0, earliest: 0 };
        let forwards = Feed::default();
        for head in [1, 2, 3 * FEED_STEP_BLOCKS, BLOCKS] {
            past.head = head;
            forwards.read(&past, |series| assert_eq!(series.head(), head)).unwrap();
        }
        let backwards = Feed::default();
        backwards.read(&past, |series| assert_eq!(series.first(), BLOCKS - FEED_STEP_BLOCKS + 1)).unwrap();
        let mut steps = 1;
        while backwards.fill(&past).unwrap() {
            steps += 1;
        }
        assert_eq!(steps, 3);
        assert_eq!(all(&backwards, &past), all(&forwards, &past));
        assert_eq!(backwards.fill(&past), Ok(false), "there is no more");
    }

    #[test]
    fn filling_ends_where_blocks_are_pruned() {
        let past = Past { head: BLOCKS, earliest: BLOCKS - FEED_STEP_BLOCKS - 100 };
        let feed = Feed::default();
        assert_eq!(feed.fill(&past), Ok(false));
        feed.read(&past, |series| {
            assert_eq!(series.first(), past.earliest);
            let oldest =
                *series.market(MarketId(1)).unwrap().candles(Interval::Day).between(0, u64::MAX).next().unwrap();
            assert!(oldest.partial, "what came before is not known");
        })
        .unwrap();
    }
}
