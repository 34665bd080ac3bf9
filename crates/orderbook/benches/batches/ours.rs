//! The feed as batches of our book.

use seiza_orderbook::*;
use seiza_types::Address;

use super::feed::{Event, MID};

/// Orders of a book's first batch of ids; more than any book holds.
const FIRST: usize = 1 << 24;

pub fn params() -> MarketParams {
    MarketParams::new(1, 1, Notional(1)).expect("a lot and a tick are worth something")
}

/// The name of the nth order, where a batch holds `batch` events.
fn id(nth: usize, resting: usize, batch: usize) -> OrderId {
    match nth.checked_sub(resting) {
        None => OrderId::new(1, (nth % FIRST) as u32, 0, 0),
        Some(nth) => OrderId::new(2 + (nth / batch) as u64, (nth % batch) as u32, 0, 0),
    }
}

/// Everybody owns a thousandth of the orders. Cancellations know whose they are.
fn owner(nth: usize) -> Address {
    Address::left_padding_from(&(nth as u64 % 1_000).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes())
}

fn order(id: OrderId, nth: usize, buys: bool, kind: Kind, price: u64, quantity: u64) -> Order {
    Order {
        id,
        owner: owner(nth),
        side: if buys { Side::Bid } else { Side::Ask },
        kind,
        price: Price(price),
        quantity: Quantity(quantity),
        expiry: Expiry::Never,
        self_trade: SelfTrade::CancelNewest,
        tag: 0,
    }
}

/// A book with the given orders.
pub fn book(events: &[Event]) -> Book {
    let mut book = Book::new(params());
    for (nth, event) in events.iter().enumerate() {
        let Event::Limit { buys, price, quantity } = *event else { continue };
        let id = id(nth, events.len(), 1);
        book.rest(&Resting { order: order(id, nth, buys, Kind::Limit, price, quantity), since: id });
    }
    book
}

/// The feed in batches.
pub fn batches(resting: usize, feed: &[Event], events: usize) -> Vec<Batch> {
    let chunks = (2..).zip(feed.chunks(events)).zip((resting..).step_by(events));
    let batch = |((height, chunk), first): ((u64, &[Event]), usize)| {
        let mut batch = Batch { height, ..Batch::default() };
        for (nth, event) in (first..).zip(chunk) {
            let id = |nth| id(nth, resting, events);
            match *event {
                Event::Limit { buys, price, quantity } => {
                    batch.orders.push(order(id(nth), nth, buys, Kind::Limit, price, quantity));
                }
                Event::Market { buys, quantity } => {
                    let worst = if buys { MID + 500 } else { MID - 500 };
                    batch.orders.push(order(id(nth), nth, buys, Kind::Market, worst, quantity));
                }
                Event::Cancel { nth } => batch.cancels.push(Cancel { id: id(nth), owner: owner(nth) }),
            }
        }
        batch
    };
    chunks.map(batch).collect()
}
