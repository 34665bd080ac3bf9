//! The same answers by GET, below `/seiza/exchange/v1/`, on the ports of the JSON-RPC.
//!
//! Parts of the path and of the query are the parameters that JSON-RPC has; an answer is its `result`. Errors are
//! `{"error": {"code", "message"}}` with the JSON-RPC code, and an HTTP status.

use super::call::{METHODS, Method, Written};
use super::fields::Fields;
use crate::Failure;
use crate::methods::{Answer, Api};
use crate::uri::{form, unescaped};

/// Below which path market data is.
pub(crate) const ROOT: &str = "/seiza/exchange/v1/";

/// Status and body.
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u16,
    /// JSON.
    pub(crate) body: String,
}

/// Answers a path below [`ROOT`] and its query.
pub(crate) async fn answer(api: &Api, path: &str, query: &str) -> Reply {
    match find(path) {
        Some((method, mut pairs)) => {
            pairs.extend(form(query));
            reply(method.run(api, move || Fields::of_uri(method.params, pairs)).await)
        }
        None => {
            reply(Err(Failure::NotFound(format!("nothing at {ROOT}{}", path.chars().take(128).collect::<String>()))))
        }
    }
}

/// The method at a path, and what the path says of its parameters.
fn find(path: &str) -> Option<(Method, Vec<(String, String)>)> {
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    METHODS.into_iter().find_map(|method| {
        let pairs = method.paths.iter().find_map(|pattern| matched(pattern, &parts))?;
        Some((method, pairs))
    })
}

fn matched(pattern: &str, parts: &[&str]) -> Option<Vec<(String, String)>> {
    let pattern: Vec<&str> = pattern.split('/').collect();
    if pattern.len() != parts.len() {
        return None;
    }
    let mut pairs = Vec::new();
    for (expected, part) in pattern.iter().zip(parts) {
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => pairs.push((name.to_owned(), unescaped(part))),
            None if expected == part => {}
            None => return None,
        }
    }
    Some(pairs)
}

fn reply(answer: Answer<Written>) -> Reply {
    match answer {
        // What is asked about by a name and is not there is `null` in JSON-RPC.
        Ok(written) if written.get() == "null" => reply(Err(Failure::NotFound("not found".into()))),
        Ok(written) => Reply { status: 200, body: written.get().to_owned() },
        Err(failure) => {
            let error = serde_json::json!({ "code": failure.code(), "message": failure.to_string() });
            Reply { status: status(&failure), body: serde_json::json!({ "error": error }).to_string() }
        }
    }
}

fn status(failure: &Failure) -> u16 {
    match failure {
        Failure::NotFound(_) | Failure::HeaderNotFound | Failure::TransactionNotFound => 404,
        Failure::HistoryPruned { .. } | Failure::Pruned { .. } => 410,
        Failure::Busy => 503,
        Failure::Timeout(_) => 504,
        Failure::Internal(_) => 500,
        _ => 400,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_lead_to_methods() {
        let table = [
            ("markets", Some("exchange_markets"), ""),
            ("markets/", Some("exchange_markets"), ""),
            ("markets/7", Some("exchange_market"), "market=7"),
            ("markets/7/depth", Some("exchange_depth"), "market=7"),
            ("tickers", Some("exchange_ticker"), ""),
            ("accounts/sei1x/orders/9", Some("exchange_order"), "owner=sei1x clientId=9"),
            ("orders/7-1-0%2D0", Some("exchange_order"), "id=7-1-0-0"),
            ("markets/7/height", None, ""),
            ("", None, ""),
            ("markets//depth/x", None, ""),
        ];
        for (path, name, pairs) in table {
            let found = find(path);
            assert_eq!(found.as_ref().map(|(method, _)| method.name), name, "{path}");
            let found = found.map(|(_, pairs)| pairs).unwrap_or_default();
            let found: Vec<String> = found.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(found.join(" "), pairs, "{path}");
        }
    }

    #[test]
    fn failures_have_a_status_and_a_body() {
        let wrong = reply(Err(Failure::InvalidParams("market: missing".into())));
        assert_eq!(
            (wrong.status, wrong.body.as_str()),
            (400, r#"{"error":{"code":-32602,"message":"market: missing"}}"#)
        );
        for (failure, code) in
            [(Failure::Busy, 503), (Failure::HistoryPruned { earliest: 3 }, 410), (Failure::NotFound("x".into()), 404)]
        {
            assert_eq!(reply(Err(failure)).status, code);
        }
    }

    proptest! {
        #[test]
        fn any_path_is_looked_up(path in "[a-z0-9/%{}-]{0,60}") {
            let _ = find(&path);
        }
    }
}
