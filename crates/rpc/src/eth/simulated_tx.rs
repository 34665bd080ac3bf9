//! The transaction that a simulated call would be, had somebody signed it: so that simulated blocks can show it.

use alloy_consensus::{
    EthereumTxEnvelope, SignableTransaction as _, TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy,
};
use alloy_eips::Encodable2718 as _;
use alloy_primitives::{Signature, TxKind};
use seiza_chain::evm::CallEnv;

use crate::{Bytes, U256};

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
    let signature = Signature::new(U256::ZERO, U256::ZERO, false);
    let to = env.to.map_or(TxKind::Create, TxKind::Call);
    let CallEnv { nonce, gas: gas_limit, value, gas_price, .. } = *env;
    let (input, access_list) = (env.input.clone(), env.access_list.clone());
    let max_priority_fee_per_gas = env.priority_fee.unwrap_or(0);
    let tx: EthereumTxEnvelope<TxEip4844> = match (kind(env), env.to) {
        (0, _) => TxLegacy { chain_id: Some(chain_id), nonce, gas_price, gas_limit, to, value, input }
            .into_signed(signature)
            .into(),
        (1, _) => TxEip2930 { chain_id, nonce, gas_price, gas_limit, to, value, access_list, input }
            .into_signed(signature)
            .into(),
        (4, Some(to)) => TxEip7702 {
            chain_id,
            nonce,
            gas_limit,
            max_fee_per_gas: gas_price,
            max_priority_fee_per_gas,
            to,
            value,
            access_list,
            authorization_list: env.authorizations.clone(),
            input,
        }
        .into_signed(signature)
        .into(),
        _ => TxEip1559 {
            chain_id,
            nonce,
            gas_limit,
            max_fee_per_gas: gas_price,
            max_priority_fee_per_gas,
            to,
            value,
            access_list,
            input,
        }
        .into_signed(signature)
        .into(),
    };
    tx.encoded_2718().into()
}

#[cfg(test)]
mod tests {
    use seiza_types::Tx;

    use super::*;
    use crate::Address;

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
