//! Precompile 0x1100: the exchange, as `contracts/IExchange.sol` describes it to contracts and to people.
//!
//! Native code answers every function but `deposit` and `withdraw`: these call tokens, so they are EVM code ([`custody`])
//! that stands at the same address and asks the native side to credit and debit. What is wrong with one order is in that
//! order's result; what is wrong with the call reverts it. While the exchange itself is the origin of a call (a venue's
//! call-back), nothing can be written here.

pub mod abi;
mod custody;
mod market;
mod orders;
mod refusal;
pub(crate) mod shown;
mod view;

pub(super) use custody::custody_code;

use alloy_sol_types::{SolCall as _, SolEvent, SolInterface as _};
use revm::interpreter::{CallInputs, CallScheme};
use seiza_modules::{Ctx, ModuleError, Place};
use seiza_types::exchange::EXCHANGE_ADDRESS;
use seiza_types::{Log, U256};

use self::abi::IExchange::{IExchangeCalls as Asked, depositCall, withdrawCall};
use self::abi::ILedger::ILedgerCalls;
use super::call::{Call, Failure, revert};
use super::gas;
use crate::evm::EvmContext;
use crate::interop::{Bridge, LOG_ADDRESS};

/// Slot of [`LOG_ADDRESS`] in transient storage that counts the transaction's calls that write to the exchange.
const CALLS_SLOT: U256 = U256::ONE;

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
    let from_code = call.caller == EXCHANGE_ADDRESS;
    if from_code && call.input.first_chunk().is_some_and(|first| ILedgerCalls::valid_selector(*first)) {
        may_write(ctx, call)?;
        return custody::account(ctx, call);
    }
    let asked = call.decode::<Asked>()?;
    match view::answer(ctx, call, asked)? {
        Ok(answer) => Ok(answer),
        Err(asked) => {
            may_write(ctx, call)?;
            write(ctx, call, asked)
        }
    }
}

fn write(ctx: &mut EvmContext<'_>, call: &mut Call, asked: Asked) -> Result<Vec<u8>, Failure> {
    let caller = call.caller;
    match asked {
        Asked::placeOrders(args) => orders::place(ctx, call, caller, &args.orders),
        Asked::placeOrdersFor(args) => orders::place(ctx, call, args.owner, &args.orders),
        Asked::cancelOrders(args) => orders::cancel(ctx, call, caller, args.market, &args.targets),
        Asked::cancelOrdersFor(args) => orders::cancel(ctx, call, args.owner, args.market, &args.targets),
        Asked::replaceOrders(args) => orders::replace(ctx, call, caller, &args.replacements),
        Asked::replaceOrdersFor(args) => orders::replace(ctx, call, args.owner, &args.replacements),
        Asked::approveOperator(args) => orders::approve(ctx, call, &args),
        Asked::registerMarket(args) => market::register(ctx, call, args.market),
        Asked::registerVenue(args) => market::register_venue(ctx, call, args),
        Asked::setMarketStatus(args) => market::set_status(ctx, call, &args),
        _ => revert("not a function that writes"),
    }
}

/// Refuses what cannot change anything: static and delegate calls, and whatever runs in a call-back.
fn may_write(ctx: &EvmContext<'_>, call: &Call) -> Result<(), Failure> {
    call.may_write()?;
    if is_call_back(ctx) { revert("the exchange takes nothing during a call-back") } else { Ok(()) }
}

/// Has the module do something that writes: with the call's gas, and at a place of its own in the transaction.
fn with_module<T>(
    ctx: &mut EvmContext<'_>,
    call: &mut Call,
    work: impl FnOnce(&mut Ctx<'_>) -> Result<T, ModuleError>,
) -> Result<T, Failure> {
    let (place, block, mut events) = (next_place(ctx)?, ctx.chain.block.clone(), Vec::new());
    let mut bridge = Bridge::open(ctx);
    let done = work(&mut Ctx { state: &mut bridge, block: &block, place, gas: &mut call.gas, events: &mut events })?;
    bridge.emit(events);
    Ok(done)
}

/// The place of one more writing call. The count is kept where a revert takes it back: whatever was placed in between is
/// gone as well.
fn next_place(ctx: &mut EvmContext<'_>) -> Result<Place, Failure> {
    let journal = &mut ctx.journaled_state.inner;
    let count = journal.tload(LOG_ADDRESS, CALLS_SLOT);
    let Ok(message) = u16::try_from(count) else { return revert("too many calls to the exchange in one transaction") };
    journal.tstore(LOG_ADDRESS, CALLS_SLOT, count + U256::ONE);
    Ok(Place { tx: ctx.chain.index, message })
}

/// Emits an event of the interface.
fn emit(ctx: &mut EvmContext<'_>, event: &impl SolEvent) {
    ctx.journaled_state.inner.log(Log { address: EXCHANGE_ADDRESS, data: event.encode_log_data() });
}
