//! Custody of ERC-20 tokens: the EVM code that calls them, and the native side that keeps what they are worth in the bank.

use alloy_primitives::hex;
use seiza_modules::bank;
use seiza_types::exchange::EXCHANGE_ADDRESS;
use seiza_types::{Address, Bytes, Denom, Event, SeiAddress, U256};

use super::abi::ILedger::ILedgerCalls;
use crate::evm::EvmContext;
use crate::interop::Bridge;
use crate::precompiles::call::{Call, Failure};
use crate::precompiles::gas;

/// `Custody.sol`, compiled.
const CODE: &str = include_str!("custody.hex");

/// The code that stands at the exchange's address.
///
/// # Panics
/// Never: the file is hex digits in lines.
#[must_use]
pub(in crate::precompiles) fn custody_code() -> Bytes {
    let digits: String = CODE.split_whitespace().collect();
    hex::decode(digits).expect("the compiler's output is hex").into()
}

/// Credits what has arrived in custody, or debits what is about to leave it. Called by that code alone.
pub(super) fn account(ctx: &mut EvmContext<'_>, call: &mut Call) -> Result<Vec<u8>, Failure> {
    call.gas.charge(gas::SEND)?;
    let asked = call.decode::<ILedgerCalls>()?;
    let mut bridge = Bridge::open(ctx);
    let (kind, token, owner, amount) = match asked {
        ILedgerCalls::creditWrapped(args) => {
            bank::wrap(&mut bridge, &args.token, &args.owner, args.amount)?;
            ("coinbase", args.token, args.owner, args.amount)
        }
        ILedgerCalls::debitWrapped(args) => {
            bank::unwrap(&mut bridge, &args.token, &args.owner, args.amount)?;
            ("burn", args.token, args.owner, args.amount)
        }
    };
    bridge.emit([moved(kind, &owner, &bank::wrapped_denom(&token), amount)]);
    Ok(Vec::new())
}

/// The bank's event of coins made or destroyed, as the Cosmos SDK names it.
fn moved(kind: &str, owner: &Address, denom: &Denom, amount: U256) -> Event {
    let who = if kind == "burn" { "burner" } else { "minter" };
    let event = Event::new(kind).with(who, SeiAddress::cast_from(EXCHANGE_ADDRESS));
    event.with("owner", owner).with("amount", format!("{amount}{denom}"))
}
