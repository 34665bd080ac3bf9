//! Properties over arbitrary histories; the fuzz target's body on stable Rust.

use proptest::prelude::*;
use seiza_orderbook::{Batch, Book, Limits, MarketParams, Notional};

use super::history::history;
use super::orderbook_clear::{orderbook_clear, orderbook_clear_within};

fn bytes(len: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..len)
}

fn book() -> Book {
    Book::new(MarketParams::new(1, 1, Notional(0)).unwrap())
}

/// The same batch, listed in another order.
fn shuffled(batch: &Batch, seed: usize) -> Batch {
    fn turned<T: Clone>(list: &[T], seed: usize) -> Vec<T> {
        let mut list: Vec<T> = list.iter().rev().cloned().collect();
        let by = seed % list.len().max(1);
        list.rotate_left(by);
        list
    }
    let Batch { cancels, orders, triggers, .. } = batch;
    Batch {
        cancels: turned(cancels, seed),
        orders: turned(orders, seed),
        triggers: turned(triggers, seed),
        ..batch.clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn clearing_does_what_the_naive_model_does(bytes in bytes(600)) {
        orderbook_clear(&bytes);
    }

    #[test]
    fn crowded_batches_do_what_the_naive_model_does(mut bytes in bytes(500)) {
        // No byte ends a batch: all meet at once.
        bytes.iter_mut().for_each(|byte| if *byte % 16 > 13 { *byte -= 8 });
        orderbook_clear(&bytes);
    }

    #[test]
    fn limits_cut_short_and_break_nothing(
        bytes in bytes(600), resting_read in 0usize..6, triggers in 0usize..3, rounds in 0usize..3,
    ) {
        orderbook_clear_within(Limits { resting_read, triggers, rounds }, &bytes);
    }

    #[test]
    fn the_order_of_a_batchs_lists_means_nothing(bytes in bytes(400), seed: usize) {
        let (mut book, mut other) = (book(), book());
        for batch in history(&bytes) {
            prop_assert_eq!(book.clear(&batch), other.clear(&shuffled(&batch, seed)));
        }
    }
}
