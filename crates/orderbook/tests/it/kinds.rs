//! What each kind of order does with what does not trade.

use seiza_orderbook::{Liquidity, Side};

use super::desk::{Desk, endings, refusals, trade};

#[test]
fn limit_orders_rest_and_immediate_ones_do_not() {
    for (kind, left, shown) in [
        ("", "", "A 3@100 | "),
        ("ioc", "A 3 Unfilled", " | "),
        ("market", "A 3 Unfilled", " | "),
        ("fok", "A 10 NotFilledInFull", " | B 7@99"),
        ("post", "", "A 10@100 | "),
    ] {
        let mut desk = Desk::after(99, if kind == "post" { &[] } else { &["B sells 7@99"] });
        let clearing = desk.clear(&[format!("A buys 10@100 {kind}").trim()]);
        assert_eq!((endings(&clearing).as_str(), desk.shows().as_str()), (left, shown), "{kind}");
    }
}

#[test]
fn a_market_order_stops_at_its_worst_price() {
    let mut desk = Desk::after(100, &["A sells 5@100", "B sells 5@102", "C sells 5@104"]);
    let clearing = desk.clear(&["D buys 12@102 market"]);
    assert_eq!((trade(&clearing).as_str(), endings(&clearing).as_str()), ("10 at 102: D+10 A-5 B-5", "D 2 Unfilled"));
}

#[test]
fn a_fill_or_kill_order_that_does_not_fit_is_passed_over_for_those_behind_it() {
    let resting = ["S sells 10@100"];
    for (lines, traded, ended) in [
        (&["A buys 10@100 fok"][..], "10 at 100: A+10 S-10", ""),
        (&["A buys 11@100 fok"], "no trade", "A 11 NotFilledInFull"),
        // A is in full; B no longer fits; C, behind B, does.
        (
            &["A buys 6@100 fok", "B buys 5@100 fok", "C buys 4@100 fok"],
            "10 at 100: A+6 C+4 S-10",
            "B 5 NotFilledInFull",
        ),
        // The better price comes first, though it does not fit: it takes nothing from the other.
        (&["A buys 10@100 fok", "B buys 11@101 fok"], "10 at 100: A+10 S-10", "B 11 NotFilledInFull"),
        // An order that need not be filled in full fills the gap.
        (&["A buys 8@100 fok", "B buys 8@100"], "10 at 100: A+8 B+2 S-10", ""),
        (&["A buys 8@100", "B buys 8@100 fok"], "8 at 100: A+8 S-8", "B 8 NotFilledInFull"),
    ] {
        let clearing = Desk::after(100, &resting).clear(lines);
        assert_eq!((trade(&clearing).as_str(), endings(&clearing).as_str()), (traded, ended), "{lines:?}");
    }
}

#[test]
fn fill_or_kill_orders_of_both_sides_meet() {
    let clearing = Desk::after(100, &[]).clear(&["A buys 5@100 fok", "B sells 5@100 fok"]);
    assert_eq!(trade(&clearing), "5 at 100: A+5 B-5");
    // Ten wanted, nine offered: A's four don't fit. Then C's nine find six, and go; then B's six find none.
    let clearing = Desk::after(100, &[]).clear(&["B buys 6@100 fok", "A buys 4@100 fok", "C sells 9@100 fok"]);
    assert_eq!(
        (trade(&clearing).as_str(), endings(&clearing).as_str()),
        ("no trade", "B 6 NotFilledInFull, A 4 NotFilledInFull, C 9 NotFilledInFull",)
    );
}

#[test]
fn a_fill_or_kill_order_that_can_never_fit_costs_the_others_nothing() {
    // At first the price is 101, out of A's reach, because of B's thousand. B goes before A is judged.
    let clearing = Desk::after(99, &["S sells 10@98"]).clear(&["A buys 10@99 fok", "B buys 1000@101 fok"]);
    assert_eq!(
        (trade(&clearing).as_str(), endings(&clearing).as_str()),
        ("10 at 99: A+10 S-10", "B 1000 NotFilledInFull",)
    );
}

#[test]
fn post_only_orders_are_held_against_what_rests_and_never_take() {
    let mut desk = Desk::after(100, &["A buys 5@99", "B sells 5@101"]);
    let clearing = desk.clear(&["C buys 1@101 post", "D buys 1@100 post", "E sells 1@100 post", "F sells 1@101 post"]);
    assert_eq!(
        refusals(&clearing),
        ["3-0-0-0: post-only order would trade at 101 ticks", "3-2-0-0: post-only order would trade at 100 ticks"]
    );
    assert_eq!(desk.shows(), "D 1@100, A 5@99 | B 5@101, F 1@101");
}

#[test]
fn a_post_only_order_gives_to_the_takers_of_its_own_batch() {
    let mut desk = Desk::after(100, &["A buys 5@99"]);
    let clearing = desk.clear(&["T sells 3@98", "P buys 2@100 post"]);
    assert_eq!(trade(&clearing), "3 at 99: P+2 A+1 T-3");
    let makers = clearing.fills.iter().map(|fill| (fill.order.order.side, fill.liquidity()));
    assert_eq!(
        makers.collect::<Vec<_>>(),
        [(Side::Bid, Liquidity::Maker), (Side::Bid, Liquidity::Maker), (Side::Ask, Liquidity::Taker),]
    );
}

#[test]
fn a_cancelled_order_is_out_of_a_post_only_orders_way() {
    let mut desk = Desk::after(100, &["B sells 5@101"]);
    let clearing = desk.clear(&["C buys 1@101 post", "B cancels 2.0"]);
    assert_eq!(refusals(&clearing), [""; 0]);
    assert_eq!(desk.shows(), "C 1@101 | ");
}

#[test]
fn expired_orders_do_not_trade_and_are_removed_when_met() {
    let mut desk = Desk::after(100, &["A sells 5@100 until=3", "B sells 5@101 until=4", "C sells 5@102 until=3"]);
    assert_eq!(trade(&desk.clear(&["T buys 1@100"])), "1 at 100: T+1 A-1", "in its last block an order stands");
    let clearing = desk.clear(&["T buys 1@105"]);
    assert_eq!((trade(&clearing).as_str(), endings(&clearing).as_str()), ("1 at 101: T+1 B-1", "A 4 Expired"));
    assert_eq!(desk.shows(), " | B 4@101, C 5@102", "what is not met is not looked for");
}
