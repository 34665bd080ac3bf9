//! Stops and take-profits: when they fire, and in which order they trade.

use seiza_orderbook::{Limits, MarketParams, Notional};

use super::desk::{Desk, endings, refusals, trade};

#[test]
fn triggers_fire_on_the_last_price_and_enter_the_next_batch() {
    let mut desk = Desk::after(100, &["M sells 9@105", "N buys 9@95"]);
    let clearing = desk.clear(&["A buys 1@110 stop=105", "B sells 1@90 stop=95", "C sells 1@105 profit=105"]);
    assert_eq!((clearing.waiting.len(), clearing.due), (3, false));
    let clearing = desk.clear(&["T buys 2@105"]);
    assert_eq!((trade(&clearing).as_str(), clearing.due), ("2 at 105: T+2 M-2", true), "the price is there");
    let clearing = desk.clear(&[]);
    assert_eq!(trade(&clearing), "1 at 105: A+1 M-1", "a batch of nothing but what was due");
    assert_eq!((clearing.fired.len(), clearing.due), (2, false));
    assert_eq!(desk.shows(), "N 9@95 | M 6@105, C 1@105");
}

#[test]
fn a_trigger_that_is_met_on_arrival_fires_at_once() {
    let mut desk = Desk::after(100, &["M sells 9@101"]);
    let clearing = desk.clear(&["A buys 2@101 stop=100", "B buys 1@101 stop=102"]);
    assert_eq!((trade(&clearing).as_str(), clearing.fired.len()), ("2 at 101: A+2 M-2", 0));
    assert_eq!(clearing.waiting.len(), 1);
}

#[test]
fn before_the_first_trade_nothing_fires() {
    let mut desk = Desk::new();
    assert_eq!(desk.clear(&["A buys 2@101 stop=1"]).waiting.len(), 1);
    assert!(!desk.clear(&[]).due);
}

#[test]
fn fired_orders_queue_behind_older_ones_and_before_their_batch() {
    let mut desk = Desk::after(100, &["A buys 1@100 stop=101", "B buys 1@100", "M sells 1@101"]);
    desk.clear(&["T buys 1@101"]);
    desk.clear(&["C buys 1@100"]);
    assert_eq!(desk.shows(), "B 1@100, A 1@100, C 1@100 | ", "A's time is when it fired, not when it was placed");
}

#[test]
fn of_those_that_fire_together_the_older_comes_first() {
    let mut desk =
        Desk::after(100, &["A buys 1@90 stop=102", "B buys 1@90 stop=101", "C buys 1@90 profit=103", "M sells 1@103"]);
    desk.clear(&["T buys 1@103"]);
    desk.clear(&[]);
    assert_eq!(desk.shows(), "C 1@90, A 1@90, B 1@90 | ", "C was met on arrival");
}

#[test]
fn fired_orders_are_of_any_kind() {
    for (kind, shown, ended, refused) in [
        ("", "A 2@101 | ", "", 0),
        ("ioc", " | ", "A 2 Unfilled", 0),
        ("fok", " | M 1@101", "A 3 NotFilledInFull", 0),
        ("post", " | M 1@101", "", 1),
    ] {
        let mut desk =
            Desk::after(100, &[&format!("A buys 3@101 {kind} stop=101").replace("  ", " "), "M sells 2@101"]);
        desk.clear(&["T buys 1@101"]);
        let clearing = desk.clear(&[]);
        assert_eq!((desk.shows().as_str(), endings(&clearing).as_str()), (shown, ended), "{kind}");
        assert_eq!(refusals(&clearing).len(), refused, "{kind}");
    }
}

#[test]
fn expired_triggers_leave_when_their_price_comes() {
    let mut desk = Desk::after(100, &["A buys 3@101 until=2 stop=101", "M sells 2@101"]);
    assert!(desk.clear(&["T buys 1@101"]).due);
    let clearing = desk.clear(&[]);
    assert_eq!((endings(&clearing).as_str(), clearing.fired.len(), clearing.due), ("A 3 Expired", 0, false));
    assert_eq!(desk.book.len(), 1);
}

#[test]
fn a_batch_fires_no_more_than_it_may_and_the_rest_is_due() {
    let limits = Limits { triggers: 2, ..Limits::default() };
    let mut desk = Desk::of(MarketParams::new(1, 1, Notional(0)).unwrap(), limits);
    desk.clear(&["Y sells 1@100", "Z buys 1@100"]);
    desk.clear(&["A buys 1@9 stop=103", "B buys 1@9 stop=102", "C buys 1@9 stop=101", "M sells 1@103"]);
    desk.clear(&["T buys 1@103"]);
    let clearing = desk.clear(&[]);
    assert_eq!((desk.shows().as_str(), clearing.due), ("B 1@9, C 1@9 | ", true), "the nearest prices first");
    let clearing = desk.clear(&[]);
    assert_eq!((desk.shows().as_str(), clearing.due), ("B 1@9, C 1@9, A 1@9 | ", false));
}
