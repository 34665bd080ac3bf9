//! `seiza exchange list`, `cancel` and `orders`.

use seiza_types::exchange::{CancelTarget, ExchangeMsg, MarketId, RegisterMarket};
use serde_json::{Value, json};

use super::amount::{shown, units};
use super::market::Market;
use super::send::send;
use super::sign::signer;
use super::table::{Align, table};
use crate::args::{CancelArgs, ListArgs, OrdersArgs};
use crate::client::Client;
use crate::commands::print_json;
use crate::failure::Failure;

/// Gas of listing a market, with room to spare.
const LIST_GAS: u64 = 400_000;
/// Gas of a transaction that cancels, and more for each order, with room to spare.
const CANCEL_GAS: u64 = 150_000;
const CANCEL_ORDER_GAS: u64 = 5_000;
/// Gas where all of one's orders in a market go.
const CANCEL_ALL_GAS: u64 = 2_000_000;
/// Open orders that are shown.
const ORDERS_SHOWN: u64 = 1_000;

/// Lists a market.
///
/// # Errors
/// It makes no sense; it is refused.
pub fn list(args: &ListArgs) -> Result<(), Failure> {
    let client = Client::of(&args.node.url)?;
    let market = wish(args)?;
    let message =
        |account: &crate::keys::Account| ExchangeMsg::RegisterMarket { sender: account.sei_address(), market };
    let included = send(&client, &args.signer, LIST_GAS, message)?;
    let id = &included.message["market"];
    if args.node.json {
        print_json(&json!({ "hash": included.hash, "height": included.height, "market": id }));
    } else {
        let (height, hash) = (included.height, included.hash);
        println!("market {id}: {}/{} is listed\nblock {height}, transaction {hash}", args.base, args.quote);
    }
    Ok(())
}

/// The market that the arguments describe; what does not fit together is said by name before anything is signed.
fn wish(args: &ListArgs) -> Result<RegisterMarket, Failure> {
    let denom = |text: &str| text.parse().map_err(|error| Failure::usage(format!("{error}")));
    let (tick, lot) = steps(args)?;
    Ok(RegisterMarket {
        base: denom(&args.base)?,
        quote: denom(&args.quote)?,
        base_decimals: args.base_decimals,
        quote_decimals: args.quote_decimals,
        tick,
        lot,
        min_notional: units("min-notional", &args.min_notional, args.quote_decimals)?,
        maker_fee_ppm: args.maker_fee_ppm,
        taker_fee_ppm: args.taker_fee_ppm,
    })
}

/// Tick and lot, which must make a whole number of quote units.
fn steps(args: &ListArgs) -> Result<(u128, u128), Failure> {
    let tick = units("tick", &args.tick, args.quote_decimals)?;
    let lot = units("lot", &args.lot, args.base_decimals)?;
    let whole = 10_u128.checked_pow(args.base_decimals.into()).unwrap_or(u128::MAX);
    if tick.checked_mul(lot).is_none_or(|product| product == 0 || !product.is_multiple_of(whole)) {
        let (tick, lot, unit) = (&args.tick, &args.lot, shown(1, args.quote_decimals));
        return Err(Failure::usage(format!(
            "tick {tick} x lot {lot} is no whole number of quote units, {unit} each: take a larger tick or lot"
        )));
    }
    Ok((tick, lot))
}

/// Cancels orders.
///
/// # Errors
/// One of them was refused: the others are gone all the same.
pub fn cancel(args: &CancelArgs) -> Result<(), Failure> {
    let client = Client::of(&args.node.url)?;
    let market = Market::find(&client, &args.market)?;
    let targets = targets(args, MarketId(market.id))?;
    let gas = if args.all { CANCEL_ALL_GAS } else { CANCEL_GAS + CANCEL_ORDER_GAS * targets.len() as u64 };
    let message = |account: &crate::keys::Account| ExchangeMsg::CancelOrders {
        sender: account.sei_address(),
        market: MarketId(market.id),
        targets: targets.clone(),
    };
    let included = send(&client, &args.signer, gas, message)?;
    let results = included.message["orders"].as_array().cloned().unwrap_or_default();
    if args.node.json {
        print_json(&json!({ "hash": included.hash, "height": included.height, "results": results }));
    }
    let refusals: Vec<String> =
        targets.iter().zip(&results).filter_map(|(target, result)| refusal(target, result)).collect();
    if !args.node.json {
        let done = targets.iter().zip(&results).filter(|(_, result)| result["reason"].is_null());
        done.for_each(|(target, _)| println!("{}: cancelled in block {}", named(target), included.height));
    }
    if refusals.is_empty() { Ok(()) } else { Err(Failure::refused(refusals.join("; "))) }
}

fn refusal(target: &CancelTarget, result: &Value) -> Option<String> {
    Some(format!("{} was not cancelled: {}", named(target), result["reason"].as_str()?))
}

fn targets(args: &CancelArgs, market: MarketId) -> Result<Vec<CancelTarget>, Failure> {
    if args.all {
        return Ok(vec![CancelTarget::AllOf(market)]);
    }
    let by_id = args
        .orders
        .iter()
        .map(|text| text.parse().map(CancelTarget::Id).map_err(|error| Failure::usage(format!("{error}"))));
    by_id.chain(args.client_id.iter().map(|id| Ok(CancelTarget::ClientId(*id)))).collect()
}

fn named(target: &CancelTarget) -> String {
    match target {
        CancelTarget::Id(order) => format!("order {order}"),
        CancelTarget::ClientId(id) => format!("order of client id {id}"),
        CancelTarget::AllOf(_) => "all orders".into(),
    }
}

/// Shows open orders.
///
/// # Errors
/// Nobody named; no node answers.
pub fn orders(args: &OrdersArgs) -> Result<(), Failure> {
    let client = Client::of(&args.node.url)?;
    let owner = match &args.owner {
        Some(owner) => owner.clone(),
        None => signer(&args.signer)?.address().to_string(),
    };
    let markets = Market::all(&client)?;
    let only = args.market.as_ref().map(|name| Market::find(&client, name)).transpose()?;
    let params = json!({ "owner": owner, "market": only.map(|market| market.id), "limit": ORDERS_SHOWN });
    let answer = client.call("exchange_openOrders", params)?;
    match args.node.json {
        true => print_json(&answer),
        false => drawn(&markets, &answer).iter().for_each(|line| println!("{line}")),
    }
    Ok(())
}

fn drawn(markets: &[Market], answer: &Value) -> Vec<String> {
    let orders = answer["orders"].as_array().map(Vec::as_slice).unwrap_or_default();
    if orders.is_empty() {
        return vec!["no open orders".into()];
    }
    let head = ["order", "market", "side", "kind", "price", "remaining", "client id", "state"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(orders.iter().filter_map(|order| row(markets, order)));
    let right = |name: &str| ["price", "remaining", "client id"].contains(&name);
    let columns = head.map(|name| if right(name) { Align::Right } else { Align::Left });
    let mut lines = table(&columns, &rows);
    if !answer["next"].is_null() {
        lines.push(format!("the first {}; there are more", orders.len()));
    }
    lines
}

fn row(markets: &[Market], order: &Value) -> Option<Vec<String>> {
    let market = markets.iter().find(|market| order["market"] == market.id)?;
    let text = |name: &str| order[name].as_str().unwrap_or("-").to_owned();
    let client_id = Some(text("clientId")).filter(|id| id != "0").unwrap_or_else(|| "-".into());
    let (price, remaining) = (market.price(&order["price"]), market.quantity(&order["remaining"]));
    Some(vec![text("id"), market.pair(), text("side"), text("kind"), price, remaining, client_id, text("status")])
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::market::tests::market;
    use super::*;
    use crate::args::{Command, CommandLine, ExchangeAction};

    fn action(line: &str) -> ExchangeAction {
        let line = CommandLine::try_parse_from(format!("seiza exchange {line}").split(' ')).unwrap();
        let Command::Exchange(exchange) = line.command else { panic!("the exchange") };
        exchange.action
    }

    #[test]
    fn a_market_is_wished_for_in_whole_coins() {
        let read = |line: &str| {
            let ExchangeAction::List(args) = action(&format!("list usei uusdc {line}")) else { panic!("a market") };
            wish(&args)
        };
        let market = read("--tick 0.0001 --lot 0.1").unwrap();
        assert_eq!((market.tick, market.lot, market.min_notional), (100, 100_000, 10_000));
        let table = [
            ("--tick 0.000001 --lot 0.1", "tick 0.000001 x lot 0.1 is no whole number of quote units, 0.000001 each"),
            ("--tick 0 --lot 0.1", "is no whole number of quote units"),
            ("--tick 0.0000001 --lot 1", "more than 6 decimals"),
        ];
        for (line, why) in table {
            assert!(read(line).unwrap_err().to_string().contains(why), "{line}");
        }
    }

    #[test]
    fn cancellations_name_their_orders() {
        let read = |line: &str| {
            let ExchangeAction::Cancel(args) = action(&format!("cancel 1 {line}")) else { panic!("a cancellation") };
            targets(&args, MarketId(1)).map(|targets| targets.iter().map(named).collect::<Vec<_>>().join(", "))
        };
        assert_eq!(
            read("7-0-0-0 8-1-0-2 --client-id 9").unwrap(),
            "order 7-0-0-0, order 8-1-0-2, order of client id 9"
        );
        assert_eq!(read("--all").unwrap(), "all orders");
        assert!(read("7-0-0").unwrap_err().to_string().contains("is no order id"));
    }

    #[test]
    fn open_orders_are_a_table() {
        let order = json!({
            "id": "7-0-0-0", "market": 1, "side": "buy", "kind": "limit", "price": "452300", "remaining": "12500000",
            "clientId": "0", "status": "open",
        });
        let expected = "\
order    market      side  kind    price  remaining  client id  state
7-0-0-0  usei/uusdc  buy   limit  0.4523       12.5          -  open";
        assert_eq!(drawn(&[market()], &json!({ "orders": [order], "next": null })).join("\n"), expected);
        assert_eq!(drawn(&[market()], &json!({ "orders": [] })), ["no open orders"]);
    }
}
