//! What must hold of any history of batches: clearing does what the naive model does, and within the tightest limits it
//! still breaks no promise.

use seiza_orderbook::{Batch, Book, Clearing, EndReason, Limits, MarketParams, Notional, Place};

use super::history::history;
use super::judge::{judge, judge_whole, resting};
use super::naive::Naive;

fn params() -> MarketParams {
    MarketParams::new(1, 1, Notional(0)).expect("a lot and a tick are worth something")
}

/// Clears a history beside the naive model.
pub fn orderbook_clear(bytes: &[u8]) {
    let mut book = Book::new(params());
    let mut naive = Naive { last: None, parties: Vec::new() };
    for batch in history(bytes) {
        let before = book.clone();
        let mut clearing = book.clear(&batch);
        judge(&before, &batch, &clearing, &book);
        judge_whole(&batch, &clearing, &before, &book);
        let mut expected = naive.clear(&batch);
        drop_expired(&batch, &mut clearing, &mut naive);
        for clearing in [&mut clearing, &mut expected] {
            clearing.ended.sort_by_key(|ended| ended.order.order.id);
        }
        assert_eq!(clearing, expected);
        assert_eq!(resting(&book).len(), naive.parties.iter().filter(|party| party.place == Place::Rested).count());
    }
}

/// The model never looks for expired orders: it is told which were met.
fn drop_expired(batch: &Batch, clearing: &mut Clearing, naive: &mut Naive) {
    clearing.ended.retain(|ended| {
        if (ended.reason, ended.place) != (EndReason::Expired, Place::Rested) {
            return true;
        }
        assert!(batch.is_past(ended.order.order.expiry));
        naive.parties.retain(|party| party.resting != ended.order);
        false
    });
}

/// Clears a history with hardly any room.
pub fn orderbook_clear_within(limits: Limits, bytes: &[u8]) {
    let mut book = Book::with_limits(params(), limits);
    for batch in history(bytes) {
        let before = book.clone();
        let clearing = book.clear(&batch);
        judge(&before, &batch, &clearing, &book);
    }
}
