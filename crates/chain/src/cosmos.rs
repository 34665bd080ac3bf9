//! A Cosmos transaction: nonce, fee, then its messages, all of them or none.

use std::sync::LazyLock;

use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::base::abci::v1beta1::TxMsgData;
use prost::Message as _;
use seiza_modules::{Ctx, GasMeter, ModuleError, Place, auth, bank, fees};
use seiza_state::{Access, StateError};
use seiza_types::tx::{CosmosTx, Message};
use seiza_types::{Address, Bytes, Code, Denom, SeiAddress, U256, VerifiedTx, wei_from_usei};
use seiza_vm::evm::BlockContext;

use crate::tx::TxResult;

/// Gas of a Cosmos transaction's signature and nonce.
const COSMOS_TX_GAS: u64 = 20_000;
/// Gas of each byte of a Cosmos transaction.
const COSMOS_BYTE_GAS: u64 = 10;

/// Runs a transaction. One that cannot run at all (its nonce, its time, its fee) is skipped and leaves no trace; one whose
/// messages fail has paid for it.
pub(crate) fn run(
    access: &mut Access<'_>,
    context: &BlockContext,
    tx: &VerifiedTx,
    body: &CosmosTx,
    index: u32,
) -> Result<TxResult, StateError> {
    let start = access.checkpoint();
    let timed_out = body.timeout_height != 0 && context.number > body.timeout_height;
    let offers_enough = tx.fee.max_fee_per_gas >= u128::from(context.base_fee);
    if timed_out || !offers_enough || !auth::begin_tx(access, &tx.signer, tx.nonce)? {
        return Ok(TxResult::skipped());
    }
    match pay_fee(access, &tx.signer.address, body.fee_usei) {
        Ok(()) => {}
        Err(ModuleError::State(error)) => return Err(error),
        Err(_) => {
            access.revert(start);
            return Ok(TxResult::skipped());
        }
    }
    let paid = access.checkpoint();
    let mut gas = GasMeter::new(tx.gas_limit);
    let mut events = Vec::new();
    let (block, place) = (context.info(), Place { tx: index, message: 0 });
    let mut ctx = Ctx { state: access, block: &block, place, gas: &mut gas, events: &mut events };
    let (code, data) = match messages(&mut ctx, tx.signer.address, tx.raw.len(), body) {
        Ok(data) => (Code::Ok, data),
        Err(error) => {
            let code = match (&error, error.code()) {
                (ModuleError::State(fatal), _) => return Err(fatal.clone()),
                (_, code) => code.unwrap_or(Code::Rejected),
            };
            access.revert(paid);
            events.clear();
            (code, Bytes::new())
        }
    };
    Ok(TxResult {
        code,
        gas_used: gas.used(),
        effective_gas_price: tx.fee.max_fee_per_gas,
        contract_address: None,
        logs: Vec::new(),
        events,
        data,
    })
}

/// Handles all messages of a transaction of `size` bytes; answers what the Cosmos SDK does: one response a message, as
/// protobuf `TxMsgData`.
pub(crate) fn messages(ctx: &mut Ctx<'_>, sender: Address, size: usize, body: &CosmosTx) -> Result<Bytes, ModuleError> {
    ctx.gas.charge(COSMOS_TX_GAS + size as u64 * COSMOS_BYTE_GAS)?;
    if let [message @ Message::Send { .. }] = body.messages.as_slice() {
        seiza_modules::handle(ctx, sender, message)?;
        return Ok(Bytes::from_static(&SENT));
    }
    let mut msg_responses = Vec::with_capacity(body.messages.len());
    for (message, nth) in body.messages.iter().zip(0..) {
        ctx.place.message = nth;
        let value = seiza_modules::handle(ctx, sender, message)?;
        msg_responses.push(Any { type_url: message.response_type_url().into(), value });
    }
    Ok(responses(msg_responses).into())
}

/// What a transaction answers that is one send, as most are: a send's response says nothing.
static SENT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let (from, to) = (SeiAddress([0; 20]), SeiAddress([0; 20]));
    let send = Message::Send { from, to, amount: Vec::new() };
    responses(vec![Any { type_url: send.response_type_url().into(), value: Vec::new() }])
});

fn responses(msg_responses: Vec<Any>) -> Vec<u8> {
    TxMsgData { msg_responses, ..TxMsgData::default() }.encode_to_vec()
}

fn pay_fee(access: &mut Access<'_>, payer: &Address, fee_usei: U256) -> Result<(), ModuleError> {
    let wei = wei_from_usei(fee_usei)?;
    if wei.is_zero() {
        return Ok(());
    }
    bank::debit(access, payer, &Denom::native(), wei)?;
    Ok(fees::collect(access, wei)?)
}
