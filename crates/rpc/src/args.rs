//! The positional parameters of a call. `null` and absence are the same; texts of errors are geth's.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Failure;

/// A call's parameters, split but not decoded.
pub(crate) struct Args<'a>(Vec<&'a RawValue>);

impl<'a> Args<'a> {
    /// Splits the `params` of a request: absent, `null` or an array.
    pub(crate) fn parse(params: Option<&'a str>) -> Result<Self, Failure> {
        let Some(text) = params.map(str::trim).filter(|text| !text.is_empty() && *text != "null") else {
            return Ok(Self(Vec::new()));
        };
        serde_json::from_str(text).map(Self).map_err(|_| Failure::InvalidParams("non-array args".into()))
    }

    /// Decodes a parameter that must be there.
    pub(crate) fn required<T: Deserialize<'a>>(&self, index: usize) -> Result<T, Failure> {
        let missing = || Failure::InvalidParams(format!("missing value for required argument {index}"));
        self.optional(index)?.ok_or_else(missing)
    }

    /// Decodes a parameter that may be absent or `null`.
    pub(crate) fn optional<T: Deserialize<'a>>(&self, index: usize) -> Result<Option<T>, Failure> {
        let Some(raw) = self.0.get(index).filter(|raw| raw.get() != "null") else { return Ok(None) };
        let invalid = |error| Failure::InvalidParams(format!("invalid argument {index}: {error}"));
        serde_json::from_str(raw.get()).map(Some).map_err(invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_decode_by_position() {
        let args = Args::parse(Some(r#" [ "a", 2, null ] "#)).unwrap();
        assert_eq!(args.required::<String>(0).unwrap(), "a");
        assert_eq!(args.required::<u8>(1).unwrap(), 2);
        assert_eq!(args.optional::<u8>(2).unwrap(), None);
        assert_eq!(args.optional::<u8>(3).unwrap(), None);
    }

    #[test]
    fn bad_parameters_are_named() {
        let args = Args::parse(Some(r#"["a",null]"#)).unwrap();
        let table = [
            (args.required::<u8>(0).unwrap_err(), "invalid argument 0: invalid type"),
            (args.required::<u8>(1).unwrap_err(), "missing value for required argument 1"),
            (args.required::<u8>(2).unwrap_err(), "missing value for required argument 2"),
            (Args::parse(Some(r#"{"a":1}"#)).err().unwrap(), "non-array args"),
        ];
        for (failure, text) in table {
            assert_eq!(failure.code(), -32602);
            assert!(failure.to_string().starts_with(text), "{failure}");
        }
    }

    #[test]
    fn absent_parameters_are_none() {
        for text in [None, Some(""), Some("null"), Some("[]")] {
            assert_eq!(Args::parse(text).unwrap().optional::<u8>(0).unwrap(), None);
        }
    }
}
