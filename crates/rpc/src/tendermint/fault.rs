//! Errors in JSON-RPC as CometBFT writes them: its code, the code's name, and the sentence in `data`.

use serde_json::{Value, json};

use crate::Failure;

const PARSE: i32 = -32_700;
const INVALID_REQUEST: i32 = -32_600;
const METHOD_NOT_FOUND: i32 = -32_601;
const INVALID_PARAMS: i32 = -32_602;
const INTERNAL: i32 = -32_603;
const SERVER: i32 = -32_000;

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    code: i32,
    message: &'static str,
    data: String,
}

impl Fault {
    /// No JSON.
    pub(crate) fn parse(data: impl ToString) -> Self {
        Self { code: PARSE, message: "Parse error. Invalid JSON", data: data.to_string() }
    }

    /// No JSON-RPC request.
    pub(crate) fn request(data: impl ToString) -> Self {
        Self { code: INVALID_REQUEST, message: "Invalid Request", data: data.to_string() }
    }

    /// No such method.
    pub(crate) fn method() -> Self {
        Self { code: METHOD_NOT_FOUND, message: "Method not found", data: String::new() }
    }

    /// A parameter has the wrong shape.
    pub(crate) fn params(data: impl ToString) -> Self {
        Self { code: INVALID_PARAMS, message: "Invalid params", data: data.to_string() }
    }

    /// Everything that is wrong with a well-formed call, the caller's fault or ours: CometBFT knows one code for both.
    pub(crate) fn internal(data: impl ToString) -> Self {
        Self { code: INTERNAL, message: "Internal error", data: data.to_string() }
    }

    /// The server ends what it had begun.
    pub(crate) fn server(data: impl ToString) -> Self {
        Self { code: SERVER, message: "Server error", data: data.to_string() }
    }

    /// The `error` object.
    pub(crate) fn to_json(&self) -> Value {
        if self.data.is_empty() {
            return json!({ "code": self.code, "message": self.message });
        }
        json!({ "code": self.code, "message": self.message, "data": self.data })
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        if let Failure::Internal(text) = &failure {
            tracing::error!(%text, "a Tendermint call failed by our own fault");
        }
        Self::internal(failure)
    }
}
