//! Sending: `broadcast_tx_*`, `check_tx`, `broadcast_evidence`; and what waits: `unconfirmed_txs`.
//!
//! Transactions go through the same door as Ethereum clients': decoded, verified, checked, put into the pool.

use std::sync::Arc;

use prost::Message as _;
use seiza_types::Evidence;
use serde_json::{Value, json};
use tendermint_proto::v0_38::types::evidence::Sum;

use super::Service;
use super::blocks::Reply;
use super::events::{self, tendermint_hash};
use super::fault::Fault;
use super::methods::Call;
use super::shapes::{base64, hex, result};
use crate::limits::{BROADCAST_COMMIT_TIME_MAX, PER_PAGE_DEFAULT, PER_PAGE_MAX};
use crate::{B256, Bytes, Failure};

/// The Cosmos SDK's codes, by what our refusals begin with; CosmJS and wallets match on them.
const CODES: [(&str, u32); 10] = [
    ("protobuf", 2),
    ("empty transaction", 2),
    ("transaction type", 2),
    ("nonce too", 32),
    ("invalid sender", 4),
    ("signer:", 4),
    ("insufficient funds", 5),
    ("fee:", 13),
    ("transaction underpriced", 13),
    ("txpool is full", 20),
];
/// Any other refusal: the SDK's "invalid request".
const CODE_INVALID: u32 = 18;
/// How the pool calls a transaction that it holds.
const KNOWN: &str = "already known";

fn code_of(text: &str) -> u32 {
    CODES.iter().find(|(begin, _)| text.starts_with(begin)).map_or(CODE_INVALID, |(_, code)| *code)
}

/// What became of a submission: accepted, or a code and why not.
async fn submit(service: &Service, raw: Bytes) -> Result<(u32, String), Fault> {
    let answer = service.api.submit(vec![Ok(raw)]).await.pop();
    match answer.unwrap_or_else(|| Err(Failure::Internal("the verifier gave no answer".into()))) {
        Ok(_) => Ok((0, String::new())),
        Err(Failure::Rejected(text)) if text == KNOWN => Err(Fault::internal("tx already exists in cache")),
        Err(Failure::Rejected(text)) => Ok((code_of(&text), text)),
        Err(other) => Err(other.into()),
    }
}

fn brief(hash: &B256, (code, log): &(u32, String)) -> Value {
    let codespace = if *code == 0 { "" } else { "sdk" };
    json!({ "code": code, "data": "", "log": log, "codespace": codespace, "hash": hex(hash) })
}

/// `broadcast_tx_async`: answers before anything is checked.
pub(crate) fn asynchronous(service: Arc<Service>, raw: Bytes) -> Reply {
    let hash = tendermint_hash(&raw);
    tokio::spawn(async move {
        if let Err(fault) = submit(&service, raw).await {
            tracing::debug!(?fault, "a transaction that was sent without waiting is not taken");
        }
    });
    Ok(brief(&hash, &(0, String::new())))
}

/// `broadcast_tx_sync`: answers when the transaction waits in the pool, or is refused.
pub(crate) async fn sync(service: &Service, raw: Bytes) -> Reply {
    let hash = tendermint_hash(&raw);
    Ok(brief(&hash, &submit(service, raw).await?))
}

/// `broadcast_tx_commit`: answers when a block holds the transaction.
pub(crate) async fn commit(service: &Service, dialect: super::Dialect, raw: Bytes) -> Reply {
    let hash = tendermint_hash(&raw);
    let mut heads = service.backend().notifier().heads();
    let (code, log) = submit(service, raw).await?;
    let executed = if dialect == super::Dialect::V34 { "deliver_tx" } else { "tx_result" };
    let check = result::brief(code, &log, 0);
    if code != 0 {
        let none = result::brief(0, "", 0);
        return Ok(json!({ "check_tx": check, executed: none, "hash": hex(hash), "height": "0" }));
    }
    let included = async {
        loop {
            if let Some(place) = service.backend().tx_location(&hash)? {
                return Ok::<_, Fault>(place);
            }
            heads.changed().await.map_err(|_| Fault::internal("the node is stopping"))?;
        }
    };
    let waited = tokio::time::timeout(BROADCAST_COMMIT_TIME_MAX, included).await;
    let late = || Fault::internal("timed out waiting for tx to be included in a block");
    let (height, index) = waited.map_err(|_| late())??;
    let stored = service.block(height)?;
    let missing = || Fault::internal("the block has no such transaction");
    let receipt = stored.results.as_ref().and_then(|results| results.receipts.get(index)).ok_or_else(missing)?;
    let events = events::of_tx(&stored.block.txs[index], receipt);
    let result = result::result(dialect, receipt, &events);
    Ok(json!({ "check_tx": check, executed: result, "hash": hex(hash), "height": height.to_string() }))
}

/// `check_tx`: what a submission would answer; nothing is kept.
pub(crate) fn check(call: &Call<'_>) -> Reply {
    let raw = Bytes::from(call.params.bytes("tx")?);
    match call.service.backend().try_out(raw) {
        Ok(gas) => Ok(result::brief(0, "", gas)),
        Err(Failure::Rejected(text)) => Ok(result::brief(code_of(&text), &text, 0)),
        Err(other) => Err(other.into()),
    }
}

/// `broadcast_evidence`.
pub(crate) fn evidence(call: &Call<'_>) -> Reply {
    let value = call.params.value("evidence").ok_or_else(|| Fault::internal("no evidence was provided"))?;
    let sum: Sum = serde_json::from_value(value).map_err(Fault::params)?;
    let Sum::DuplicateVoteEvidence(votes) = sum else {
        return Err(Fault::internal("of evidence, this chain knows that of duplicate votes"));
    };
    let evidence = Evidence::decode(&votes.encode_to_vec()).map_err(Fault::internal)?;
    let refused = |why: String| Fault::internal(format!("failed to add evidence: {why}"));
    call.service.backend().check_evidence(&evidence).map_err(|failure| refused(failure.to_string()))?;
    let hash = evidence.hash();
    (call.service.parts.evidence)(evidence).map_err(refused)?;
    Ok(json!({ "hash": base64(hash) }))
}

/// `unconfirmed_txs`.
pub(crate) fn unconfirmed(call: &Call<'_>) -> Reply {
    let limit = match call.params.number("limit")? {
        None | Some(..1) => PER_PAGE_DEFAULT,
        Some(limit) => usize::try_from(limit).unwrap_or(PER_PAGE_MAX).min(PER_PAGE_MAX),
    };
    let (txs, counts) = call.service.backend().executable(limit);
    Ok(json!({
        "n_txs": txs.len().to_string(),
        "total": counts.txs().to_string(),
        "total_bytes": counts.bytes.to_string(),
        "txs": txs.iter().map(base64).collect::<Vec<_>>(),
    }))
}

/// `num_unconfirmed_txs`.
#[expect(clippy::unnecessary_wraps, reason = "a method's shape")]
pub(crate) fn count(call: &Call<'_>) -> Reply {
    let counts = call.service.backend().counts();
    let (txs, bytes) = (counts.txs().to_string(), counts.bytes.to_string());
    Ok(json!({ "n_txs": txs, "total": txs, "total_bytes": bytes, "txs": null }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_sdks() {
        let table = [
            ("nonce too low: next nonce 3, tx nonce 1", 32),
            ("insufficient funds for gas * price + value: address 0x have 1 want 2", 5),
            ("signer: signature does not fit the key, the chain id and the document", 4),
            ("invalid sender: public key is no compressed secp256k1 point", 4),
            ("protobuf: invalid wire type", 2),
            ("transaction underpriced", 13),
            ("message type /x is not known here", 18),
        ];
        for (text, code) in table {
            assert_eq!(code_of(text), code, "{text}");
        }
    }
}
