//! Whether the crowd can trade on a chain that runs already.

use seiza_types::USEI;
use serde_json::{Value, json};

use super::pair::{DOLLAR, PAIRS, Pair};
use super::{Doors, account};
use crate::client::Client;
use crate::failure::Failure;

/// The crowd's markets in words.
#[must_use]
pub fn names() -> String {
    PAIRS.iter().map(|pair| format!("{}/{DOLLAR}", pair.base)).collect::<Vec<_>>().join(" and ")
}

/// Refuses a node whose chain was not founded for the crowd: it has neither the two markets nor funds for it.
///
/// # Errors
/// So, or nobody answers.
pub fn check(doors: &Doors) -> Result<(), Failure> {
    let client = Client::of(&doors.rpc)?;
    let markets = client.call("exchange_markets", json!([]))?;
    let balance = client.call("eth_getBalance", json!([account(0)?.address(), "latest"]))?;
    let told = |pair: &Pair| markets["markets"].as_array().into_iter().flatten().any(|market| pair.is_told(market));
    let listed = PAIRS.iter().all(told);
    if listed && balance != "0x0" {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "this chain was not founded for it (seiza devnet --with-market): no {}",
        lacking(listed)
    )))
}

fn lacking(listed: bool) -> String {
    if listed { format!("{USEI} for the crowd's accounts") } else { format!("markets {}", names()) }
}

impl Pair {
    /// Whether a market that a node tells of is this one.
    fn is_told(&self, market: &Value) -> bool {
        let amount = |name: &str| market[name].as_str().and_then(|text| text.parse::<u128>().ok());
        market["id"] == self.id.0
            && (&market["base"], &market["quote"]) == (&json!(self.base), &json!(DOLLAR))
            && (amount("tick"), amount("lot")) == (Some(self.tick), Some(self.lot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_market_is_known_by_its_number_denoms_and_scales() {
        let ours = json!({ "id": 1, "base": "usei", "quote": "uusdc", "tick": "10", "lot": "100000" });
        assert!(PAIRS[0].is_told(&ours) && !PAIRS[1].is_told(&ours));
        for (name, other) in [("id", json!(2)), ("base", json!("ueth")), ("tick", json!("11")), ("lot", json!(100_000))]
        {
            let mut strange = ours.clone();
            strange[name] = other;
            assert!(!PAIRS[0].is_told(&strange), "{strange}");
        }
    }
}
