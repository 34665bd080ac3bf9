//! `seiza exchange place`: one order, and what became of it by the end of its block.

use seiza_types::exchange::{
    ExchangeMsg, MarketId, OrderExpiry, OrderKind, OrderSide, PlaceOrder, SelfTradeRule, Trigger, TriggerKind, VenueId,
};
use serde_json::{Value, json};

use super::market::Market;
use super::send::{Included, send};
use crate::args::{KindArg, PlaceArgs, SelfTradeArg, SideArg};
use crate::client::Client;
use crate::commands::print_json;
use crate::failure::Failure;

/// Gas of a transaction with one order, with room to spare.
const GAS: u64 = 150_000;

/// Places the order.
///
/// # Errors
/// It makes no sense; it is refused.
pub fn run(args: &PlaceArgs) -> Result<(), Failure> {
    let client = Client::of(&args.node.url)?;
    let market = Market::find(&client, &args.market)?;
    let order = order(args, &market, &client)?;
    let message = |account: &crate::keys::Account| ExchangeMsg::PlaceOrders {
        sender: account.sei_address(),
        orders: vec![order],
    };
    let included = send(&client, &args.signer, GAS, message)?;
    let result = &included.message["orders"][0];
    let Some(id) = result["id"].as_str() else { return Err(refused(&client, args, &market, result)) };
    let became = client.call("exchange_order", json!([id]))?;
    let price = price_of(&client, market.id, included.height)?;
    if args.node.json {
        let Included { hash, height, .. } = included;
        print_json(&json!({ "hash": hash, "height": height, "id": id, "price": price, "order": became }));
    } else {
        println!("{}", told(args, &market, &included, id, (&became, &price)));
    }
    Ok(())
}

/// At what a block cleared a market; `Null` where it did not.
fn price_of(client: &Client, market: u32, height: u64) -> Result<Value, Failure> {
    let answer = client.call("exchange_trades", json!({ "market": market, "from": height, "limit": 1 }))?;
    let trade = &answer["trades"][0];
    Ok(if trade["height"] == height { trade["price"].clone() } else { Value::Null })
}

/// The order that the arguments describe.
fn order(args: &PlaceArgs, market: &Market, client: &Client) -> Result<PlaceOrder, Failure> {
    Ok(PlaceOrder {
        market: MarketId(market.id),
        venue: VenueId(args.venue.unwrap_or(0)),
        side: if args.side == SideArg::Buy { OrderSide::Buy } else { OrderSide::Sell },
        kind: kind(args.kind),
        price: market.read_price("price", &args.price)?,
        quantity: market.read_quantity(&args.quantity)?,
        trigger: trigger(args, market)?,
        expiry: expiry(args, client)?,
        self_trade: match args.self_trade {
            SelfTradeArg::CancelNewest => SelfTradeRule::CancelNewest,
            SelfTradeArg::CancelOldest => SelfTradeRule::CancelOldest,
            SelfTradeArg::CancelBoth => SelfTradeRule::CancelBoth,
        },
        client_id: args.client_id.unwrap_or(0),
        fee_in_native: args.fee_in_native,
    })
}

fn kind(kind: KindArg) -> OrderKind {
    match kind {
        KindArg::Limit => OrderKind::Limit,
        KindArg::PostOnly => OrderKind::PostOnly,
        KindArg::Ioc => OrderKind::ImmediateOrCancel,
        KindArg::Fok => OrderKind::FillOrKill,
        KindArg::Market => OrderKind::Market,
    }
}

fn trigger(args: &PlaceArgs, market: &Market) -> Result<Option<Trigger>, Failure> {
    let (kind, text) = match (&args.stop, &args.take_profit) {
        (Some(text), _) => (TriggerKind::Stop, text),
        (None, Some(text)) => (TriggerKind::TakeProfit, text),
        (None, None) => return Ok(None),
    };
    Ok(Some(Trigger { kind, price: market.read_price("trigger price", text)? }))
}

/// Block time counts, so a length is added to that of the head.
fn expiry(args: &PlaceArgs, client: &Client) -> Result<OrderExpiry, Failure> {
    match (args.until_height, &args.lasting) {
        (Some(height), _) => Ok(OrderExpiry::Height(height)),
        (None, None) => Ok(OrderExpiry::Never),
        (None, Some(span)) => {
            let status = client.call("exchange_status", json!([]))?;
            let head = status["time"].as_u64().ok_or_else(|| Failure::refused("the node names no block time"))?;
            let lasting = u64::try_from(span.0.as_nanos()).unwrap_or(u64::MAX);
            Ok(OrderExpiry::Time((head * 1_000_000).saturating_add(lasting)))
        }
    }
}

/// What was refused: in the words of a simulation, which knows the particulars, else by the refusal's number.
fn refused(client: &Client, args: &PlaceArgs, market: &Market, result: &Value) -> Failure {
    let plain = result["reason"].as_str().unwrap_or("the node does not say why").to_owned();
    let reason = match result["code"].as_u64() {
        Some(11) => minimum(client, market).unwrap_or(plain),
        Some(12) => needed(args, market).map_or(plain, |needed| format!("insufficient funds: it needs {needed}")),
        _ => plain,
    };
    let pair = market.pair();
    Failure::refused(format!(
        "the order in {pair} was refused: {reason}; {} {} at {}",
        verb(args),
        args.quantity,
        args.price
    ))
}

fn minimum(client: &Client, market: &Market) -> Option<String> {
    let answer = client.call("exchange_market", json!([market.id])).ok()?;
    Some(format!("its worth is below the market's minimum of {}{}", answer["minNotional"].as_str()?, market.quote))
}

/// What the order sets aside, fees apart, in the denom's own units.
fn needed(args: &PlaceArgs, market: &Market) -> Option<String> {
    let quantity = market.read_quantity(&args.quantity).ok()?;
    if args.side == SideArg::Sell {
        return Some(format!("{quantity}{}", market.base));
    }
    let (price, whole) =
        (market.read_price("price", &args.price).ok()?, 10_u128.checked_pow(market.base_decimals.into())?);
    Some(format!("{}{}", price.checked_mul(quantity)?.div_ceil(whole), market.quote))
}

fn verb(args: &PlaceArgs) -> &'static str {
    if args.side == SideArg::Buy { "buy" } else { "sell" }
}

fn told(args: &PlaceArgs, market: &Market, included: &Included, id: &str, (became, price): (&Value, &Value)) -> String {
    let Included { height, hash, .. } = included;
    let mut text = format!("order {id}: {} {} {} at {}\n", verb(args), args.quantity, market.pair(), args.price);
    let (filled, left) = (market.quantity(&became["filled"]), market.quantity(&became["remaining"]));
    let filled = if price.is_null() { filled } else { format!("{filled} at {}", market.price(price)) };
    let untouched = became["filled"] == "0";
    let state = match became["status"].as_str().unwrap_or("unknown") {
        "open" if untouched => "rests in the book".to_owned(),
        "open" => format!("traded {filled}, {left} rests in the book"),
        "waiting" => "waits for its trigger".to_owned(),
        "filled" => format!("traded {filled}: filled"),
        "refused" => format!("refused by the market: {}", became["reason"].as_str().unwrap_or("unknown")),
        other if untouched => format!("{left} given back: {other}"),
        other => format!("traded {filled}, {left} given back: {other}"),
    };
    text.push_str(&format!("{state}\nblock {height}, transaction {hash}"));
    text
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::market::tests::market;
    use super::*;
    use crate::args::{Command, CommandLine, ExchangeAction};

    fn args(line: &str) -> PlaceArgs {
        let line = CommandLine::try_parse_from(format!("seiza exchange place {line}").split(' ')).unwrap();
        let Command::Exchange(exchange) = line.command else { panic!("the exchange") };
        let ExchangeAction::Place(args) = exchange.action else { panic!("an order") };
        *args
    }

    fn read(line: &str) -> Result<PlaceOrder, Failure> {
        order(&args(line), &market(), &Client::of("http://127.0.0.1:1").unwrap())
    }

    #[test]
    fn a_line_is_an_order() {
        let order =
            read("1 buy 12.5 0.4523 --kind ioc --client-id 9 --stop 0.4600 --until-height 7 --fee-in-native").unwrap();
        let expected = PlaceOrder {
            market: MarketId(1),
            venue: VenueId::NONE,
            side: OrderSide::Buy,
            kind: OrderKind::ImmediateOrCancel,
            price: 452_300,
            quantity: 12_500_000,
            trigger: Some(Trigger { kind: TriggerKind::Stop, price: 460_000 }),
            expiry: OrderExpiry::Height(7),
            self_trade: SelfTradeRule::CancelNewest,
            client_id: 9,
            fee_in_native: true,
        };
        assert_eq!(order, expected);
    }

    #[test]
    fn what_is_off_tick_or_lot_is_said_before_anything_is_signed() {
        let table = [
            ("1 buy 12.5 0.45235", "tick 0.0001"),
            ("1 sell 12.55 0.4523", "lot 0.1"),
            ("1 sell 12.5 0.4523 --take-profit 0.45999", "trigger price 0.45999 is no multiple"),
            ("1 sell much 0.4523", "not a number"),
        ];
        for (line, why) in table {
            assert!(read(line).unwrap_err().to_string().contains(why), "{line}");
        }
    }

    #[test]
    fn what_became_of_it_is_said_in_words() {
        let included = Included { hash: "0xab".into(), height: 7, message: Value::Null };
        let told = |became: Value| {
            told(&args("1 buy 12.5 0.4523"), &market(), &included, "7-0-0-0", (&became, &json!("452200")))
        };
        let table = [
            (json!({"status": "open", "filled": "0", "remaining": "12500000"}), "rests in the book"),
            (
                json!({"status": "open", "filled": "500000", "remaining": "12000000"}),
                "traded 0.5 at 0.4522, 12.0 rests in the book",
            ),
            (json!({"status": "filled", "filled": "12500000", "remaining": "0"}), "traded 12.5 at 0.4522: filled"),
            (json!({"status": "unfilled", "filled": "0", "remaining": "12500000"}), "12.5 given back: unfilled"),
            (
                json!({"status": "refused", "reason": "post-only order would trade"}),
                "refused by the market: post-only order would trade",
            ),
        ];
        for (became, text) in table {
            let expected = format!("order 7-0-0-0: buy 12.5 usei/uusdc at 0.4523\n{text}\nblock 7, transaction 0xab");
            assert_eq!(told(became), expected);
        }
    }
}
