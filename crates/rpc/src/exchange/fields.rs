//! The parameters of a call, by name: from positional JSON-RPC parameters, from one object of them, or from a URI.
//!
//! Numbers may be written as numbers or as decimal strings. Promise: whatever is wrong is said with the parameter's name and
//! the bound that it broke; nothing that was sent is passed over.

use std::ops::RangeInclusive;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::who::Who;
use crate::Failure;
use crate::methods::Answer;

/// Characters of a wrong value that an error repeats.
const SHOWN_CHARS: usize = 64;

/// Named parameters.
#[derive(Debug, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads the `params` of a JSON-RPC request whose parameters have these names, in this order.
    pub(crate) fn of_json(names: &[&str], params: Option<&str>) -> Answer<Self> {
        let Some(text) = params.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(Self::default()) };
        match serde_json::from_str(text) {
            Ok(Value::Null) => Ok(Self::default()),
            Ok(Value::Object(object)) => Self::of_object(names, object),
            Ok(Value::Array(mut values)) => match (values.len(), values.first_mut()) {
                (1, Some(Value::Object(object))) => Self::of_object(names, std::mem::take(object)),
                _ => Self::of_list(names, values),
            },
            _ => Err(Failure::InvalidParams("params: neither a list nor an object".into())),
        }
    }

    /// Reads the `params` of a subscription: the first parameter alone, and an object of the others; or all in one object.
    pub(crate) fn of_topic(names: &[&str], params: Option<&str>) -> Answer<Self> {
        match params.map(serde_json::from_str::<Vec<Value>>) {
            Some(Ok(mut values)) if values.len() == 2 && values[1].is_object() => {
                let Some(Value::Object(mut object)) = values.pop() else { return Ok(Self::default()) };
                if object.contains_key(names[0]) {
                    return Err(wrong(names[0], "given twice"));
                }
                object.insert(names[0].to_owned(), values.remove(0));
                Self::of_object(names, object)
            }
            _ => Self::of_json(names, params),
        }
    }

    /// Takes pairs out of a URI.
    pub(crate) fn of_uri(names: &[&str], pairs: Vec<(String, String)>) -> Answer<Self> {
        let mut object = Map::new();
        for (name, value) in pairs {
            if object.insert(name.clone(), Value::String(value)).is_some() {
                return Err(wrong(&shown(&name), "given twice"));
            }
        }
        Self::of_object(names, object)
    }

    fn of_list(names: &[&str], values: Vec<Value>) -> Answer<Self> {
        if values.len() > names.len() {
            let text = format!("params: {} given, this method takes {}", values.len(), names.len());
            return Err(Failure::InvalidParams(text));
        }
        Ok(Self(
            names.iter().map(|name| (*name).to_owned()).zip(values).filter(|(_, value)| !value.is_null()).collect(),
        ))
    }

    fn of_object(names: &[&str], object: Map<String, Value>) -> Answer<Self> {
        let unknown = object.keys().find(|name| !names.contains(&name.as_str()));
        if let Some(name) = unknown {
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(wrong(&shown(name), &format!("no such parameter; there are: {known}")));
        }
        Ok(Self(object.into_iter().filter(|(_, value)| !value.is_null()).collect()))
    }

    /// Whether it is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A number within bounds, if it is given.
    pub(crate) fn number(&self, name: &str, bounds: RangeInclusive<u64>) -> Answer<Option<u64>> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let number = match value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => decimal(text),
            _ => None,
        };
        let number = number.ok_or_else(|| wrong(name, &format!("{} is no whole number", repeated(value))))?;
        let (least, most) = bounds.into_inner();
        match number {
            _ if number < least => Err(wrong(name, &format!("{number} is below {least}"))),
            _ if number > most => Err(wrong(name, &format!("{number} is above {most}"))),
            _ => Ok(Some(number)),
        }
    }

    /// A number within bounds.
    pub(crate) fn required(&self, name: &str, bounds: RangeInclusive<u64>) -> Answer<u64> {
        self.number(name, bounds)?.ok_or_else(|| missing(name))
    }

    /// A market's number.
    pub(crate) fn market(&self) -> Answer<u32> {
        self.optional_market()?.ok_or_else(|| missing("market"))
    }

    /// A market's number, if it is given.
    pub(crate) fn optional_market(&self) -> Answer<Option<u32>> {
        let number = self.number("market", 1..=u64::from(u32::MAX))?;
        Ok(number.and_then(|number| u32::try_from(number).ok()))
    }

    /// How many entries an answer may have.
    pub(crate) fn limit(&self, default: usize, most: usize) -> Answer<usize> {
        let number = self.number("limit", 1..=most as u64)?;
        Ok(number.map_or(default, |number| usize::try_from(number).unwrap_or(most)))
    }

    /// What is written as a text, if it is given.
    pub(crate) fn text<T: FromStr>(&self, name: &str, what: &str) -> Answer<Option<T>> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let parsed = value.as_str().and_then(|text| text.parse().ok());
        parsed.map(Some).ok_or_else(|| wrong(name, &format!("{} is no {what}", repeated(value))))
    }

    /// What must be there, written as a text.
    pub(crate) fn required_text<T: FromStr>(&self, name: &str, what: &str) -> Answer<T> {
        self.text(name, what)?.ok_or_else(|| missing(name))
    }

    /// An amount of whole units, if it is given.
    pub(crate) fn amount(&self, name: &str) -> Answer<Option<u128>> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let number = match value {
            Value::Number(number) => number.as_u64().map(u128::from),
            Value::String(text) => text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten(),
            _ => None,
        };
        let wrong = || wrong(name, &format!("{} is no amount: decimal digits, below 2^128", repeated(value)));
        number.map(Some).ok_or_else(wrong)
    }

    /// Yes or no; no where it is not given.
    pub(crate) fn flag(&self, name: &str) -> Answer<bool> {
        match self.0.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) if text == "true" || text == "false" => Ok(text == "true"),
            Some(other) => Err(wrong(name, &format!("{} is neither true nor false", repeated(other)))),
        }
    }

    /// An account that must be named.
    pub(crate) fn owner(&self) -> Answer<Who> {
        self.required_text("owner", "address: 0x and 40 hex digits, or sei1…")
    }
}

/// Digits alone: no sign, no space.
fn decimal(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A parameter that is wrong, and how.
pub(crate) fn wrong(name: &str, how: &str) -> Failure {
    Failure::InvalidParams(format!("{name}: {how}"))
}

fn missing(name: &str) -> Failure {
    wrong(name, "missing")
}

fn repeated(value: &Value) -> String {
    shown(&value.to_string())
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use seiza_types::Address;

    use super::*;

    const NAMES: [&str; 3] = ["market", "limit", "owner"];

    fn of(params: &str) -> Answer<Fields> {
        Fields::of_json(&NAMES, Some(params))
    }

    #[test]
    fn parameters_have_names_in_every_form() {
        let owner = "0x00000000000000000000000000000000000000aa";
        let uri = [("market", "7"), ("owner", owner)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let forms = [
            of(&format!(r#"[7, null, "{owner}"]"#)).unwrap(),
            of(&format!(r#"{{"market": "7", "owner": "{owner}"}}"#)).unwrap(),
            of(&format!(r#"[{{"owner": "{owner}", "market": 7}}]"#)).unwrap(),
            Fields::of_uri(&NAMES, uri.to_vec()).unwrap(),
        ];
        for fields in forms {
            assert_eq!(fields.market(), Ok(7));
            assert_eq!(fields.limit(10, 100), Ok(10));
            assert_eq!(fields.owner(), Ok(Who::Evm(Address::with_last_byte(0xaa))));
        }
        for absent in [None, Some(""), Some(" null "), Some("[]"), Some("{}")] {
            assert!(!Fields::of_json(&NAMES, absent).unwrap().has("market"));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let table = [
            (of(r#"[1, 2, 3, 4]"#).map(drop), "params: 4 given, this method takes 3"),
            (of(r#""x""#).map(drop), "params: neither a list nor an object"),
            (of(r#"{"markt": 1}"#).map(drop), "markt: no such parameter; there are: market, limit, owner"),
            (of("[]").unwrap().market().map(drop), "market: missing"),
            (of("[0]").unwrap().market().map(drop), "market: 0 is below 1"),
            (of("[4294967296]").unwrap().market().map(drop), "market: 4294967296 is above 4294967295"),
            (of("[-1]").unwrap().market().map(drop), "market: -1 is no whole number"),
            (of("[1.5]").unwrap().market().map(drop), "market: 1.5 is no whole number"),
            (of(r#"["+1"]"#).unwrap().market().map(drop), "market: \"+1\" is no whole number"),
            (of("[[1]]").unwrap().market().map(drop), "market: [1] is no whole number"),
            (of("[1, 101]").unwrap().limit(1, 100).map(drop), "limit: 101 is above 100"),
            (of("[1, 0]").unwrap().limit(1, 100).map(drop), "limit: 0 is below 1"),
            (
                of(r#"{"owner": "0x12"}"#).unwrap().owner().map(drop),
                "owner: \"0x12\" is no address: 0x and 40 hex digits, or sei1…",
            ),
            (
                Fields::of_uri(&NAMES, vec![("limit".into(), "1".into()), ("limit".into(), "2".into())]).map(drop),
                "limit: given twice",
            ),
        ];
        for (result, text) in table {
            assert_eq!(result, Err(Failure::InvalidParams(text.into())));
        }
    }

    #[test]
    fn a_long_wrong_value_is_not_repeated_whole() {
        let fields = of(&format!(r#"["{}"]"#, "x".repeat(1_000))).unwrap();
        let text = fields.market().unwrap_err().to_string();
        assert!(text.len() < 120, "{text}");
    }

    proptest! {
        #[test]
        fn any_parameters_are_read_or_refused(text in "\\PC{0,80}", json in "[\\[\\]{}\",:0-9a-z .-]{0,60}") {
            for params in [text, json] {
                if let Ok(fields) = Fields::of_json(&NAMES, Some(&params)) {
                    let _ = (fields.market(), fields.limit(1, 9), fields.owner(), fields.amount("market"), fields.flag("limit"));
                }
            }
        }

        #[test]
        fn any_number_is_in_its_bounds(number in any::<u64>(), least in 0..50_u64, most in 50..10_000_u64) {
            for written in [format!("[{number}]"), format!("[\"{number}\"]")] {
                let read = of(&written).unwrap().required("market", least..=most);
                prop_assert_eq!(read.is_ok(), (least..=most).contains(&number));
                prop_assert!(read.is_err() || read == Ok(number));
            }
        }
    }
}
