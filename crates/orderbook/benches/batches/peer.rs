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

fn command(nth: u64, event: &Event) -> Command {
    let meta = CommandMeta { sequence_number: SequenceNumber(nth), timestamp: Timestamp(nth) };
    Command { meta, kind: kind(event) }
}

/// The feed as commands; each market counts its own.
pub fn commands(resting: usize, markets: usize, feed: &[(usize, Event)]) -> Vec<(usize, Command)> {
    let mut next = vec![resting as u64; markets];
    let one = |(market, event): &(usize, Event)| {
        let nth = next[*market];
        next[*market] += 1;
        (*market, command(nth, event))
    };
    feed.iter().map(one).collect()
}

/// A book with the given orders.
pub fn book(events: &[Event]) -> OrderBook {
    let mut book = OrderBook::new("A/B");
    for (nth, event) in (0..).zip(events) {
        book.execute(&command(nth, event));
    }
    book
}
