//! What a transaction did: `ExecTxResult`, in both dialects.

use seiza_types::{Code, Event, Receipt};
use serde_json::{Value, json};

use super::{base64, base64_or_null};
use crate::tendermint::Dialect;

/// Where our result codes are defined.
pub(crate) const CODESPACE: &str = "seiza";

/// The result of an executed transaction with these events.
pub(crate) fn result(dialect: Dialect, receipt: &Receipt, events: &[Event]) -> Value {
    let failed = !receipt.succeeded();
    let log = match (failed, dialect) {
        (true, _) => failure(receipt.code).to_owned(),
        (false, Dialect::V38) => String::new(),
        (false, Dialect::V34) => log(events),
    };
    json!({
        "code": receipt.code as u32,
        "data": base64_or_null(&receipt.data),
        "log": log,
        "info": "",
        "gas_wanted": receipt.gas_wanted.to_string(),
        "gas_used": receipt.gas_used.to_string(),
        "events": events.iter().map(|one| event(dialect, one)).collect::<Vec<_>>(),
        "codespace": if failed { CODESPACE } else { "" },
    })
}

/// A result that says no more than a code and a sentence: of checks, and of what was not executed.
pub(crate) fn brief(code: u32, log: &str, gas_wanted: u64) -> Value {
    json!({
        "code": code,
        "data": null,
        "log": log,
        "info": "",
        "gas_wanted": gas_wanted.to_string(),
        "gas_used": "0",
        "events": [],
        "codespace": if code == 0 { "" } else { "sdk" },
    })
}

/// An event.
pub(crate) fn event(dialect: Dialect, event: &Event) -> Value {
    let text = |text: &str| match dialect {
        Dialect::V38 => text.to_owned(),
        Dialect::V34 => base64(text),
    };
    let attribute = |(key, value): (&str, &str)| json!({ "key": text(key), "value": text(value), "index": true });
    let attributes = event.attributes.iter().map(|one| attribute((&one.key, &one.value.text())));
    json!({ "type": event.kind, "attributes": attributes.collect::<Vec<_>>() })
}

/// The `log` of old: the events once more, as a JSON text.
pub(crate) fn log(events: &[Event]) -> String {
    let attribute = |key: &str, value: &str| json!({ "key": key, "value": value });
    let events: Vec<Value> = events
        .iter()
        .map(|event| {
            let attributes = event.attributes.iter().map(|one| attribute(&one.key, &one.value.text()));
            json!({ "type": event.kind, "attributes": attributes.collect::<Vec<_>>() })
        })
        .collect();
    json!([{ "msg_index": 0, "log": "", "events": events }]).to_string()
}

/// What a code means, for people: receipts hold numbers only.
pub(crate) fn failure(code: Code) -> &'static str {
    match code {
        Code::Ok => "",
        Code::Reverted => "execution reverted",
        Code::OutOfGas => "out of gas",
        Code::Halted => "execution halted",
        Code::InsufficientFunds => "insufficient funds",
        Code::Rejected => "a message breaks a rule of its module",
        Code::Skipped => "included without effect: its nonce or fee no longer fitted when it was executed",
    }
}
