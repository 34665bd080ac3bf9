//! Precompile 0x1003: fields of a JSON text, for contracts that talk to CosmWasm. Values come out as they are written,
//! without the quotes around a string; escapes inside stay.

use std::collections::BTreeMap;

use alloy_sol_types::{SolCall as _, sol};
use seiza_types::{Bytes, U256};
use serde_json::value::RawValue;

use super::call::{Call, Failure, revert};
use super::gas;

sol! {
    /// ABI of `@sei-js/precompiles` 2.1.2, and `extractAsBytesFromArray`, which Sei's contracts use beside it.
    interface IJson {
        function extractAsBytes(bytes memory input, string memory key) external view returns (bytes memory response);
        function extractAsBytesList(bytes memory input, string memory key)
            external view returns (bytes[] memory response);
        function extractAsUint256(bytes memory input, string memory key) external view returns (uint256 response);
        function extractAsBytesFromArray(bytes memory input, uint16 arrayIndex)
            external view returns (bytes memory response);
    }
}

use IJson::{
    IJsonCalls, extractAsBytesCall, extractAsBytesFromArrayCall, extractAsBytesListCall, extractAsUint256Call,
};

pub(super) fn run(call: &mut Call) -> Result<Vec<u8>, Failure> {
    call.gas.charge(gas::JSON_BYTE * call.input.len() as u64)?;
    call.takes_no_value()?;
    Ok(match call.decode()? {
        IJsonCalls::extractAsBytes(args) => {
            extractAsBytesCall::abi_encode_returns(&bytes(unquoted(field(&args.input, &args.key)?)))
        }
        IJsonCalls::extractAsBytesList(args) => {
            let list: Vec<_> = elements(field(&args.input, &args.key)?.as_bytes())?.into_iter().map(bytes).collect();
            extractAsBytesListCall::abi_encode_returns(&list)
        }
        IJsonCalls::extractAsUint256(args) => {
            extractAsUint256Call::abi_encode_returns(&number(field(&args.input, &args.key)?)?)
        }
        IJsonCalls::extractAsBytesFromArray(args) => {
            let list = elements(&args.input)?;
            let index = args.arrayIndex;
            let Some(element) = list.get(usize::from(index)) else {
                return revert(format!("index {index} is out of bounds"));
            };
            extractAsBytesFromArrayCall::abi_encode_returns(&bytes(unquoted(element)))
        }
    })
}

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// A field of a JSON object as it is written; of a repeated key the last.
fn field<'a>(object: &'a [u8], key: &str) -> Result<&'a str, Failure> {
    let fields: BTreeMap<String, &'a RawValue> = parse(object)?;
    match fields.get(key) {
        Some(value) => Ok(value.get()),
        None => revert(format!("input does not contain key {key}")),
    }
}

/// The elements of a JSON array as they are written.
fn elements(array: &[u8]) -> Result<Vec<&str>, Failure> {
    let elements: Vec<&RawValue> = parse(array)?;
    Ok(elements.into_iter().map(RawValue::get).collect())
}

fn parse<'a, T: serde::Deserialize<'a> + Default>(text: &'a [u8]) -> Result<T, Failure> {
    let parsed: Result<Option<T>, _> = serde_json::from_slice(text);
    parsed.map(Option::unwrap_or_default).map_err(|error| Failure::Revert(format!("invalid JSON: {error}")))
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}

/// A decimal number, quoted or not.
fn number(value: &str) -> Result<U256, Failure> {
    let digits = value.trim_matches('"');
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return revert(format!("failed to convert {digits} to a number"));
    }
    U256::from_str_radix(digits, 10).map_err(|_| Failure::Revert("value does not fit in 32 bytes".into()))
}
