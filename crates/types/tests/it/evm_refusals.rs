//! Every way in which an Ethereum transaction is refused before state is read, and the text that clients see.

use alloy_consensus::{TxEip1559, TxEip4844, TxEip7702};
use alloy_eips::eip7702::{Authorization, SignedAuthorization};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, hex};
use seiza_types::limits::{INITCODE_BYTES_MAX, TX_BYTES_MAX};
use seiza_types::{DecodeError, Fork, Rules, Tx, VerifyError};

use super::evm_forge::{eip1559, eip2930, eip7702, high_s, legacy, rules, sign, signed, verify, with_signature};

fn refusal(bytes: &[u8]) -> VerifyError {
    verify(bytes, &rules()).unwrap_err()
}

#[test]
fn sizes_are_bounded() {
    let tx = TxEip1559 { input: vec![1; 100].into(), gas_limit: 1_000_000, ..eip1559() };
    let bytes = signed(tx);
    let exact = Rules { tx_bytes_max: bytes.len(), ..rules() };
    assert!(verify(&bytes, &exact).is_ok());
    let (size, limit) = (bytes.len(), bytes.len() - 1);
    let error = verify(&bytes, &Rules { tx_bytes_max: limit, ..rules() }).unwrap_err();
    assert_eq!(error, VerifyError::TooLarge { size, limit });
    assert_eq!(error.to_string(), format!("oversized data: transaction size {size}, limit {limit}"));
    assert_eq!(rules().tx_bytes_max, TX_BYTES_MAX);
}

#[test]
fn another_chain_is_refused() {
    let bytes = [
        signed(alloy_consensus::TxLegacy { chain_id: Some(5), ..legacy() }),
        signed(alloy_consensus::TxEip2930 { chain_id: 5, ..eip2930() }),
        signed(TxEip1559 { chain_id: 5, ..eip1559() }),
        signed(TxEip7702 { chain_id: 5, ..eip7702() }),
    ];
    for bytes in bytes {
        let error = refusal(&bytes);
        assert_eq!(error, VerifyError::ChainId { have: 5, want: 1 });
        assert_eq!(error.to_string(), "invalid chain id for signer: have 5 want 1");
    }
    let unprotected = signed(alloy_consensus::TxLegacy { chain_id: None, ..legacy() });
    assert!(verify(&unprotected, &rules()).is_ok());
}

#[test]
fn types_are_refused_before_their_fork_and_blobs_always() {
    let blob = TxEip4844 { blob_versioned_hashes: vec![B256::ZERO], gas_limit: 21_000, ..blobless() };
    let cases = [
        (signed(legacy()), Fork::Frontier),
        (signed(eip2930()), Fork::Berlin),
        (signed(eip1559()), Fork::London),
        (signed(blob.clone()), Fork::Cancun),
        (signed(authorized()), Fork::Prague),
    ];
    for (bytes, since) in cases {
        let forks = [Fork::Frontier, Fork::Istanbul, Fork::Berlin, Fork::London, Fork::Shanghai, Fork::Cancun];
        for fork in forks.into_iter().chain([Fork::Prague]) {
            let answer = verify(&bytes, &Rules { fork, blobs: true, ..rules() });
            assert_eq!(answer.is_ok(), fork >= since, "{fork:?}");
            assert!(answer.is_ok() || answer.unwrap_err() == VerifyError::TypeNotSupported);
        }
    }
    let error = refusal(&signed(blob));
    assert_eq!(error.to_string(), "transaction type not supported");
}

fn blobless() -> TxEip4844 {
    TxEip4844 { chain_id: 1, max_fee_per_gas: 9, max_priority_fee_per_gas: 2, ..TxEip4844::default() }
}

fn authorized() -> TxEip7702 {
    let authorization = Authorization { chain_id: U256::from(1), address: Address::ZERO, nonce: 0 };
    let signature = sign(authorization.signature_hash());
    TxEip7702 { authorization_list: vec![authorization.into_signed(signature)], ..eip7702() }
}

#[test]
fn lists_that_must_not_be_empty() {
    assert_eq!(refusal(&signed(eip7702())), VerifyError::EmptyAuthorizations);
    assert_eq!(refusal(&signed(eip7702())).to_string(), "EIP-7702 transaction with empty auth list");
    let blobs = Rules { blobs: true, ..rules() };
    let error = verify(&signed(TxEip4844 { gas_limit: 21_000, ..blobless() }), &blobs).unwrap_err();
    assert_eq!(error, VerifyError::Blob("missing blob hashes"));
}

#[test]
fn a_set_code_transaction_cannot_even_be_written_as_a_creation() {
    // Field `to` emptied: 0x80 in place of 0x94 and twenty bytes.
    let bytes = signed(authorized());
    let mut fields = bytes.clone();
    let to = fields.windows(21).position(|window| window[0] == 0x94 && window[1..] == [0; 20]).unwrap();
    fields.splice(to..to + 21, [0x80]);
    fields[2] -= 20;
    assert!(matches!(Tx::decode(&fields), Err(DecodeError::Rlp(_))));
}

#[test]
fn invalid_authorizations_are_the_evm_s_business() {
    let authorization = Authorization { chain_id: U256::from(99), address: Address::ZERO, nonce: u64::MAX };
    let broken = SignedAuthorization::new_unchecked(authorization, 7, U256::ZERO, U256::MAX);
    let bytes = signed(TxEip7702 { authorization_list: vec![broken], ..eip7702() });
    assert!(verify(&bytes, &rules()).is_ok(), "EIP-7702 skips them one by one");
}

#[test]
fn signatures_are_in_range_and_not_malleable() {
    let tx = eip1559();
    let signature = sign(alloy_consensus::SignableTransaction::signature_hash(&tx));
    let malleated = with_signature(tx.clone(), high_s(signature));
    assert_eq!(refusal(&malleated), VerifyError::Signature("signature s is not in the lower half"));
    let order = U256::from_be_bytes(secp256k1::constants::CURVE_ORDER);
    let one = U256::from(1);
    for (r, s) in [(U256::ZERO, one), (one, U256::ZERO), (order, one), (U256::MAX, one), (U256::ZERO, U256::ZERO)] {
        let bytes = with_signature(tx.clone(), Signature::new(r, s, false));
        let error = refusal(&bytes);
        assert!(matches!(error, VerifyError::Signature(_)), "r {r} s {s}: {error}");
        assert!(error.to_string().starts_with("invalid sender: "));
    }
    // r = 5 is the x of no point: well-formed, but nobody's signature.
    let nobody = with_signature(tx, Signature::new(U256::from(5), one, false));
    assert_eq!(refusal(&nobody), VerifyError::Signature("signature recovers to no key"));
}

#[test]
fn before_homestead_a_high_s_is_allowed() {
    let tx = alloy_consensus::TxLegacy { chain_id: None, ..legacy() };
    let signature = sign(alloy_consensus::SignableTransaction::signature_hash(&tx));
    let bytes = with_signature(tx.clone(), high_s(signature));
    let sender = verify(&with_signature(tx, signature), &rules()).unwrap().signer;
    assert_eq!(verify(&bytes, &Rules { fork: Fork::Frontier, ..rules() }).unwrap().signer, sender);
    assert!(verify(&bytes, &Rules { fork: Fork::Homestead, ..rules() }).is_err());
}

#[test]
fn gas_covers_the_fixed_costs_and_fits_a_block() {
    let low = refusal(&signed(TxEip1559 { gas_limit: 20_999, ..eip1559() }));
    assert_eq!(low, VerifyError::IntrinsicGas { have: 20_999, want: 21_000 });
    assert_eq!(low.to_string(), "intrinsic gas too low: gas 20999, minimum needed 21000");
    let data = TxEip1559 { input: vec![1; 100].into(), gas_limit: 24_999, ..eip1559() };
    let floor = refusal(&signed(data.clone()));
    assert_eq!(floor, VerifyError::FloorGas { have: 24_999, want: 25_000 });
    assert_eq!(floor.to_string(), "insufficient gas for floor data gas cost: gas 24999, minimum needed 25000");
    assert!(verify(&signed(TxEip1559 { gas_limit: 25_000, ..data.clone() }), &rules()).is_ok());
    assert!(verify(&signed(data), &Rules { fork: Fork::Cancun, ..rules() }).is_ok(), "the floor came with Prague");
    let limit = rules().block_gas_max;
    assert!(verify(&signed(TxEip1559 { gas_limit: limit, ..eip1559() }), &rules()).is_ok());
    let high = refusal(&signed(TxEip1559 { gas_limit: limit + 1, ..eip1559() }));
    assert_eq!(high, VerifyError::BlockGas { have: limit + 1, limit });
    assert_eq!(high.to_string(), "exceeds block gas limit: gas 100000001, limit 100000000");
}

#[test]
fn creation_code_is_bounded_since_shanghai() {
    let tx = |size: usize| TxEip1559 {
        to: TxKind::Create,
        input: Bytes::from(vec![0; size]),
        gas_limit: 10_000_000,
        ..eip1559()
    };
    let limit = INITCODE_BYTES_MAX;
    assert!(verify(&signed(tx(limit)), &rules()).is_ok());
    let error = refusal(&signed(tx(limit + 1)));
    assert_eq!(error, VerifyError::InitcodeSize { size: limit + 1, limit });
    assert_eq!(error.to_string(), "max initcode size exceeded: code size 49153, limit 49152");
    assert!(verify(&signed(tx(limit + 1)), &Rules { fork: Fork::Paris, ..rules() }).is_ok());
    let call = TxEip1559 { to: TxKind::Call(Address::ZERO), ..tx(limit + 1) };
    assert!(verify(&signed(call), &rules()).is_ok(), "only creation is bounded");
}

#[test]
fn fees_and_nonces_keep_their_bounds() {
    let tip = refusal(&signed(TxEip1559 { max_fee_per_gas: 9, max_priority_fee_per_gas: 10, ..eip1559() }));
    assert_eq!(tip, VerifyError::TipAboveCap { tip: 10, cap: 9 });
    assert_eq!(
        tip.to_string(),
        "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: 10, maxFeePerGas: 9"
    );
    let nonce = refusal(&signed(TxEip1559 { nonce: u64::MAX, ..eip1559() }));
    assert_eq!(nonce, VerifyError::NonceMax(u64::MAX));
    assert!(verify(&signed(TxEip1559 { nonce: u64::MAX - 1, ..eip1559() }), &rules()).is_ok());
    let cost = refusal(&signed(TxEip1559 { value: U256::MAX, ..eip1559() }));
    assert_eq!(cost, VerifyError::CostOverflow);
    assert!(cost.to_string().starts_with("insufficient funds for gas * price + value"));
    let free = TxEip1559 { value: U256::MAX, max_fee_per_gas: 0, max_priority_fee_per_gas: 0, ..eip1559() };
    assert_eq!(verify(&signed(free), &rules()).unwrap().cost_max, U256::MAX);
}

#[test]
fn malformed_bytes_name_what_is_wrong() {
    assert_eq!(Tx::decode(&[]).unwrap_err(), DecodeError::Empty);
    for kind in [0x00, 0x05, 0x09, 0x0b, 0x7f, 0x80, 0xbf] {
        assert_eq!(Tx::decode(&[kind, 1, 2]).unwrap_err(), DecodeError::Kind(kind));
    }
    assert_eq!(DecodeError::Kind(5).to_string(), "transaction type not supported: first byte 0x05");
    let good = signed(eip1559());
    let longer = [&good[..], &[0]].concat();
    assert_eq!(Tx::decode(&longer).unwrap_err(), DecodeError::Trailing(1));
    for len in 1..good.len() {
        assert!(matches!(Tx::decode(&good[..len]), Err(DecodeError::Rlp(_))), "cut at {len}");
    }
}

#[test]
fn non_canonical_rlp_is_refused() {
    let good = hex!(
        "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
    );
    assert!(Tx::decode(&good).is_ok());
    let nonce_in_two = [&[0xf8, 0x6d, 0x81][..], &good[2..]].concat();
    let nonce_with_zero = [&[0xf8, 0x6e, 0x82, 0x00][..], &good[2..]].concat();
    let long_length = [&[0xf9, 0x00, 0x6c][..], &good[2..]].concat();
    for bytes in [nonce_in_two, nonce_with_zero, long_length] {
        assert!(matches!(Tx::decode(&bytes), Err(DecodeError::Rlp(_))), "{}", hex::encode(bytes));
    }
}
