//! Signed transactions, run through a session, and what writes come to.

use alloy_consensus::{SignableTransaction as _, TxEip1559, TxEip2930, TxLegacy};
use alloy_primitives::Signature;
use seiza_state::{Access, Changeset, Key, ReadSet, Value, WriteSet};
use seiza_types::tx::{EvmTx, Signer};

use super::world::Memory;
use crate::evm::{BlockContext, EvmError, Session, TxOutcome};

pub(super) type Outcome = Result<TxOutcome, EvmError>;
pub(super) type SignedTx = (EvmTx, Signer);

/// The transaction as one of type 0 or 1, with the fields that it has there and the highest price; else as it is.
pub(super) fn of_type(kind: u8, tx: TxEip1559) -> EvmTx {
    let signature = Signature::test_signature();
    let TxEip1559 { chain_id, nonce, gas_limit, max_fee_per_gas: gas_price, to, value, .. } = tx;
    match kind {
        0 => TxLegacy { chain_id: Some(chain_id), nonce, gas_price, gas_limit, to, value, input: tx.input }
            .into_signed(signature)
            .into(),
        1 => {
            let (input, access_list) = (tx.input, tx.access_list);
            TxEip2930 { chain_id, nonce, gas_price, gas_limit, to, value, input, access_list }
                .into_signed(signature)
                .into()
        }
        _ => tx.into_signed(signature).into(),
    }
}

/// In a session that is flushed after the transactions of which `flushed` says so, and at the end.
pub(super) fn in_session(
    state: &Memory,
    block: &BlockContext,
    txs: &[SignedTx],
    flushed: impl Fn(usize) -> bool,
) -> (Vec<Outcome>, ReadSet, WriteSet) {
    let mut access = Access::new(state);
    let mut session = Session::new(block);
    let mut outcomes = Vec::new();
    for (n, (tx, signer)) in txs.iter().enumerate() {
        outcomes.push(session.transact(&mut access, tx, signer, u32::try_from(n).unwrap()));
        if flushed(n) {
            session.flush(&mut access).unwrap();
        }
    }
    session.flush(&mut access).unwrap();
    let (reads, writes) = access.finish();
    (outcomes, reads, writes)
}

/// What the writes come to: every key that is written, whether or not it changes.
pub(super) fn changes(writes: WriteSet, state: &Memory) -> Vec<(Key, Option<Value>)> {
    let mut changes = Changeset::default();
    changes.absorb(writes, state).unwrap();
    changes.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The same without the keys that keep their values.
pub(super) fn resolved(writes: WriteSet, state: &Memory) -> Vec<(Key, Option<Value>)> {
    let mut changes = changes(writes, state);
    changes.retain(|(key, value)| state.pairs.get(key) != value.as_ref());
    changes
}
