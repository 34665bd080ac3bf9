//! Nobody trades with themselves: what is cancelled instead.

use seiza_orderbook::{Limits, MarketParams, Notional};

use super::desk::{Desk, endings, trade};

#[test]
fn the_newest_orders_policy_decides_what_goes() {
    for (policy, traded, ended, shown) in [
        ("newest", "no trade", "A 5 SelfTrade", " | A 3@100, B 3@100"),
        ("oldest", "3 at 100: A+3 B-3", "A 3 SelfTrade", "A 2@100 | "),
        ("both", "no trade", "A 5 SelfTrade, A 3 SelfTrade", " | B 3@100"),
    ] {
        let mut desk = Desk::after(100, &["A sells 3@100", "B sells 3@100"]);
        let clearing = desk.clear(&[&format!("A buys 5@100 {policy}")]);
        assert_eq!((trade(&clearing), endings(&clearing)), (traded.into(), ended.into()), "{policy}");
        assert_eq!(desk.shows(), shown, "{policy}");
    }
}

#[test]
fn orders_that_would_not_trade_are_left_alone() {
    // A's own offer stands behind B's, which is enough.
    let mut desk = Desk::after(100, &["B sells 5@100", "A sells 5@100"]);
    let clearing = desk.clear(&["A buys 5@100"]);
    assert_eq!((trade(&clearing).as_str(), endings(&clearing).as_str()), ("5 at 100: A+5 B-5", ""));
}

#[test]
fn the_next_in_line_takes_the_place_of_what_was_cancelled() {
    let mut desk = Desk::after(100, &["A sells 5@100", "B sells 5@101", "C sells 5@102"]);
    let clearing = desk.clear(&["A buys 7@103 oldest"]);
    assert_eq!((trade(&clearing).as_str(), endings(&clearing).as_str()), ("7 at 102: A+7 B-5 C-2", "A 5 SelfTrade"));
}

#[test]
fn the_book_is_read_on_when_own_orders_leave_it() {
    let mut desk = Desk::after(100, &["A buys 4@98", "B buys 1@97", "A buys 9@90"]);
    let clearing = desk.clear(&["A sells 2@92 oldest"]);
    assert_eq!((trade(&clearing).as_str(), endings(&clearing).as_str()), ("1 at 97: B+1 A-1", "A 4 SelfTrade"));
    assert_eq!(desk.shows(), "A 9@90 | A 1@92");
}

#[test]
fn several_own_orders_are_settled_pair_by_pair() {
    // The newest is A's second bid: its policy takes the oldest offer, then the other; the bids stay.
    let mut desk = Desk::after(100, &["A sells 2@100", "A sells 2@100", "B sells 4@100"]);
    let clearing = desk.clear(&["A buys 2@100 both", "A buys 2@100 oldest"]);
    assert_eq!(
        (trade(&clearing).as_str(), endings(&clearing).as_str()),
        ("4 at 100: A+2 A+2 B-4", "A 2 SelfTrade, A 2 SelfTrade",)
    );
}

#[test]
fn a_fill_or_kill_order_that_does_not_fit_cancels_nobody() {
    let mut desk = Desk::after(100, &["A sells 3@100"]);
    let clearing = desk.clear(&["A buys 5@100 fok oldest"]);
    assert_eq!((endings(&clearing).as_str(), desk.shows().as_str()), ("A 5 NotFilledInFull", " | A 3@100"));
}

#[test]
fn after_the_last_round_whoever_stands_on_both_sides_takes_no_part() {
    let limits = Limits { rounds: 0, ..Limits::default() };
    let mut desk = Desk::of(MarketParams::new(1, 1, Notional(0)).unwrap(), limits);
    desk.clear(&["A sells 3@100", "B sells 3@100"]);
    let clearing = desk.clear(&["A buys 1@100 oldest", "C buys 2@100 fok", "D buys 2@100"]);
    assert_eq!(
        (trade(&clearing).as_str(), endings(&clearing).as_str()),
        ("2 at 100: D+2 A-2", "A 1 SelfTrade, C 2 NotFilledInFull",)
    );
}
