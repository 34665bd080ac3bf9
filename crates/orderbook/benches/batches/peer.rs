//! The feed as commands of `matchcore`, a sequential matching engine.

use matchcore::{
    CancelCmd, Command, CommandKind, CommandMeta, LimitOrder, MarketOrder, NewOrder, OrderBook, OrderFlags, OrderId,
    OrderKind, Price, Quantity, QuantityPolicy, SequenceNumber, Side, SubmitCmd, TimeInForce, Timestamp,
};

use super::feed::Event;

fn side(buys: bool) -> Side {
    if buys { Side::Buy } else { Side::Sell }
}

fn kind(event: &Event) -> CommandKind {
    match *event {
        Event::Limit { buys, price, quantity } => CommandKind::Submit(SubmitCmd {
            order: NewOrder::Limit(LimitOrder::new(
                Price(price),
                QuantityPolicy::Standard { quantity: Quantity(quantity) },
                OrderFlags::new(side(buys), false, TimeInForce::Gtc),
            )),
        }),
        Event::Market { buys, quantity } => CommandKind::Submit(SubmitCmd {
            order: NewOrder::Market(MarketOrder::new(Quantity(quantity), side(buys), false)),
        }),
        Event::Cancel { nth } => {
            CommandKind::Cancel(CancelCmd { order_id: OrderId(nth as u64), order_kind: OrderKind::Limit })
        }
    }
}

/// The events as commands, the first of number `first`.
pub fn commands(first: usize, events: &[Event]) -> Vec<Command> {
    let meta = |nth: u64| CommandMeta { sequence_number: SequenceNumber(nth), timestamp: Timestamp(nth) };
    (first as u64..).zip(events).map(|(nth, event)| Command { meta: meta(nth), kind: kind(event) }).collect()
}

/// A book with the given orders.
pub fn book(events: &[Event]) -> OrderBook {
    let mut book = OrderBook::new("A/B");
    for command in commands(0, events) {
        book.execute(&command);
    }
    book
}
