//! Drawing a market: its book with the trades beside, from the node's answers.

use seiza_types::Time;
use serde_json::Value;

use super::market::Market;
use super::table::{Align, beside, table};

const BOOK: [Align; 4] = [Align::Left, Align::Right, Align::Right, Align::Right];
const TRADES: [Align; 5] = [Align::Right, Align::Left, Align::Right, Align::Right, Align::Left];

/// Depth and trades of one market, and its ticker.
pub struct Picture {
    /// The answer of `exchange_depth`.
    pub depth: Value,
    /// The answer of `exchange_trades`.
    pub trades: Value,
    /// The answer of `exchange_ticker`.
    pub ticker: Value,
}

impl Picture {
    /// The height that it belongs to.
    pub fn height(&self) -> u64 {
        self.depth["height"].as_u64().unwrap_or(0)
    }

    /// All of it, as lines.
    pub fn lines(&self, market: &Market, limit: usize) -> Vec<String> {
        let mut lines = vec![self.head(market), String::new()];
        lines.extend(beside(&book(market, &self.depth, limit), &trades(market, &self.trades, 2 * limit + 1)));
        lines
    }

    fn head(&self, market: &Market) -> String {
        let ticker = &self.ticker;
        let (last, volume) = (market.price(&ticker["last"]), market.quantity(&ticker["volume"]));
        let halted = if market.status == "active" { String::new() } else { format!(", {}", market.status) };
        format!("{} (market {}{halted})  block {}  last {last}  24 h {volume}", market.pair(), market.id, self.height())
    }
}

/// The book: sellers above, the best of both sides in the middle.
pub fn book(market: &Market, depth: &Value, limit: usize) -> Vec<String> {
    let side = |name: &str, side: &str| -> Vec<Vec<String>> {
        let levels = depth[side].as_array().map(Vec::as_slice).unwrap_or_default();
        let row = |level: &Value| {
            vec![name.to_owned(), market.price(&level[0]), market.quantity(&level[1]), level[2].to_string()]
        };
        levels.iter().take(limit).map(row).collect()
    };
    let mut rows = vec![["", "price", "quantity", "orders"].map(str::to_owned).to_vec()];
    rows.extend(side("ask", "asks").into_iter().rev());
    rows.extend(side("bid", "bids"));
    if rows.len() == 1 {
        return vec!["the book is empty".into()];
    }
    table(&BOOK, &rows)
}

/// The trades, the newest first.
pub fn trades(market: &Market, answer: &Value, limit: usize) -> Vec<String> {
    let all = answer["trades"].as_array().map(Vec::as_slice).unwrap_or_default();
    if all.is_empty() {
        return vec!["no trades yet".into()];
    }
    let mut rows = vec![["block", "time", "price", "quantity", "pushed by"].map(str::to_owned).to_vec()];
    let row = |trade: &Value| {
        let (height, time) = (trade["height"].to_string(), clock(&trade["time"]));
        vec![height, time, market.price(&trade["price"]), market.quantity(&trade["quantity"]), pusher(trade).into()]
    };
    rows.extend(all.iter().rev().take(limit).map(row));
    table(&TRADES, &rows)
}

/// Which side's takers moved more.
fn pusher(trade: &Value) -> &'static str {
    let taken = |name: &str| super::market::units(&trade[name]).unwrap_or(0);
    match taken("takerBought").cmp(&taken("takerSold")) {
        std::cmp::Ordering::Greater => "buyers",
        std::cmp::Ordering::Less => "sellers",
        std::cmp::Ordering::Equal => "both",
    }
}

/// The time of day of milliseconds since 1970, UTC.
fn clock(millis: &Value) -> String {
    let seconds = millis.as_u64().and_then(|millis| i64::try_from(millis / 1_000).ok());
    let time = seconds.and_then(|seconds| Time::from_unix_timestamp(seconds, 0).ok()).map(|time| time.to_rfc3339());
    time.and_then(|text| text.get(11..19).map(str::to_owned)).unwrap_or_else(|| "-".into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::market::tests::market;
    use super::*;

    fn picture() -> Picture {
        let trade = |height, price: &str, bought: &str, sold: &str| {
            json!({"height": height, "time": 1_700_000_000_000_u64 + height, "price": price, "quantity": "12500000",
                   "takerBought": bought, "takerSold": sold})
        };
        Picture {
            depth: json!({
                "height": 9,
                "asks": [["452300", "87500000", 1], ["460000", "100000", 12]],
                "bids": [["450000", "1000000", 2]],
            }),
            trades: json!({"trades": [trade(7, "450000", "0", "5"), trade(8, "452300", "5", "0")]}),
            ticker: json!({"last": "452300", "volume": "25000000"}),
        }
    }

    #[test]
    fn a_market_is_drawn() {
        let expected = "\
usei/uusdc (market 1)  block 9  last 0.4523  24 h 25.0

      price  quantity  orders    block  time       price  quantity  pushed by
ask  0.4600       0.1      12        8  22:13:20  0.4523      12.5  buyers
ask  0.4523      87.5       1        7  22:13:20  0.4500      12.5  sellers
bid  0.4500       1.0       2";
        assert_eq!(picture().lines(&market(), 10).join("\n"), expected);
    }

    #[test]
    fn fewer_levels_are_the_best_ones() {
        let lines = book(&market(), &picture().depth, 1);
        assert_eq!(lines[1..], ["ask  0.4523      87.5       1", "bid  0.4500       1.0       2"]);
    }

    #[test]
    fn emptiness_is_said() {
        let none = Picture { depth: json!({}), trades: json!({}), ticker: json!({}) };
        let lines = none.lines(&Market { status: "halted".into(), ..market() }, 3);
        assert_eq!(lines[0], "usei/uusdc (market 1, halted)  block 0  last -  24 h -");
        assert_eq!(lines[2], "the book is empty    no trades yet");
    }
}
