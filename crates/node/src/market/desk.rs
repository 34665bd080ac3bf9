//! The crowd's way to the node: what accounts may send next, and transactions sent.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seiza_types::exchange::ExchangeMsg;
use seiza_types::tx::Draft;
use serde_json::{Value, json};

use super::limits::{GAS, WAITING_MAX};
use crate::client::Client;
use crate::failure::Failure;
use crate::keys::Account;

/// Wei of one usei.
const WEI: u128 = 1_000_000_000_000;

/// A node, and the chain it serves.
pub struct Desk {
    rpc: Client,
    tendermint: Client,
    chain_id: String,
}

/// What one account wants done.
pub struct Wish<'a> {
    /// Who.
    pub account: &'a Account,
    /// What.
    pub messages: Vec<ExchangeMsg>,
}

/// What a round came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Transactions that the node took.
    pub taken: usize,
    /// Transactions that it refused.
    pub refused: usize,
    /// Accounts that waited for their earlier ones.
    pub held: usize,
}

impl Desk {
    /// The node at these URLs: JSON-RPC and Tendermint's.
    ///
    /// # Errors
    /// A URL that is none; nobody answers.
    pub fn at(rpc: &str, tendermint: &str) -> Result<Self, Failure> {
        let (rpc, tendermint) = (Client::of(rpc)?, Client::of(tendermint)?);
        let status = tendermint.ask(&[("status", json!({}))])?.remove(0);
        let chain_id = status["node_info"]["network"].as_str().map(str::to_owned);
        let chain_id = chain_id.ok_or_else(|| Failure::refused("the node does not say which chain it serves"))?;
        Ok(Self { rpc, tendermint, chain_id })
    }

    /// Signs and sends what everybody wants, each account at most one transaction, none that has too many waiting.
    ///
    /// # Errors
    /// Nobody answers.
    pub fn send(&self, wishes: &[Wish<'_>]) -> Result<Sent, Failure> {
        let address = |wish: &Wish<'_>| wish.account.address();
        let counts = wishes
            .iter()
            .flat_map(|wish| ["latest", "pending"].map(|at| ("eth_getTransactionCount", json!([address(wish), at]))));
        let asked: Vec<_> = std::iter::once(("eth_gasPrice", json!([]))).chain(counts).collect();
        let answers = self.rpc.ask(&asked)?.iter().map(quantity).collect::<Vec<_>>();
        let fee_usei = answers[0].saturating_mul(u128::from(GAS) * 2) / WEI + 1;
        let mut calls = Vec::new();
        for (wish, counts) in wishes.iter().zip(answers[1..].chunks(2)) {
            let (done, sequence) = (counts[0] as u64, counts[1] as u64);
            if sequence.saturating_sub(done) < WAITING_MAX {
                calls.push(("broadcast_tx_sync", json!({ "tx": self.signed(wish, sequence, fee_usei) })));
            }
        }
        if calls.is_empty() {
            return Ok(Sent { held: wishes.len(), ..Sent::default() });
        }
        let answers = self.tendermint.ask(&calls)?;
        let taken = answers.iter().filter(|answer| answer["code"] == 0).count();
        for answer in answers.iter().filter(|answer| answer["code"] != 0) {
            tracing::debug!(%answer, "a transaction of the market's crowd is refused");
        }
        Ok(Sent { taken, refused: calls.len() - taken, held: wishes.len() - calls.len() })
    }

    /// In base64.
    fn signed(&self, wish: &Wish<'_>, sequence: u64, fee_usei: u128) -> String {
        let (chain_id, messages) = (self.chain_id.as_str(), wish.messages.as_slice());
        let draft = Draft { chain_id, messages, sequence, gas_limit: GAS, fee_usei };
        STANDARD.encode(wish.account.sign_draft(&draft))
    }
}

/// A quantity of JSON-RPC; zero where it is none.
fn quantity(value: &Value) -> u128 {
    let digits = value.as_str().and_then(|text| text.strip_prefix("0x"));
    digits.and_then(|digits| u128::from_str_radix(digits, 16).ok()).unwrap_or(0)
}

/// Nanoseconds since 1970, so far ahead.
pub fn ahead(by: Duration) -> u64 {
    let now = crate::clock::now().duration_since(seiza_types::Time::unix_epoch()).unwrap_or_default();
    u64::try_from((now + by).as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        let table = [(json!("0x10"), 16), (json!("0x"), 0), (json!(7), 0), (Value::Null, 0)];
        table.iter().for_each(|(value, expected)| assert_eq!(quantity(value), *expected));
    }
}
