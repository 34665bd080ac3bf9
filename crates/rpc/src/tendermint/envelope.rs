//! JSON-RPC 2.0's envelope: from the bytes of a request, or of a batch, to its answer.

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::params::Params;
use crate::limits::BATCH_CALLS_MAX;

/// One call.
pub(crate) struct Request {
    /// What the caller calls it; an answer repeats it.
    pub(crate) id: Value,
    /// The method's name.
    pub(crate) method: String,
    /// Its parameters, or what is wrong with them.
    pub(crate) params: Result<Params, Fault>,
}

/// What a body held.
pub(crate) enum Body {
    /// One call; `None` for a notification, which is not answered.
    One(Result<Option<Request>, (Value, Fault)>),
    /// A batch.
    Many(Vec<Result<Option<Request>, (Value, Fault)>>),
}

/// Reads a body.
pub(crate) fn read(bytes: &[u8]) -> Body {
    match serde_json::from_slice(bytes) {
        Err(error) => Body::One(Err((Value::Null, Fault::parse(format!("error unmarshalling request: {error}"))))),
        Ok(Value::Array(calls)) if calls.is_empty() => Body::One(Err((Value::Null, Fault::request("empty batch")))),
        Ok(Value::Array(calls)) if calls.len() > BATCH_CALLS_MAX as usize => {
            let fault = Fault::request(format!("batch of {} calls, at most {BATCH_CALLS_MAX} fit", calls.len()));
            Body::One(Err((Value::Null, fault)))
        }
        Ok(Value::Array(calls)) => Body::Many(calls.into_iter().map(request).collect()),
        Ok(call) => Body::One(request(call)),
    }
}

fn request(call: Value) -> Result<Option<Request>, (Value, Fault)> {
    let Value::Object(mut call) = call else { return Err((Value::Null, Fault::request("a request is an object"))) };
    let Some(id) = call.remove("id").filter(|id| !id.is_null()) else { return Ok(None) };
    if !matches!(id, Value::String(_) | Value::Number(_)) {
        return Err((Value::Null, Fault::request("id is a text or a number")));
    }
    match method(&mut call) {
        Some(method) => Ok(Some(Request { id, method, params: Params::of(call.remove("params")) })),
        None => Err((id, Fault::request("method is missing"))),
    }
}

fn method(call: &mut Map<String, Value>) -> Option<String> {
    match call.remove("method") {
        Some(Value::String(method)) if !method.is_empty() => Some(method),
        _ => None,
    }
}

/// Writes an answer.
pub(crate) fn answer(id: &Value, result: &Result<Value, Fault>) -> Value {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(fault) => json!({ "jsonrpc": "2.0", "id": id, "error": fault.to_json() }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bodies() {
        let code = |body: &str| match read(body.as_bytes()) {
            Body::One(Err((_, fault))) => fault.to_json()["code"].as_i64(),
            Body::One(Ok(Some(request))) => Some(i64::try_from(request.method.len()).unwrap()),
            Body::One(Ok(None)) => None,
            Body::Many(calls) => Some(100 + i64::try_from(calls.len()).unwrap()),
        };
        let table = [
            (r#"{"jsonrpc":"2.0","id":1,"method":"status"}"#, Some(6)),
            (r#"{"jsonrpc":"2.0","method":"status"}"#, None),
            (r#"[{"id":1,"method":"a"},{"id":2,"method":"b"}]"#, Some(102)),
            ("[]", Some(-32_600)),
            ("{", Some(-32_700)),
            ("7", Some(-32_600)),
            (r#"{"id":{},"method":"a"}"#, Some(-32_600)),
            (r#"{"id":1}"#, Some(-32_600)),
        ];
        for (body, expected) in table {
            assert_eq!(code(body), expected, "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }
}
