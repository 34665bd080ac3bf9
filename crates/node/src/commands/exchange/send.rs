//! Sending a message and waiting for the block that holds it.

use std::time::{Duration, Instant};

use seiza_types::exchange::ExchangeMsg;
use serde_json::{Value, json};

use super::sign::{Frame, signed, signer};
use crate::args::SignerArgs;
use crate::client::Client;
use crate::failure::Failure;
use crate::keys::Account;

/// How long a transaction is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two questions for it.
const PAUSE: Duration = Duration::from_millis(50);
/// Wei in a usei.
const WEI_PER_USEI: u128 = 1_000_000_000_000;

/// A transaction in a block.
pub struct Included {
    /// Its hash.
    pub hash: String,
    /// The block.
    pub height: u64,
    /// What its one message did, as `exchange_transaction` tells it.
    pub message: Value,
}

/// Signs and sends what `message` makes of the signer's account, and waits for its block.
///
/// # Errors
/// Nobody to sign; the node refuses it; it fails; no block takes it in time.
pub fn send(
    client: &Client,
    args: &SignerArgs,
    gas: u64,
    message: impl FnOnce(&Account) -> ExchangeMsg,
) -> Result<Included, Failure> {
    let account = signer(args)?;
    let message = message(&account);
    let frame = frame(client, args, &account, gas)?;
    let raw = alloy_primitives::hex::encode_prefixed(signed(&account, &message, &frame));
    let hash = client.call("eth_sendRawTransaction", json!([raw]))?;
    let hash = hash.as_str().ok_or_else(|| Failure::refused("the node names no hash for the transaction"))?.to_owned();
    wait(client, hash)
}

fn frame(client: &Client, args: &SignerArgs, account: &Account, gas: u64) -> Result<Frame, Failure> {
    let status = client.call("exchange_status", json!([]))?;
    let chain_id = status["chainId"].as_str().unwrap_or_default().to_owned();
    let nonce = client.call("eth_getTransactionCount", json!([account.address(), "pending"]))?;
    let block = client.call("eth_getBlockByNumber", json!(["latest", false]))?;
    let gas = args.gas.unwrap_or(gas);
    let fee_usei = args.fee.unwrap_or_else(|| fee(gas, quantity(&block["baseFeePerGas"]).unwrap_or(0)));
    let sequence = quantity(&nonce).ok_or_else(|| Failure::refused("the node names no nonce for the account"))?;
    Ok(Frame { chain_id, sequence, gas, fee_usei })
}

/// The gas limit at a quarter above the base fee, which may rise until the block is made.
fn fee(gas: u64, base_fee: u64) -> u128 {
    (u128::from(gas) * u128::from(base_fee) * 5 / 4).div_ceil(WEI_PER_USEI)
}

fn quantity(value: &Value) -> Option<u64> {
    u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()
}

fn wait(client: &Client, hash: String) -> Result<Included, Failure> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let found = client.call("exchange_transaction", json!([hash]))?;
        if let Some(height) = found["height"].as_u64() {
            return match found["code"].as_u64() {
                Some(0) => Ok(Included { hash, height, message: found["messages"][0].clone() }),
                code => Err(failed(&hash, height, code)),
            };
        }
        std::thread::sleep(PAUSE);
    }
    Err(Failure::refused(format!(
        "transaction {hash} is in no block after {} s: it may still come",
        PATIENCE.as_secs()
    )))
}

fn failed(hash: &str, height: u64, code: Option<u64>) -> Failure {
    let code = code.map_or_else(|| "unknown".to_owned(), |code| code.to_string());
    Failure::refused(format!(
        "transaction {hash} failed in block {height} with code {code}; its fee is paid, all else is as before"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_is_a_quarter_above_the_base_fee_and_rounded_up() {
        for (gas, base_fee, usei) in [(100_000, 1_000_000_000, 125), (1, 1, 1), (100_000, 0, 0)] {
            assert_eq!(fee(gas, base_fee), usei);
        }
    }
}
