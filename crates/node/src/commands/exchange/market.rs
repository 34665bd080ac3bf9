//! A market as the node tells of it, and finding the one that somebody names.

use serde::Deserialize;
use serde_json::{Value, json};

use super::amount::{aligned, stepped};
use crate::client::Client;
use crate::failure::Failure;

/// A market.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Market {
    /// Its number.
    pub id: u32,
    /// Denom of what is traded.
    pub base: String,
    /// Denom of what it is paid in.
    pub quote: String,
    /// Decimals of a whole base coin.
    pub base_decimals: u8,
    /// Decimals of a whole quote coin.
    pub quote_decimals: u8,
    /// Step of prices.
    #[serde(deserialize_with = "amount")]
    pub tick: u128,
    /// Step of quantities.
    #[serde(deserialize_with = "amount")]
    pub lot: u128,
    /// `active`, `halted` or `delisted`.
    pub status: String,
}

fn amount<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

impl Market {
    /// The market of that number, or of that pair.
    ///
    /// # Errors
    /// There is none; no node answers.
    pub fn find(client: &Client, name: &str) -> Result<Self, Failure> {
        let all = Self::all(client)?;
        let fits = |market: &&Self| name.parse() == Ok(market.id) || name == market.pair();
        all.iter().find(fits).cloned().ok_or_else(|| {
            let known: Vec<String> = all.iter().map(|market| format!("{} ({})", market.pair(), market.id)).collect();
            let known =
                if known.is_empty() { "there are none yet: seiza exchange list".into() } else { known.join(", ") };
            Failure::refused(format!("no market {name}: {known}"))
        })
    }

    /// All markets.
    ///
    /// # Errors
    /// No node answers, or not with markets.
    pub fn all(client: &Client) -> Result<Vec<Self>, Failure> {
        let answer = client.call("exchange_markets", json!([]))?;
        Vec::deserialize(&answer["markets"]).map_err(|error| Failure::refused(format!("markets: {error}")))
    }

    /// `usei/uusdc`.
    pub fn pair(&self) -> String {
        format!("{}/{}", self.base, self.quote)
    }

    /// Reads a price that people write.
    ///
    /// # Errors
    /// No number, or off the tick.
    pub fn read_price(&self, what: &str, text: &str) -> Result<u128, Failure> {
        stepped(what, text, self.quote_decimals, ("tick", self.tick))
    }

    /// Reads a quantity that people write.
    ///
    /// # Errors
    /// No number, or off the lot.
    pub fn read_quantity(&self, text: &str) -> Result<u128, Failure> {
        stepped("quantity", text, self.base_decimals, ("lot", self.lot))
    }

    /// A price that the node gave, for people; `-` where it gave none.
    pub fn price(&self, value: &Value) -> String {
        units(value).map_or_else(|| "-".into(), |price| aligned(price, self.quote_decimals, self.tick))
    }

    /// A quantity that the node gave, for people; `-` where it gave none.
    pub fn quantity(&self, value: &Value) -> String {
        units(value).map_or_else(|| "-".into(), |quantity| aligned(quantity, self.base_decimals, self.lot))
    }
}

/// The amount in an answer.
pub fn units(value: &Value) -> Option<u128> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// SEI for play dollars.
    pub fn market() -> Market {
        let json = json!({
            "id": 1, "base": "usei", "quote": "uusdc", "baseDecimals": 6, "quoteDecimals": 6, "tick": "100",
            "lot": "100000", "status": "active", "minNotional": "10000",
        });
        Market::deserialize(&json).unwrap()
    }

    #[test]
    fn prices_and_quantities_have_the_markets_decimals() {
        let market = market();
        assert_eq!(market.read_price("price", "0.4523"), Ok(452_300));
        assert_eq!(market.read_quantity("12.5"), Ok(12_500_000));
        assert!(market.read_quantity("12.55").unwrap_err().to_string().contains("lot 0.1: take 12.5 or 12.6"));
        assert_eq!(
            (market.price(&json!("450000")), market.quantity(&json!("12000000"))),
            ("0.4500".into(), "12.0".into())
        );
        assert_eq!(market.price(&Value::Null), "-");
    }
}
