//! Events of module exchange: what transactions tell when they place, and what a block's end tells of a market.
//!
//! | event | attributes |
//! |---|---|
//! | `orders_placed` | owner, orders (ids, comma-separated) |
//! | `order_refused` | owner, market, index, code, reason |
//! | `orders_cancelled` | owner, market, count |
//! | `market_registered` | market, creator, base, quote |
//! | `venue_registered` | venue, owner, name |
//! | `market_status` | market, status |
//! | `market_cleared` | market, price, volume, quote_volume |
//! | `order_filled` | market, order, owner, venue, side, price, quantity, remaining, fee, fee_asset, venue_fee, maker |
//! | `order_ended` | market, order, owner, reason, remaining |
//! | `order_rested` | market, order, owner, side, price, quantity, waiting |
//! | `order_rejected` | market, order, owner, code, reason |
//! | `venue_called` | venue, market, contract, ok, gas_used; after it what its contract told |

use seiza_types::exchange::{
    EndEvent, FeeAsset, FillEvent, MarketId, MarketOutcome, MarketStatus, OrderRef, PlaceOrder, Refusal,
    RegisterMarket, RegisterVenue, RejectEvent, RestEvent, VenueCall, VenueId,
};
use seiza_types::{Address, Event};

fn refused(events: &mut Vec<Event>, owner: Address, market: MarketId, index: usize, refusal: &Refusal) {
    events.push(
        Event::new("order_refused")
            .with("owner", owner)
            .with("market", market)
            .with("index", index)
            .with("code", refusal.code())
            .with("reason", refusal),
    );
}

pub(super) fn placed(
    events: &mut Vec<Event>,
    owner: Address,
    orders: &[PlaceOrder],
    results: &[Result<OrderRef, Refusal>],
) {
    let names: Vec<String> = results.iter().flatten().map(ToString::to_string).collect();
    if !names.is_empty() {
        events.push(Event::new("orders_placed").with("owner", owner).with("orders", names.join(",")));
    }
    for (index, (order, result)) in orders.iter().zip(results).enumerate() {
        if let Err(refusal) = result {
            refused(events, owner, order.market, index, refusal);
        }
    }
}

pub(super) fn cancelled(events: &mut Vec<Event>, owner: Address, market: MarketId, results: &[Result<(), Refusal>]) {
    let count = results.iter().flatten().count();
    if count > 0 {
        let event = Event::new("orders_cancelled").with("owner", owner);
        events.push(event.with("market", market).with("count", count));
    }
    for (index, result) in results.iter().enumerate() {
        if let Err(refusal) = result {
            refused(events, owner, market, index, refusal);
        }
    }
}

pub(super) fn market_registered(id: MarketId, creator: Address, market: &RegisterMarket) -> Event {
    let event = Event::new("market_registered").with("market", id).with("creator", creator);
    event.with("base", &market.base).with("quote", &market.quote)
}

pub(super) fn venue_registered(id: VenueId, owner: Address, venue: &RegisterVenue) -> Event {
    Event::new("venue_registered").with("venue", id).with("owner", owner).with("name", &venue.name)
}

pub(super) fn status_set(id: MarketId, status: MarketStatus) -> Event {
    Event::new("market_status").with("market", id).with("status", status.as_str())
}

/// What a block's end did to a market, as events: what Tendermint's `finalize_block_events` show.
#[must_use]
pub fn of_outcome(outcome: &MarketOutcome) -> Vec<Event> {
    let market = outcome.market;
    let mut events: Vec<Event> = cleared(outcome).into_iter().collect();
    events.extend(outcome.fills.iter().map(|fill| filled(about("order_filled", market, fill.order, fill.owner), fill)));
    events.extend(outcome.ended.iter().map(|end| ended(market, end)));
    events.extend(outcome.rested.iter().map(|rest| rested(market, rest)));
    events.extend(outcome.rejected.iter().map(|reject| rejected(market, reject)));
    events
}

fn about(kind: &'static str, market: MarketId, order: OrderRef, owner: Address) -> Event {
    Event::new(kind).with("market", market).with("order", order).with("owner", owner)
}

fn cleared(outcome: &MarketOutcome) -> Option<Event> {
    let event = Event::new("market_cleared").with("market", outcome.market).with("price", outcome.price?);
    Some(event.with("volume", outcome.volume).with("quote_volume", outcome.quote_volume))
}

fn ended(market: MarketId, end: &EndEvent) -> Event {
    let event = about("order_ended", market, end.order, end.owner);
    event.with("reason", end.reason.as_str()).with("remaining", end.remaining)
}

fn rejected(market: MarketId, reject: &RejectEvent) -> Event {
    let event = about("order_rejected", market, reject.order, reject.owner).with("code", reject.code);
    event.with("reason", Refusal::text(reject.code).unwrap_or_default())
}

fn rested(market: MarketId, rest: &RestEvent) -> Event {
    let event = about("order_rested", market, rest.order, rest.owner).with("side", rest.side.as_str());
    event.with("price", rest.price).with("quantity", rest.quantity).with("waiting", rest.waiting)
}

/// What became of a venue's call-back, then the native events of what its contract did.
pub fn of_call(call: &VenueCall) -> impl Iterator<Item = Event> {
    let event = Event::new("venue_called").with("venue", call.venue).with("market", call.market);
    let event = event.with("contract", call.contract).with("ok", call.ok).with("gas_used", call.gas_used);
    std::iter::once(event).chain(call.events.iter().cloned())
}

fn filled(event: Event, fill: &FillEvent) -> Event {
    let asset = match fill.fee_asset {
        FeeAsset::Base => "base",
        FeeAsset::Quote => "quote",
        FeeAsset::Native => "native",
    };
    event
        .with("venue", fill.venue)
        .with("side", fill.side.as_str())
        .with("price", fill.price)
        .with("quantity", fill.quantity)
        .with("remaining", fill.remaining)
        .with("fee", fill.fee)
        .with("fee_asset", asset)
        .with("venue_fee", fill.venue_fee)
        .with("maker", fill.maker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_back_is_told_before_what_its_contract_did() {
        let (venue, market, contract) = (VenueId(3), MarketId(1), Address::repeat_byte(5));
        let events = vec![Event::new("transfer").with("amount", "7usei")];
        let call = VenueCall { venue, market, contract, ok: true, gas_used: 21, logs: Vec::new(), events };
        let told: Vec<Event> = of_call(&call).collect();
        assert_eq!(told[1..], call.events);
        let values: Vec<_> = told[0].attributes.iter().map(|attribute| attribute.value.text()).collect();
        assert_eq!((&*told[0].kind, &values[..2]), ("venue_called", &["3".into(), "1".into()][..]));
        assert_eq!(values[3..], ["true", "21"]);
    }
}
