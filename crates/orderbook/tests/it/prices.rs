//! The one price: which it is, and who trades at it.

use super::desk::{Desk, endings, trade};

#[test]
fn the_price_is_the_one_that_trades_most() {
    // At 99 ten are offered, at 101 fifteen, and fifteen wanted; at 102 only five are wanted.
    let mut desk = Desk::after(99, &[]);
    let clearing = desk.clear(&["A buys 5@102", "B buys 10@101", "C sells 10@99", "D sells 5@101", "E sells 9@103"]);
    assert_eq!(trade(&clearing), "15 at 101: A+5 B+10 C-10 D-5");
    assert_eq!(desk.shows(), " | E 9@103");
}

#[test]
fn ties_go_to_the_smaller_imbalance_then_the_last_price_then_the_lower() {
    for (what, last, lines, outcome) in [
        // At 100 and at 101 ten trade; wanted are 13 at 100 but only 10 at 101.
        ("imbalance", 100, &["A buys 10@101", "B buys 3@100", "C sells 10@100"][..], "10 at 101: A+10 C-10"),
        ("last inside the range", 104, &["A buys 5@110", "B sells 5@100"], "5 at 104: A+5 B-5"),
        ("last above the range", 200, &["A buys 5@110", "B sells 5@100"], "5 at 110: A+5 B-5"),
        ("last below the range", 7, &["A buys 5@110", "B sells 5@100"], "5 at 100: A+5 B-5"),
    ] {
        assert_eq!(trade(&Desk::after(last, &[]).clear(lines)), outcome, "{what}");
    }
}

#[test]
fn the_best_prices_are_one_range_and_the_nearest_of_it_is_taken() {
    // Up to 99 one lot too many is wanted, from 102 on one too many is offered, between them all is in balance.
    let lines = ["A buys 4@103", "B buys 1@99", "C sells 4@97", "D sells 1@102"];
    for (last, price) in [(90, 100), (100, 100), (101, 101), (120, 101)] {
        assert_eq!(trade(&Desk::after(last, &[]).clear(&lines)), format!("4 at {price}: A+4 C-4"), "last {last}");
    }
}

#[test]
fn before_the_first_trade_the_lower_price_is_taken() {
    assert_eq!(trade(&Desk::new().clear(&["A buys 5@110", "B sells 5@100"])), "5 at 100: A+5 B-5");
}

#[test]
fn better_prices_trade_first_then_earlier_orders_and_nobody_shares() {
    let mut desk = Desk::after(100, &["A buys 4@100", "B buys 4@100", "C buys 4@101"]);
    let clearing = desk.clear(&["D buys 4@100", "E sells 9@100"]);
    assert_eq!(trade(&clearing), "9 at 100: C+4 A+4 B+1 E-9");
    assert_eq!(desk.shows(), "B 3@100, D 4@100 | ");
    assert_eq!(trade(&desk.clear(&["F sells 4@100"])), "4 at 100: B+3 D+1 F-4", "a part keeps its place");
}

#[test]
fn all_trade_at_one_price_however_far_their_limits() {
    let mut desk = Desk::after(100, &["A sells 5@100", "B sells 5@105"]);
    let clearing = desk.clear(&["C buys 10@110", "D buys 1@104"]);
    assert_eq!(trade(&clearing), "10 at 105: C+10 A-5 B-5");
    let improvement = clearing.fills.iter().map(|fill| fill.order.order.price.distance(clearing.price.unwrap()));
    assert_eq!(improvement.collect::<Vec<_>>(), [5, 5, 0], "in ticks better than their limits");
    assert_eq!(endings(&clearing), "");
    assert_eq!(desk.shows(), "D 1@104 | ");
}

#[test]
fn the_price_goes_no_further_into_the_book_than_it_must() {
    for (last, resting, lines, outcome) in [
        // The book has more than enough at 100: a last price of 104 does not lift the price.
        (104, &["M sells 50@100", "N sells 9@110"][..], &["A buys 10@105"][..], "10 at 100: A+10 M-10"),
        // It is used up at 100: between there and the next level the last price decides.
        (104, &["M sells 10@100", "N sells 9@110"], &["A buys 10@105"], "10 at 104: A+10 M-10"),
        (120, &["M sells 10@100", "N sells 9@103"], &["A buys 10@105"], "10 at 102: A+10 M-10"),
        // The second level is needed in part.
        (120, &["M sells 10@100", "N sells 9@103"], &["A buys 12@105"], "12 at 103: A+12 M-10 N-2"),
        // At 100 three too many are wanted; at 101 the book has far more than is wanted.
        (103, &["M sells 10@100", "N sells 500@101"], &["A buys 10@103", "B buys 3@100"], "10 at 100: A+10 M-10"),
        // What arrives on both sides meets between them; how deep the book is on either side does not matter.
        (100, &["M sells 900@101", "N buys 50@99"], &["A buys 5@101", "B sells 5@99"], "5 at 100: A+5 B-5"),
        (99, &["M sells 900@100", "N buys 50@99"], &["A buys 5@100", "B sells 5@99"], "5 at 99: A+5 B-5"),
        (100, &["M sells 50@100", "N buys 900@99"], &["A buys 5@100", "B sells 5@99"], "5 at 100: A+5 B-5"),
    ] {
        assert_eq!(trade(&Desk::after(last, resting).clear(lines)), outcome, "{last} {resting:?} {lines:?}");
    }
}

#[test]
fn prices_and_sizes_at_the_ends_of_their_types_clear() {
    let (most, wide) = (u64::MAX, u64::MAX / 2);
    let mut desk = Desk::new();
    let lines =
        [format!("A buys {wide}@2"), format!("B buys 1@{most}"), format!("C sells {wide}@1"), "D sells 1@1".into()];
    let clearing = desk.clear(&lines.each_ref().map(String::as_str));
    assert_eq!(trade(&clearing), format!("{} at 1: B+1 A+{wide} C-{wide} D-1", u128::from(wide) + 1));
    let lines = [format!("A buys 1@{most}"), format!("C sells 1@{most}")];
    assert_eq!(trade(&desk.clear(&lines.each_ref().map(String::as_str))), format!("1 at {most}: A+1 C-1"));
}
