//! Fills by the index: complete in the range that an answer names, and nothing else is read.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use seiza_storage::BlockResults;
use seiza_types::exchange::{FeeAsset, FillEvent, MarketOutcome, OrderRef, OrderSide, VenueId};

use super::*;
use crate::exchange::series::Published;

const OWNER: Address = Address::repeat_byte(7);
const EARLIEST: Height = 5;
const HEAD: Height = 20_000;

/// Every thousandth block fills two orders of the owner, in markets 1 and 2; all others fill somebody else's.
#[derive(Default)]
struct Past(RefCell<Vec<Height>>);

fn concerns(height: Height) -> bool {
    height.is_multiple_of(1_000)
}

fn outcome(market: u32, owner: Address) -> MarketOutcome {
    let fill = FillEvent {
        order: OrderRef::new(1, 0, 0, 0),
        owner,
        venue: VenueId::NONE,
        side: OrderSide::Buy,
        price: 1,
        quantity: 1,
        quote: 1,
        remaining: 0,
        fee: 0,
        fee_asset: FeeAsset::Base,
        venue_fee: 0,
        maker: false,
        client_id: 0,
    };
    MarketOutcome { fills: vec![fill], ..MarketOutcome::of(MarketId(market)) }
}

impl Blocks for Past {
    fn head(&self) -> Height {
        HEAD
    }
    fn earliest(&self) -> Height {
        EARLIEST
    }
    fn published(&self, height: Height) -> Answer<Published> {
        self.0.borrow_mut().push(height);
        let owner = if concerns(height) { OWNER } else { Address::ZERO };
        let outcomes = vec![outcome(1, owner), outcome(2, owner)];
        let results = Arc::new(BlockResults { outcomes, ..BlockResults::default() });
        Ok(Published { height, time: height, results })
    }
}

impl Owned for Past {
    fn fills_of(
        &self,
        owner: &Address,
        heights: RangeInclusive<Height>,
        visit: &mut dyn FnMut(Height, &[MarketId]) -> bool,
    ) -> Answer<()> {
        assert!(heights.start() <= heights.end() && *heights.end() <= HEAD);
        let mut found = heights.filter(|height| *owner == OWNER && concerns(*height));
        found.all(|height| visit(height, &[MarketId(1), MarketId(2)]));
        Ok(())
    }
}

/// From, to, how many, and the blocks that were read.
type Told = (Height, Height, usize, Vec<Height>);

fn told(past: Past, found: Answer<Found<Event>>) -> Told {
    let found = found.unwrap();
    (found.from, found.to, found.items.len(), past.0.into_inner())
}

fn wanted(deadline: &Deadline, market: Option<u32>, enough: usize) -> Wanted<'_> {
    Wanted { owner: OWNER, market: market.map(MarketId), enough, deadline }
}

#[test]
fn an_answer_is_complete_in_its_range_and_reads_the_owners_blocks_alone() {
    let soon = Deadline::after(Duration::from_secs(60));
    let forward = |from, market, enough| {
        let past = Past::default();
        let found = since(&past, &wanted(&soon, market, enough), from, HEAD);
        told(past, found)
    };
    let back = |market, enough| {
        let past = Past::default();
        let found = newest(&past, &wanted(&soon, market, enough), EARLIEST, HEAD);
        told(past, found)
    };
    assert_eq!(forward(1_500, None, 3), (1_500, 3_000, 4, vec![2_000, 3_000]));
    assert_eq!(forward(1_500, Some(2), 3), (1_500, 4_000, 3, vec![2_000, 3_000, 4_000]));
    assert_eq!(forward(19_500, None, 9), (19_500, HEAD, 2, vec![20_000]));
    assert_eq!(forward(HEAD + 1, None, 9), (HEAD + 1, HEAD, 0, vec![]));
    assert_eq!(forward(1, Some(3), 9), (1, HEAD, 0, vec![]));
    assert_eq!(back(None, 3), (19_000, HEAD, 4, vec![20_000, 19_000]));
    assert_eq!(back(Some(1), 3), (18_000, HEAD, 3, vec![20_000, 19_000, 18_000]));
    assert_eq!(back(Some(1), 100), (EARLIEST, HEAD, 20, (1..=20).rev().map(|nth| nth * 1_000).collect()));
    assert_eq!(back(Some(3), 1), (EARLIEST, HEAD, 0, vec![]));
}

#[test]
fn time_over_ends_an_answer_without_a_lie() {
    let over = Deadline::after(Duration::ZERO);
    let (first, second) = (Past::default(), Past::default());
    let found = since(&first, &wanted(&over, None, 9), 9, HEAD);
    assert_eq!(told(first, found), (9, 8, 0, vec![]));
    let found = newest(&second, &wanted(&over, None, 9), EARLIEST, HEAD);
    assert_eq!(told(second, found), (HEAD + 1, HEAD, 0, vec![]));
}
