//! `seiza exchange markets`, `book`, `trades` and `watch`.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use serde_json::{Value, json};

use super::book::{Picture, book, trades as drawn_trades};
use super::market::Market;
use super::table::{Align, table};
use crate::args::{LookArgs, NodeUrl, WatchArgs};
use crate::client::Client;
use crate::commands::print_json;
use crate::failure::Failure;
use crate::signals::Signals;

/// Between two questions for a new block.
const PAUSE: Duration = Duration::from_millis(100);
/// Questions in a row that may go unanswered: a node that is started again is waited for.
const SILENCES_MAX: u32 = 100;
/// Clears what is below, and begins at the top left.
const REDRAW: &str = "\x1b[H\x1b[J";
/// A screen of one's own, without a cursor; and back.
const SCREEN: (&str, &str) = ("\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l");

/// Shows all markets.
///
/// # Errors
/// No node answers.
pub fn markets(args: &NodeUrl) -> Result<(), Failure> {
    let client = Client::of(&args.url)?;
    let (markets, answer) = (Market::all(&client)?, client.call("exchange_ticker", json!([]))?);
    if args.json {
        let all = client.call("exchange_markets", json!([]))?;
        print_json(&json!({ "height": all["height"], "markets": all["markets"], "tickers": answer["tickers"] }));
        return Ok(());
    }
    listed(&markets, &answer).iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn listed(markets: &[Market], tickers: &Value) -> Vec<String> {
    if markets.is_empty() {
        return vec!["no markets yet: seiza exchange list".into()];
    }
    let head = ["id", "market", "last", "bid", "ask", "24 h volume", "tick", "lot", "state"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let tickers = tickers["tickers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let none = Value::Null;
    let ticker = |market: &Market| tickers.iter().find(|ticker| ticker["market"] == market.id).unwrap_or(&none);
    rows.extend(markets.iter().map(|market| row(market, ticker(market))));
    let words = ["market", "state"];
    table(&head.map(|name| if words.contains(&name) { Align::Left } else { Align::Right }), &rows)
}

fn row(market: &Market, ticker: &Value) -> Vec<String> {
    let [last, bid, ask] = ["last", "bid", "ask"].map(|name| market.price(&ticker[name]));
    let (tick, lot) = (market.price(&json!(market.tick.to_string())), market.quantity(&json!(market.lot.to_string())));
    let volume = market.quantity(&ticker["volume"]);
    vec![market.id.to_string(), market.pair(), last, bid, ask, volume, tick, lot, market.status.clone()]
}

/// Shows what rests.
///
/// # Errors
/// No such market; no node answers.
pub fn book_of(args: &LookArgs) -> Result<(), Failure> {
    let client = Client::of(&args.node.url)?;
    let market = Market::find(&client, &args.market)?;
    let depth = client.call("exchange_depth", json!([market.id, args.limit]))?;
    if args.node.json {
        print_json(&depth);
        return Ok(());
    }
    println!("{} (market {})  block {}\n", market.pair(), market.id, depth["height"]);
    book(&market, &depth, args.limit as usize).iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// Shows the last trades.
///
/// # Errors
/// No such market; no node answers.
pub fn trades(args: &LookArgs) -> Result<(), Failure> {
    let client = Client::of(&args.node.url)?;
    let market = Market::find(&client, &args.market)?;
    let answer = client.call("exchange_trades", json!({ "market": market.id, "limit": args.limit }))?;
    if args.node.json {
        print_json(&answer);
        return Ok(());
    }
    drawn_trades(&market, &answer, args.limit as usize).iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// Follows a market: on a terminal redrawn with each block, elsewhere one picture after the other, or one line of JSON.
///
/// # Errors
/// No such market; the node is gone for long.
pub fn watch(args: &WatchArgs) -> Result<(), Failure> {
    let client = Client::of(&args.look.node.url)?;
    let market = Market::find(&client, &args.look.market)?;
    let on_screen = std::io::stdout().is_terminal() && !args.look.node.json;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::refused(format!("cannot start threads: {error}")))?;
    let print = |text: &str| {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush())
    };
    if on_screen {
        // Whoever reads this may be gone by now; then the loop ends.
        let _ = print(SCREEN.0);
    }
    let ended = runtime.block_on(async {
        let mut signals = Signals::listen()?;
        tokio::select! {
            result = follow(args, &client, &market, on_screen, print) => result,
            () = signals.next() => Ok(()),
        }
    });
    if on_screen {
        let _ = print(SCREEN.1);
    }
    ended
}

async fn follow(
    args: &WatchArgs,
    client: &Client,
    market: &Market,
    on_screen: bool,
    print: impl Fn(&str) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let limit = args.look.limit as usize;
    let (mut shown, mut blocks, mut silences) = (None, 0, 0);
    loop {
        match seen(client, market, limit) {
            Ok(picture) if shown != Some(picture.height()) => {
                shown = Some(picture.height());
                (blocks, silences) = (blocks + 1, 0);
                let text = text(args, market, &picture, on_screen);
                // Who watched is gone: that is an end like any other.
                if print(&text).is_err() || blocks == args.blocks {
                    return Ok(());
                }
            }
            Ok(_) => silences = 0,
            Err(failure) if silences >= SILENCES_MAX || shown.is_none() => return Err(failure),
            Err(_) => silences += 1,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn text(args: &WatchArgs, market: &Market, picture: &Picture, on_screen: bool) -> String {
    if args.look.node.json {
        let Picture { depth, trades, ticker } = picture;
        return format!("{}\n", json!({ "depth": depth, "trades": trades["trades"], "ticker": ticker }));
    }
    let lines = picture.lines(market, args.look.limit as usize).join("\n");
    if on_screen { format!("{REDRAW}{lines}\n\nCtrl-C ends.\n") } else { format!("{lines}\n\n") }
}

/// The market now; the three answers may be of neighbouring blocks.
fn seen(client: &Client, market: &Market, limit: usize) -> Result<Picture, Failure> {
    let mut answers = client.ask(&[
        ("exchange_depth", json!([market.id, limit])),
        ("exchange_trades", json!({ "market": market.id, "limit": (2 * limit + 1).min(1_000) })),
        ("exchange_ticker", json!([market.id])),
    ])?;
    let mut next = || answers.remove(0);
    Ok(Picture { depth: next(), trades: next(), ticker: next() })
}

#[cfg(test)]
mod tests {
    use super::super::market::tests::market;
    use super::*;

    #[test]
    fn markets_are_a_table() {
        let tickers = json!({ "tickers": [{ "market": 1, "last": "452300", "bid": null, "ask": "460000", "volume": "12500000" }] });
        let expected = "\
id  market        last  bid     ask  24 h volume    tick  lot  state
 1  usei/uusdc  0.4523    -  0.4600         12.5  0.0001  0.1  active";
        assert_eq!(listed(&[market()], &tickers).join("\n"), expected);
        assert_eq!(listed(&[], &json!({})), ["no markets yet: seiza exchange list"]);
    }
}
