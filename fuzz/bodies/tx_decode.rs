//! What must hold of any bytes that are taken for a transaction: no panic, and one encoding each.

use seiza_types::tx::{Body, EvmTx};
use seiza_types::{Rules, Tx, U256};

/// Decodes, encodes again, verifies.
pub fn tx_decode(bytes: &[u8]) {
    let Ok(tx) = Tx::decode(bytes) else { return };
    assert_eq!(tx.raw(), bytes, "the raw bytes are kept");
    if let Tx::Evm(evm, _) = &tx {
        assert_eq!(evm_bytes(evm), bytes, "an Ethereum transaction has one encoding");
    }
    let hash = tx.hash();
    assert_eq!(Tx::hash_of(bytes), Some(hash), "the hash follows from the bytes alone");
    for blobs in [false, true] {
        let rules = Rules { blobs, ..Rules::new(1, "seiza-1") };
        let Ok(verified) = tx.clone().verify(&rules) else { continue };
        assert_eq!(verified.hash, hash);
        assert!(verified.gas_limit <= rules.block_gas_max);
        assert!(verified.nonce < u64::MAX);
        assert!(verified.fee.max_priority_fee_per_gas <= verified.fee.max_fee_per_gas);
        let fee = U256::from(verified.gas_limit) * U256::from(verified.fee.max_fee_per_gas);
        assert!(verified.cost_max >= fee, "the cost holds the fee");
        assert!(blobs || !matches!(&verified.body, Body::Evm(EvmTx::Eip4844(_))));
    }
}

fn evm_bytes(tx: &EvmTx) -> Vec<u8> {
    use alloy_eips::eip2718::Encodable2718 as _;
    tx.encoded_2718()
}
