//! Precompile 0x1100: the exchange, as `contracts/IExchange.sol` describes it to contracts and to people.
//!
//! Native code answers every function but `deposit` and `withdraw`: these call tokens, so they are EVM code ([`custody`])
//! that stands at the same address and asks the native side to credit and debit. While the exchange itself is the origin of
//! a call (a venue's call-back), nothing can be written here.

mod abi;
mod custody;

pub use custody::custody_code;

use alloy_sol_types::{SolCall as _, SolInterface as _};
use revm::interpreter::{CallInputs, CallScheme};
use seiza_modules::bank;

use self::abi::IExchange::{IExchangeCalls, depositCall, withdrawCall};
use self::abi::ILedger::ILedgerCalls;
use super::EXCHANGE_ADDRESS;
use super::call::{Call, Failure, revert};
use super::gas;
use crate::evm::EvmContext;

/// Whether the call is one that the EVM code at this address is to run. What may not write is left to [`run`], which says so.
pub(super) fn runs_as_code(ctx: &EvmContext<'_>, inputs: &CallInputs) -> bool {
    let may_write = !inputs.is_static && inputs.scheme == CallScheme::Call && !is_call_back(ctx);
    may_write && is_custody(&inputs.input.as_bytes(ctx))
}

fn is_custody(input: &[u8]) -> bool {
    let selector = input.first_chunk::<4>();
    selector.is_some_and(|selector| [depositCall::SELECTOR, withdrawCall::SELECTOR].contains(selector))
}

/// Whether the exchange itself began what runs: nobody has its key, so that only the end of a block can.
fn is_call_back(ctx: &EvmContext<'_>) -> bool {
    ctx.tx.caller == EXCHANGE_ADDRESS
}

pub(super) fn run(ctx: &mut EvmContext<'_>, call: &mut Call) -> Result<Vec<u8>, Failure> {
    call.gas.charge(gas::READ + gas::READ_BYTE * call.input.len() as u64)?;
    call.takes_no_value()?;
    if call.caller == EXCHANGE_ADDRESS
        && call.input.first_chunk().is_some_and(|first| ILedgerCalls::valid_selector(*first))
    {
        may_write(ctx, call)?;
        return custody::account(ctx, call);
    }
    match call.decode::<IExchangeCalls>()? {
        IExchangeCalls::denomOf(args) => {
            Ok(abi::IExchange::denomOfCall::abi_encode_returns(&bank::wrapped_denom(&args.token).to_string()))
        }
        IExchangeCalls::deposit(_) | IExchangeCalls::withdraw(_) => {
            may_write(ctx, call)?;
            unreachable!("what may write runs as code")
        }
        _ => revert("not built yet"),
    }
}

/// Refuses what cannot change anything: static and delegate calls, and whatever runs in a call-back.
fn may_write(ctx: &EvmContext<'_>, call: &Call) -> Result<(), Failure> {
    call.may_write()?;
    if is_call_back(ctx) { revert("the exchange takes nothing during a call-back") } else { Ok(()) }
}
