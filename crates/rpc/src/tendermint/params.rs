//! A call's parameters in their three forms: by name, by position, or in a URI with CometBFT's quoting.
//!
//! | form | text | bytes | number | switch |
//! |---|---|---|---|---|
//! | JSON | `"abc"` | base64, or hex where CometBFT has hex | `"5"`, `5` | `true` |
//! | URI | `"abc"` | `0x616263`, or `"abc"` for the bytes of the text | `5`, `"5"` | `true` |

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::fault::Fault;
use crate::B256;

/// Parameters as they came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Params {
    /// By name.
    Named(Map<String, Value>),
    /// By position.
    Listed(Vec<Value>),
    /// From a URI: names and texts, percent-decoded.
    Uri(Vec<(String, String)>),
}

/// Parameters of a method whose parameters have these names, in this order.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    params: &'a Params,
    names: &'static [&'static str],
}

enum Arg<'a> {
    Json(&'a Value),
    Uri(&'a str),
}

impl Params {
    /// Reads the `params` of a JSON-RPC request.
    pub(crate) fn of(value: Option<Value>) -> Result<Self, Fault> {
        match value {
            None | Some(Value::Null) => Ok(Self::Listed(Vec::new())),
            Some(Value::Object(named)) => Ok(Self::Named(named)),
            Some(Value::Array(listed)) => Ok(Self::Listed(listed)),
            Some(_) => Err(Fault::params("error converting json params to arguments: neither an object nor an array")),
        }
    }

    /// The same with a method's names; fails where more are listed than the method has.
    pub(crate) fn named<'a>(&'a self, names: &'static [&'static str]) -> Result<Named<'a>, Fault> {
        if let Self::Listed(listed) = self
            && listed.len() > names.len()
        {
            let (have, want) = (listed.len(), names.len());
            return Err(Fault::params(format!("expected {want} parameters ({names:?}), got {have}")));
        }
        Ok(Named { params: self, names })
    }
}

impl<'a> Named<'a> {
    fn arg(&self, name: &str) -> Option<Arg<'a>> {
        debug_assert!(self.names.contains(&name), "a method reads the parameters that it names");
        match self.params {
            Params::Named(named) => named.get(name).map(Arg::Json),
            Params::Listed(listed) => listed.get(self.names.iter().position(|other| *other == name)?).map(Arg::Json),
            Params::Uri(pairs) => pairs.iter().find(|(other, _)| other == name).map(|(_, text)| Arg::Uri(text)),
        }
        .filter(|arg| !matches!(arg, Arg::Json(Value::Null) | Arg::Uri("")))
    }

    /// A text; empty where it is absent.
    pub(crate) fn text(&self, name: &str) -> Result<String, Fault> {
        match self.arg(name) {
            None => Ok(String::new()),
            Some(Arg::Json(Value::String(text))) => Ok(text.clone()),
            Some(Arg::Uri(text)) if text.starts_with('"') => unquoted(name, text),
            Some(Arg::Uri(text)) if text.starts_with("0x") => {
                String::from_utf8(hex(name, &text[2..])?).map_err(|error| wrong(name, error))
            }
            // CometBFT wants quotes; a bare word can mean nothing else.
            Some(Arg::Uri(text)) => Ok(text.to_owned()),
            Some(Arg::Json(_)) => Err(wrong(name, "expected a text")),
        }
    }

    /// A whole number, if there is one.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Fault> {
        let text = match self.arg(name) {
            None => return Ok(None),
            Some(Arg::Json(Value::Number(number))) => number.to_string(),
            Some(Arg::Json(Value::String(text))) => text.clone(),
            Some(Arg::Uri(text)) if text.starts_with('"') => unquoted(name, text)?,
            Some(Arg::Uri(text)) => text.to_owned(),
            Some(Arg::Json(_)) => return Err(wrong(name, "expected a whole number")),
        };
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| wrong(name, format!("{text:?} is no whole number of 64 bits")))
    }

    /// A switch; off where it is absent.
    pub(crate) fn switch(&self, name: &str) -> Result<bool, Fault> {
        match self.arg(name) {
            None => Ok(false),
            Some(Arg::Json(Value::Bool(on))) => Ok(*on),
            Some(Arg::Uri("true" | "\"true\"")) => Ok(true),
            Some(Arg::Uri("false" | "\"false\"")) => Ok(false),
            Some(_) => Err(wrong(name, "expected true or false")),
        }
    }

    /// Bytes that JSON has in base64.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>, Fault> {
        match self.arg(name) {
            Some(Arg::Json(Value::String(text))) => STANDARD.decode(text).map_err(|error| wrong(name, error)),
            other => uri_bytes(name, other),
        }
    }

    /// Bytes that JSON has in hex.
    pub(crate) fn hex(&self, name: &str) -> Result<Vec<u8>, Fault> {
        match self.arg(name) {
            Some(Arg::Json(Value::String(text))) => hex(name, text.strip_prefix("0x").unwrap_or(text)),
            other => uri_bytes(name, other),
        }
    }

    /// A hash of 32 bytes, if there is one: base64 or hex in JSON (no text is both), hex in a URI.
    pub(crate) fn hash(&self, name: &str) -> Result<Option<B256>, Fault> {
        let bytes = match self.arg(name) {
            None => return Ok(None),
            Some(Arg::Json(Value::String(text))) if text.trim_start_matches("0x").len() == 64 => self.hex(name)?,
            Some(Arg::Uri(text)) if is_hash(text.trim_matches('"')) => hex(name, text.trim_matches('"'))?,
            Some(_) => self.bytes(name)?,
        };
        B256::try_from(bytes.as_slice())
            .map(Some)
            .map_err(|_| wrong(name, format!("expected 32 bytes, got {}", bytes.len())))
    }

    /// The raw value, for what is an object.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        match self.arg(name)? {
            Arg::Json(value) => Some(value.clone()),
            Arg::Uri(text) => serde_json::from_str(text).ok(),
        }
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn uri_bytes(name: &str, arg: Option<Arg<'_>>) -> Result<Vec<u8>, Fault> {
    match arg {
        None => Ok(Vec::new()),
        Some(Arg::Uri(text)) if text.starts_with("0x") => hex(name, &text[2..]),
        Some(Arg::Uri(text)) if text.starts_with('"') => Ok(unquoted(name, text)?.into_bytes()),
        Some(Arg::Uri(text)) => hex(name, text),
        Some(Arg::Json(_)) => Err(wrong(name, "expected a text")),
    }
}

fn unquoted(name: &str, text: &str) -> Result<String, Fault> {
    serde_json::from_str(text).map_err(|error| wrong(name, error))
}

fn hex(name: &str, text: &str) -> Result<Vec<u8>, Fault> {
    alloy_primitives::hex::decode(text).map_err(|error| wrong(name, error))
}

fn wrong(name: &str, why: impl std::fmt::Display) -> Fault {
    Fault::params(format!("error converting json params to arguments: {name}: {why}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NAMES: &[&str] = &["height", "hash", "prove", "query"];

    fn uri(name: &str, text: &str) -> Params {
        Params::Uri(vec![(name.into(), text.into())])
    }

    #[test]
    fn numbers_in_every_form() {
        let table = [
            (Params::of(Some(json!({ "height": "5" }))).unwrap(), Some(5)),
            (Params::of(Some(json!({ "height": 5 }))).unwrap(), Some(5)),
            (Params::of(Some(json!(["5"]))).unwrap(), Some(5)),
            (Params::of(Some(json!({ "height": null }))).unwrap(), None),
            (Params::of(None).unwrap(), None),
            (uri("height", "5"), Some(5)),
            (uri("height", "\"5\""), Some(5)),
            (uri("height", ""), None),
        ];
        for (params, expected) in table {
            assert_eq!(params.named(NAMES).unwrap().number("height"), Ok(expected), "{params:?}");
        }
        for bad in [json!({ "height": "x" }), json!([true]), json!({ "height": 1.5 })] {
            let params = Params::of(Some(bad)).unwrap();
            assert!(params.named(NAMES).unwrap().number("height").is_err(), "{params:?}");
        }
    }

    #[test]
    fn hashes_and_bytes_in_every_form() {
        let (hash, text) = (B256::repeat_byte(0xab), "ab".repeat(32));
        let table = [
            Params::of(Some(json!({ "hash": STANDARD.encode(hash) }))).unwrap(),
            Params::of(Some(json!({ "hash": text.to_uppercase() }))).unwrap(),
            uri("hash", &format!("0x{text}")),
            uri("hash", &format!("\"{text}\"")),
            uri("hash", &text),
        ];
        for params in table {
            assert_eq!(params.named(NAMES).unwrap().hash("hash"), Ok(Some(hash)), "{params:?}");
        }
        let params = uri("hash", "\"abc\"");
        assert_eq!(params.named(NAMES).unwrap().bytes("hash"), Ok(b"abc".to_vec()));
        assert!(params.named(NAMES).unwrap().hash("hash").is_err(), "three bytes are no hash");
    }

    #[test]
    fn texts_switches_and_too_many() {
        let params = Params::Uri(vec![("query".into(), "\"tm.event='Tx'\"".into()), ("prove".into(), "true".into())]);
        let named = params.named(NAMES).unwrap();
        assert_eq!(named.text("query"), Ok("tm.event='Tx'".into()));
        assert_eq!(named.switch("prove"), Ok(true));
        assert!(Params::of(Some(json!([1, 2, 3, 4, 5]))).unwrap().named(NAMES).is_err());
        assert!(Params::of(Some(json!("x"))).is_err());
    }
}
