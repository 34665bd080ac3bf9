//! Cancellations come first, and concern everything that has a name.

use super::desk::{Desk, endings, refusals, trade};

#[test]
fn what_is_cancelled_does_not_trade() {
    let mut desk = Desk::after(100, &["A sells 5@100", "B sells 5@100"]);
    let clearing = desk.clear(&["T buys 5@100", "A cancels 2.0"]);
    assert_eq!((trade(&clearing).as_str(), endings(&clearing).as_str()), ("5 at 100: T+5 B-5", "A 5 Cancelled"));
}

#[test]
fn resting_waiting_and_arriving_orders_can_be_cancelled() {
    let mut desk = Desk::after(100, &["A sells 5@105", "B buys 5@120 stop=110"]);
    let clearing = desk.clear(&[
        "C buys 1@1",
        "D buys 5@9 stop=130",
        "A cancels 2.0",
        "B cancels 2.1",
        "C cancels 3.0",
        "D cancels 3.1",
    ]);
    assert_eq!(endings(&clearing), "A 5 Cancelled, B 5 Cancelled, C 1 Cancelled, D 5 Cancelled");
    assert!(desk.book.is_empty() && clearing.waiting.is_empty());
}

#[test]
fn others_orders_unknown_ones_and_second_wishes_are_refused() {
    let mut desk = Desk::after(100, &["A sells 5@105"]);
    assert_eq!(refusals(&desk.clear(&["B cancels 2.0"])), ["cancel 2-0-0-0: not the order's owner"]);
    let clearing = desk.clear(&["B cancels 2.0", "A cancels 2.0", "A cancels 2.0", "A cancels 1.7", "A cancels 9.0"]);
    assert_eq!(endings(&clearing), "A 5 Cancelled");
    assert_eq!(
        refusals(&clearing),
        [
            "cancel 1-7-0-0: unknown order",
            "cancel 2-0-0-0: already cancelled",
            "cancel 2-0-0-0: already cancelled",
            "cancel 9-0-0-0: unknown order",
        ]
        .map(String::from)
        .into_iter()
        .collect::<Vec<_>>()
    );
}

#[test]
fn a_filled_order_is_unknown() {
    let mut desk = Desk::after(100, &["A sells 5@100"]);
    desk.clear(&["T buys 5@100"]);
    assert_eq!(refusals(&desk.clear(&["A cancels 2.0"])), ["cancel 2-0-0-0: unknown order"]);
}

#[test]
fn a_cancelled_trigger_does_not_fire() {
    let mut desk = Desk::after(100, &["A buys 5@105 stop=101", "M sells 2@101"]);
    desk.clear(&["T buys 1@101"]);
    let clearing = desk.clear(&["A cancels 2.0"]);
    assert_eq!((trade(&clearing).as_str(), endings(&clearing).as_str()), ("no trade", "A 5 Cancelled"));
    assert!(!clearing.due);
}
