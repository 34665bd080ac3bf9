//! The transaction that a simulated call would be, had somebody signed it: so that simulated blocks can show it.

use alloy_consensus::{SignableTransaction, Signed, TxEip1559, TxEip2930, TxEip7702, TxLegacy};
use alloy_eips::Encodable2718 as _;
use alloy_primitives::{Signature, TxKind};
use seiza_chain::evm::CallEnv;
use seiza_types::tx::EvmTx;

use crate::{Address, Bytes, U256};

/// Its EIP-2718 type: that of the fields which are set; EIP-1559 where no price is.
pub(super) fn kind(env: &CallEnv) -> u8 {
    match () {
        () if !env.authorizations.is_empty() && env.to.is_some() => 4,
        () if env.priority_fee.is_some() || env.gas_price == 0 => 2,
        () if !env.access_list.0.is_empty() => 1,
        () => 0,
    }
}

/// Its encoding, with a signature of zeros.
pub(super) fn encode(env: &CallEnv, chain_id: u64) -> Bytes {
    let tx = match (kind(env), env.to) {
        (0, _) => sealed(legacy(env, chain_id)),
        (1, _) => sealed(access_list(env, chain_id)),
        (4, Some(to)) => sealed(set_code(env, chain_id, to)),
        _ => sealed(dynamic_fee(env, chain_id)),
    };
    tx.encoded_2718().into()
}

fn sealed<T: SignableTransaction<Signature>>(tx: T) -> EvmTx
where
    EvmTx: From<Signed<T>>,
{
    tx.into_signed(Signature::new(U256::ZERO, U256::ZERO, false)).into()
}

fn target(env: &CallEnv) -> TxKind {
    env.to.map_or(TxKind::Create, TxKind::Call)
}

fn legacy(env: &CallEnv, chain_id: u64) -> TxLegacy {
    TxLegacy {
        chain_id: Some(chain_id),
        nonce: env.nonce,
        gas_price: env.gas_price,
        gas_limit: env.gas,
        to: target(env),
        value: env.value,
        input: env.input.clone(),
    }
}

fn access_list(env: &CallEnv, chain_id: u64) -> TxEip2930 {
    TxEip2930 {
        chain_id,
        nonce: env.nonce,
        gas_price: env.gas_price,
        gas_limit: env.gas,
        to: target(env),
        value: env.value,
        access_list: env.access_list.clone(),
        input: env.input.clone(),
    }
}

fn dynamic_fee(env: &CallEnv, chain_id: u64) -> TxEip1559 {
    TxEip1559 {
        chain_id,
        nonce: env.nonce,
        gas_limit: env.gas,
        max_fee_per_gas: env.gas_price,
        max_priority_fee_per_gas: env.priority_fee.unwrap_or(0),
        to: target(env),
        value: env.value,
        access_list: env.access_list.clone(),
        input: env.input.clone(),
    }
}

fn set_code(env: &CallEnv, chain_id: u64, to: Address) -> TxEip7702 {
    let TxEip1559 { nonce, gas_limit, max_fee_per_gas, max_priority_fee_per_gas, value, access_list, input, .. } =
        dynamic_fee(env, chain_id);
    let authorization_list = env.authorizations.clone();
    TxEip7702 {
        chain_id,
        nonce,
        gas_limit,
        max_fee_per_gas,
        max_priority_fee_per_gas,
        to,
        value,
        access_list,
        authorization_list,
        input,
    }
}

#[cfg(test)]
mod tests {
    use seiza_types::Tx;

    use super::*;

    #[test]
    fn every_type_decodes_again() {
        let plain = CallEnv { to: Some(Address::ZERO), ..CallEnv::default() };
        let table = [
            (CallEnv { gas_price: 1, ..plain.clone() }, 0),
            (CallEnv { gas_price: 1, access_list: vec![Default::default()].into(), ..plain.clone() }, 1),
            (plain.clone(), 2),
            (CallEnv { to: None, ..plain.clone() }, 2),
            (CallEnv { gas_price: 2, priority_fee: Some(1), ..plain }, 2),
        ];
        for (env, expected) in table {
            let Tx::Evm(tx, _) = Tx::decode(&encode(&env, 7)).unwrap() else { panic!("not an Ethereum transaction") };
            assert_eq!((tx.tx_type() as u8, kind(&env)), (expected, expected));
        }
    }
}
