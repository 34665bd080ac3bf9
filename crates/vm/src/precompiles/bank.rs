//! Precompile 0x1001: balances of every denom, and sending the native coin to a Cosmos address.
//!
//! Amounts are in the denoms' own units: `usei` for the native coin, rounded down. As on Sei every denom has 0 decimals
//! here, because its amounts are whole numbers of its smallest unit.

use alloy_sol_types::{SolCall as _, sol};
use seiza_modules::{auth, bank};
use seiza_state::StateRead;
use seiza_types::{Address, Denom, Event, SeiAddress, U256, usei_from_wei_down};

use super::call::{Call, Failure, revert};
use super::{BANK_ADDRESS, gas};
use crate::evm::EvmContext;
use crate::interop::Bridge;

sol! {
    /// ABI of `@sei-js/precompiles` 2.1.2.
    interface IBank {
        struct Coin {
            uint256 amount;
            string denom;
        }
        function send(address fromAddress, address toAddress, string memory denom, uint256 amount)
            external returns (bool success);
        function sendNative(string memory toNativeAddress) external payable returns (bool success);
        function balance(address acc, string memory denom) external view returns (uint256 amount);
        function all_balances(address acc) external view returns (Coin[] memory response);
        function name(string memory denom) external view returns (string memory response);
        function symbol(string memory denom) external view returns (string memory response);
        function decimals(string memory denom) external view returns (uint8 response);
        function supply(string memory denom) external view returns (uint256 response);
    }
}

use IBank::{
    IBankCalls, all_balancesCall, balanceCall, decimalsCall, nameCall, sendNativeCall, supplyCall, symbolCall,
};

/// Name and symbol of the native coin.
const NATIVE_NAME: &str = "SEI";
const DECIMALS: u8 = 0;

pub(super) fn run(ctx: &mut EvmContext<'_>, call: &mut Call) -> Result<Vec<u8>, Failure> {
    let query = gas::READ + gas::READ_BYTE * call.input.len() as u64;
    match call.decode::<IBankCalls>() {
        Ok(IBankCalls::sendNative(args)) => {
            call.gas.charge(gas::SEND)?;
            send_native(ctx, call, &args)
        }
        decoded => {
            call.gas.charge(query)?;
            call.takes_no_value()?;
            view(&Bridge::view(ctx), call, decoded?)
        }
    }
}

fn view(state: &Bridge<'_, '_>, call: &mut Call, asked: IBankCalls) -> Result<Vec<u8>, Failure> {
    Ok(match asked {
        IBankCalls::balance(args) => {
            let amount = bank::balance(state, &account(args.acc)?, &denom(&args.denom)?)?;
            balanceCall::abi_encode_returns(&amount)
        }
        IBankCalls::all_balances(args) => all_balances(state, call, account(args.acc)?)?,
        IBankCalls::name(args) => nameCall::abi_encode_returns(&known(state, &args.denom)?),
        IBankCalls::symbol(args) => symbolCall::abi_encode_returns(&known(state, &args.denom)?),
        IBankCalls::decimals(args) => {
            known(state, &args.denom)?;
            decimalsCall::abi_encode_returns(&DECIMALS)
        }
        IBankCalls::supply(args) => supplyCall::abi_encode_returns(&bank::supply(state, &denom(&args.denom)?)?),
        IBankCalls::send(args) => return revert(format!("only the pointer of {} may call send", args.denom)),
        IBankCalls::sendNative(_) => unreachable!("run() takes sendNative itself"),
    })
}

fn all_balances(state: &dyn StateRead, call: &mut Call, account: Address) -> Result<Vec<u8>, Failure> {
    let coins = bank::balances(state, &account)?;
    call.gas.charge(gas::READ_ENTRY * coins.len() as u64)?;
    let coins = coins.into_iter();
    let coins: Vec<_> = coins.map(|coin| IBank::Coin { amount: coin.amount, denom: coin.denom.to_string() }).collect();
    Ok(all_balancesCall::abi_encode_returns(&coins))
}

/// The name of a denom that has one: the native coin its own, any other that exists the denom itself.
fn known(state: &dyn StateRead, text: &str) -> Result<String, Failure> {
    let denom = denom(text)?;
    if denom.is_native() {
        return Ok(NATIVE_NAME.into());
    }
    if bank::supply(state, &denom)?.is_zero() {
        return revert(format!("denom {text} not found"));
    }
    Ok(text.into())
}

/// Passes the value that came with the call on to a Cosmos address.
fn send_native(ctx: &mut EvmContext<'_>, call: &Call, args: &sendNativeCall) -> Result<Vec<u8>, Failure> {
    call.may_write()?;
    if call.value.is_zero() {
        return revert("set `value` field to non-zero to send");
    }
    let to: SeiAddress = args.toNativeAddress.parse().map_err(|error| Failure::Revert(format!("{error}")))?;
    let mut bridge = Bridge::open(ctx);
    let recipient = auth::evm_address(&bridge, &to)?;
    let native = Denom::native();
    bank::debit(&mut bridge, &BANK_ADDRESS, &native, call.value)?;
    bank::credit(&mut bridge, &recipient, &native, call.value)?;
    let from = auth::sei_address(&bridge, &call.caller)?;
    bridge.emit([transferred(&from, &to, call.value)]);
    Ok(sendNativeCall::abi_encode_returns(&true))
}

/// The event of module bank, with the exact amount beside the rounded one.
fn transferred(from: &SeiAddress, to: &SeiAddress, wei: U256) -> Event {
    let usei = usei_from_wei_down(wei);
    let event = Event::new("transfer").with("recipient", to).with("sender", from);
    event.with("amount", format!("{usei}{}", Denom::native())).with("wei", wei)
}

fn account(address: Address) -> Result<Address, Failure> {
    if address.is_zero() { revert("invalid addr") } else { Ok(address) }
}

fn denom(text: &str) -> Result<Denom, Failure> {
    text.parse().map_err(|_| Failure::Revert(format!("invalid denom {text:?}")))
}
