//! Single fields of messages, checked.

use std::str::FromStr;

use crate::Address;
use crate::tx::DecodeError;

pub(super) fn number(field: &'static str, text: &str) -> Result<u128, DecodeError> {
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = if canonical { text.parse().ok() } else { None };
    number.ok_or(DecodeError::Field { field, rule: "a decimal number below 2^128, without leading zeros" })
}

pub(super) fn one_of<T>(
    field: &'static str,
    number: u32,
    from_number: impl FnOnce(u8) -> Option<T>,
) -> Result<T, DecodeError> {
    let known = u8::try_from(number).ok().and_then(from_number);
    known.ok_or(DecodeError::Field { field, rule: "one of those that tx.proto lists" })
}

pub(super) fn narrow<T: TryFrom<u32>>(field: &'static str, number: u32) -> Result<T, DecodeError> {
    T::try_from(number).map_err(|_| DecodeError::Field { field, rule: "too large" })
}

pub(super) fn evm_address(field: &'static str, text: &str) -> Result<Address, DecodeError> {
    let wrong = DecodeError::Field { field, rule: "0x and 40 hex digits" };
    if text.len() == 42 && text.starts_with("0x") { Address::from_str(text).map_err(|_| wrong) } else { Err(wrong) }
}
