//! What a block's end reads: it depends on what arrived and what that crosses, not on the size of the book.

use std::cell::Cell;

use seiza_state::{Key, KeyRange, StateError, Value, Visit};

use super::*;

/// A state that counts what is read of it.
struct Counting<'a> {
    state: &'a Overlay,
    reads: Cell<usize>,
}

impl StateRead for Counting<'_> {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        self.reads.set(self.reads.get() + 1);
        self.state.get(key)
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        self.state.scan(range, &mut |key, value| {
            self.reads.set(self.reads.get() + 1);
            visit(key, value)
        })
    }
}

/// Reads of a block that brings ten orders and a cancellation to a book of `resting` orders.
fn reads(resting: usize) -> (usize, usize) {
    let mut world = World::new();
    world.fund(ALICE, &usdc(), u64::MAX >> 1);
    world.genesis_sums = world.supplies();
    let mut first = None;
    for chunk in 0..resting.div_ceil(500) {
        let price = |n: usize| 2_000_000 - 100 * ((chunk * 500 + n) as u128 / 10);
        let orders: Vec<_> = (0..500).map(|n| buy(10_000, price(n))).collect();
        first = world.place_all(ALICE, &orders)[0].clone().ok();
    }
    quick_end(&mut world);
    world.place(BOB, &sell(50_000, 1_500_000)).unwrap();
    world.place_all(BOB, &vec![sell(10_000, 9_000_000); 9]);
    world.cancel(ALICE, SEI, CancelTarget::Id(first.unwrap())).unwrap();
    let counting = Counting { state: &world.state, reads: Cell::new(0) };
    let mut access = Access::unrecorded(&counting);
    let outcome = end_market(&mut access, &world.info(), &NativeRates::default(), SEI).unwrap();
    assert_eq!((outcome.volume, outcome.rested.len(), outcome.ended.len()), (50_000, 9, 1));
    let ended = counting.reads.take();
    view::levels(&counting, SEI, OrderSide::Buy, 10).unwrap();
    (ended, counting.reads.get())
}

/// Ends a block without the checks that read everything.
fn quick_end(world: &mut World) {
    let (base, block) = (world.state.clone(), world.info());
    let mut access = Access::unrecorded(&base);
    end_market(&mut access, &block, &NativeRates::default(), SEI).unwrap();
    world.absorb(access);
    world.height += 1;
    world.tx = 0;
}

#[test]
fn a_block_reads_no_more_of_a_large_book_than_of_a_small_one() {
    let (small, large) = (reads(1_000), reads(100_000));
    assert_eq!(small, large);
    assert!(small.0 < 60 && small.1 <= 11, "{small:?}");
}
