//! What is wrong with an order is said of that order alone.

use seiza_orderbook::*;
use seiza_types::Address;

use super::desk::Desk;

fn good(tx: u32) -> Order {
    Order {
        id: OrderId::new(3, tx, 0, 0),
        owner: Address::with_last_byte(1),
        side: Side::Bid,
        kind: Kind::Limit,
        price: Price(100),
        quantity: Quantity(10),
        expiry: Expiry::Never,
        self_trade: SelfTrade::CancelNewest,
        tag: 0,
    }
}

fn desk() -> Desk {
    let mut desk = Desk::of(MarketParams::new(1 << 70, 1 << 70, Notional(1_000)).unwrap(), Limits::default());
    desk.clear(&["Y sells 10@100", "Z buys 10@100"]);
    desk.height = 3;
    desk
}

#[test]
fn each_fault_has_its_error_and_the_others_of_the_batch_stand() {
    let below = OrderError::BelowMinNotional { notional: Notional(990), min: Notional(1_000) };
    for (order, error) in [
        (Order { price: Price(0), ..good(1) }, OrderError::ZeroPrice),
        (Order { quantity: Quantity(0), ..good(1) }, OrderError::ZeroQuantity),
        (Order { price: Price(99), ..good(1) }, below),
        (Order { price: Price(1 << 32), quantity: Quantity(1 << 32), ..good(1) }, OrderError::Overflow),
        (Order { price: Price(1), quantity: Quantity(1 << 60), ..good(1) }, OrderError::Overflow),
        (Order { side: Side::Ask, price: Price(1 << 60), ..good(1) }, OrderError::Overflow),
        (Order { expiry: Expiry::Height(2), ..good(1) }, OrderError::Expired),
        (Order { expiry: Expiry::Time(29), ..good(1) }, OrderError::Expired),
        (Order { id: OrderId::new(2, 0, 0, 0), ..good(1) }, OrderError::ForeignId),
        (Order { id: OrderId::new(4, 0, 0, 0), ..good(1) }, OrderError::ForeignId),
        (Order { id: OrderId::new(3, u32::MAX, 0, 0), ..good(1) }, OrderError::ForeignId),
        (Order { price: Price(500), ..good(0) }, OrderError::DuplicateId),
    ] {
        let mut book = desk().book;
        let batch = Batch { height: 3, time_ns: 30, orders: vec![good(0), order, good(2)], ..Batch::default() };
        let clearing = book.clear(&batch);
        assert_eq!(clearing.rejected, [(order.id, error)]);
        assert_eq!(clearing.rested.iter().map(|resting| resting.order).collect::<Vec<_>>(), [good(0), good(2)]);
        let trigger = Trigger { order, condition: Condition::AtOrAbove(Price(101)) };
        let batch =
            Batch { height: 3, time_ns: 30, orders: vec![good(0)], triggers: vec![trigger], ..Batch::default() };
        assert_eq!(desk().book.clear(&batch).rejected, [(order.id, error)], "as a trigger");
    }
}

#[test]
fn a_trigger_at_no_price_is_refused() {
    let trigger = Trigger { order: good(0), condition: Condition::AtOrBelow(Price(0)) };
    let clearing = desk().book.clear(&Batch { height: 3, triggers: vec![trigger, trigger], ..Batch::default() });
    assert_eq!(clearing.rejected, [(trigger.order.id, OrderError::ZeroTriggerPrice); 2]);
}

#[test]
fn a_market_orders_size_is_judged_at_the_last_price() {
    let order = Order { side: Side::Ask, kind: Kind::Market, price: Price(1), ..good(0) };
    let batch = Batch { height: 3, orders: vec![order], ..Batch::default() };
    assert_eq!(desk().book.clear(&batch).rejected, [], "10 lots at the last price of 100 are 1,000");
    let trigger = Trigger { order, condition: Condition::AtOrBelow(Price(99)) };
    let batch = Batch { height: 3, triggers: vec![trigger], ..Batch::default() };
    assert_eq!(desk().book.clear(&batch).rejected.len(), 1, "a trigger's at the price that it waits for");
}
