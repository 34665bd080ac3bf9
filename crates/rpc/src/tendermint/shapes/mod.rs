//! CometBFT's JSON: heights as texts, hashes in upper-case hex, bytes in base64, `null` and `[]` where CometBFT has them.

pub(crate) mod block;
pub(crate) mod header;
pub(crate) mod params;
pub(crate) mod result;
pub(crate) mod validator;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Bytes in upper-case hex.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    alloy_primitives::hex::encode_upper(bytes)
}

/// Bytes in base64.
pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Bytes in base64, `null` where there are none: how Go writes an empty slice that nobody made.
pub(crate) fn base64_or_null(bytes: &[u8]) -> Value {
    if bytes.is_empty() { Value::Null } else { base64(bytes).into() }
}
