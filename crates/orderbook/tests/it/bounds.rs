//! A batch reads what it needs and no more, whatever the book holds.

use std::cell::Cell;
use std::convert::Infallible;
use std::ops::ControlFlow;

use seiza_orderbook::*;

use super::desk::{Desk, endings, trade};

/// Counts what is shown of a book.
struct Counted<'a> {
    book: &'a Book,
    shown: Cell<usize>,
}

impl BookView for Counted<'_> {
    type Error = Infallible;

    fn last_price(&self) -> Result<Option<Price>, Infallible> {
        self.book.last_price()
    }

    fn find(&self, id: OrderId) -> Result<Option<Found>, Infallible> {
        self.book.find(id)
    }

    fn visit(
        &self,
        side: Side,
        from: Cursor,
        visit: &mut dyn FnMut(&Resting) -> ControlFlow<()>,
    ) -> Result<(), Infallible> {
        let count = &mut |resting: &Resting| {
            self.shown.set(self.shown.get() + 1);
            visit(resting)
        };
        self.book.visit(side, from, count)
    }

    fn visit_triggers(
        &self,
        direction: Direction,
        visit: &mut dyn FnMut(&Trigger) -> ControlFlow<()>,
    ) -> Result<(), Infallible> {
        self.book.visit_triggers(direction, visit)
    }
}

/// A thousand levels of `each` orders of a lot, asks from 1,001 up.
fn deep_book(each: u32) -> Book {
    let mut book = Book::new(MarketParams::new(1, 1, Notional(0)).unwrap());
    for (nth, price) in
        (0..each).flat_map(|round| (0..1_000).map(move |at| (round * 1_000 + at, 1_001 + u64::from(at))))
    {
        let id = OrderId::new(1, nth, 0, 0);
        let order = Order {
            id,
            owner: Default::default(),
            side: Side::Ask,
            kind: Kind::Limit,
            price: Price(price),
            quantity: Quantity(1),
            expiry: Expiry::Never,
            self_trade: SelfTrade::CancelNewest,
            tag: 0,
        };
        book.rest(&Resting { order, since: id });
    }
    book
}

#[test]
fn what_is_read_depends_on_the_batch_and_not_on_the_book() {
    for (quantity, price, most) in [(5, 2_000, 7), (50, 2_000, 52), (5, 1_001, 7), (5, 1_000, 1)] {
        let mut read = Vec::new();
        for each in [20, 200] {
            let book = deep_book(each);
            let view = Counted { book: &book, shown: Cell::new(0) };
            let order = Order {
                id: OrderId::new(2, 0, 0, 0),
                owner: seiza_types::Address::with_last_byte(9),
                side: Side::Bid,
                kind: Kind::Limit,
                price: Price(price),
                quantity: Quantity(quantity),
                expiry: Expiry::Never,
                self_trade: SelfTrade::CancelNewest,
                tag: 0,
            };
            let batch = Batch { height: 2, orders: vec![order], ..Batch::default() };
            let Ok(_) = clear(&view, book.params(), Limits::default(), &batch);
            read.push(view.shown.get());
        }
        assert!(read[0] == read[1] && read[0] <= most, "{quantity}@{price}: {read:?} read");
    }
}

#[test]
fn beyond_what_may_be_read_nothing_trades_and_nothing_rests_across_it() {
    let limits = Limits { resting_read: 3, ..Limits::default() };
    let mut desk = Desk::of(MarketParams::new(1, 1, Notional(0)).unwrap(), limits);
    desk.clear(&["A sells 1@100", "B sells 1@100", "C sells 1@101", "D sells 1@102", "E sells 1@103"]);
    let clearing = desk.clear(&["T buys 9@110", "U buys 1@101", "V buys 1@110 ioc"]);
    assert_eq!(trade(&clearing), "3 at 102: T+3 A-1 B-1 C-1");
    assert_eq!(endings(&clearing), "T 6 TooDeep, V 1 Unfilled");
    assert_eq!(desk.shows(), "U 1@101 | D 1@102, E 1@103", "the next batch goes on from there");
}
