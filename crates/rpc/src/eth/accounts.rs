//! What an account holds at a moment.

use alloy_eips::BlockId;
use alloy_primitives::U64;
use seiza_chain::evm;
use seiza_chain::modules::{auth, bank};
use seiza_chain::state::{Overlay, StateError};

use crate::args::Args;
use crate::backend::Moment;
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::aside;
use crate::{Address, B256, Bytes, Failure, U256};

pub(super) fn register(table: &mut Table) -> Registered {
    table.quick("eth_getBalance", balance)?;
    table.quick("eth_getTransactionCount", transaction_count)?;
    table.quick("eth_getCode", code)?;
    table.quick("eth_getStorageAt", storage_at)
}

fn moment(api: &Api, args: &Args<'_>, index: usize) -> Answer<Moment> {
    api.backend.moment(args.optional::<BlockId>(index)?)
}

/// Reads state at a moment. That of an old height may lie on the disk or in the archive: then the reactor moves aside.
fn read<T>(api: &Api, moment: Moment, from: impl FnOnce(&Overlay) -> Result<T, StateError>) -> Answer<T> {
    let read = || Ok(from(&api.backend.overlay(moment)?)?);
    if api.backend.is_in_memory(moment) { read() } else { aside(read) }
}

fn balance(api: &Api, args: &Args<'_>) -> Answer<U256> {
    let address: Address = args.required(0)?;
    let moment = moment(api, args, 1)?;
    read(api, moment, |state| bank::native_balance(state, &address))
}

fn transaction_count(api: &Api, args: &Args<'_>) -> Answer<U64> {
    let address: Address = args.required(0)?;
    let nonce = match moment(api, args, 1)? {
        Moment::Pending => api.backend.pending_nonce(&address)?,
        moment @ Moment::After(_) => read(api, moment, |state| auth::nonce(state, &address))?,
    };
    Ok(U64::from(nonce))
}

fn code(api: &Api, args: &Args<'_>) -> Answer<Bytes> {
    let address: Address = args.required(0)?;
    let moment = moment(api, args, 1)?;
    read(api, moment, |state| evm::code(state, &address))
}

fn storage_at(api: &Api, args: &Args<'_>) -> Answer<B256> {
    let address: Address = args.required(0)?;
    let slot = slot(args.required::<&str>(1)?)?;
    let moment = moment(api, args, 2)?;
    Ok(read(api, moment, |state| evm::storage(state, &address, &slot))?.into())
}

/// A slot as clients write it: a quantity, or all 32 bytes; leading zeros or none.
pub(super) fn slot(text: &str) -> Answer<U256> {
    let invalid =
        |why: &str| Failure::InvalidParams(format!("invalid argument 1: unable to decode storage key: {why}"));
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    if digits.len() > 64 {
        return Err(invalid("hex string too long, want at most 32 bytes"));
    }
    let hex = |text: &str| U256::from_str_radix(text, 16).ok();
    match digits {
        "" => Ok(U256::ZERO),
        digits if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            hex(digits).ok_or_else(|| invalid("hex string invalid"))
        }
        _ => Err(invalid("hex string invalid")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_in_every_spelling() {
        let full = format!("0x{:064x}", 17);
        for (text, value) in [("0x0", 0), ("0x", 0), ("0x11", 17), ("0x0011", 17), ("11", 17), (full.as_str(), 17)] {
            assert_eq!(slot(text).unwrap(), U256::from(value), "{text}");
        }
        for text in ["0xzz", "-1", &format!("0x{:065x}", 17)] {
            assert_eq!(slot(text).unwrap_err().code(), -32602, "{text}");
        }
    }
}
