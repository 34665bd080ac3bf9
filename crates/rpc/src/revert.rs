//! Reading what a contract reverted with: `Error(string)`, `Panic(uint256)`, or a custom error that only its ABI explains.

use alloy_sol_types::{Panic, PanicKind, Revert, SolError as _};

/// geth's message for revert data: the reason is named where the data holds a standard one.
#[must_use]
pub fn message(data: &[u8]) -> String {
    match reason(data) {
        Some(reason) => format!("execution reverted: {reason}"),
        None => "execution reverted".into(),
    }
}

fn reason(data: &[u8]) -> Option<String> {
    match data.get(..4)? {
        selector if selector == Revert::SELECTOR => Some(Revert::abi_decode(data).ok()?.reason),
        selector if selector == Panic::SELECTOR => Some(panic_reason(&Panic::abi_decode(data).ok()?)),
        _ => None,
    }
}

/// The texts of geth's `accounts/abi`.
fn panic_reason(panic: &Panic) -> String {
    match panic.kind() {
        Some(PanicKind::Generic) => "generic panic",
        Some(PanicKind::Assert) => "assert(false)",
        Some(PanicKind::UnderOverflow) => "arithmetic underflow or overflow",
        Some(PanicKind::DivisionByZero) => "division or modulo by zero",
        Some(PanicKind::EnumConversionError) => "enum overflow",
        Some(PanicKind::StorageEncodingError) => "invalid encoded storage byte array accessed",
        Some(PanicKind::EmptyArrayPop) => "out-of-bounds array access; popping on an empty array",
        Some(PanicKind::ArrayOutOfBounds) => "out-of-bounds access of an array or bytesN",
        Some(PanicKind::ResourceError) => "out of memory",
        Some(PanicKind::InvalidInternalFunction) => "uninitialized function",
        _ => return format!("unknown panic code: {:#x}", panic.code),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;

    use super::*;

    #[test]
    fn standard_reasons_are_named_and_others_are_not() {
        let panic = |code: u64| Panic { code: U256::from(code) }.abi_encode();
        let table = [
            (vec![], "execution reverted"),
            (vec![1, 2, 3], "execution reverted"),
            (vec![1, 2, 3, 4], "execution reverted"),
            (Revert::SELECTOR.to_vec(), "execution reverted"),
            (Revert::from("no").abi_encode(), "execution reverted: no"),
            (panic(0x01), "execution reverted: assert(false)"),
            (panic(0x11), "execution reverted: arithmetic underflow or overflow"),
            (panic(0x99), "execution reverted: unknown panic code: 0x99"),
        ];
        for (data, text) in table {
            assert_eq!(message(&data), text);
        }
    }
}
