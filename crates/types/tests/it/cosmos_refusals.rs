//! Every way in which a Cosmos transaction is refused before state is read.

use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{ModeInfo, SignerInfo, Tip, TxBody};
use prost::Message as _;
use secp256k1::constants::CURVE_ORDER;
use seiza_types::limits::{COINS_MAX, MEMO_BYTES_MAX, TX_MESSAGES_MAX};
use seiza_types::{DecodeError, Rules, Tx, U256, VerifyError};

use super::cosmos_forge::{CHAIN_ID, CosmosForge, MSG_SEND, any, coin, send, sign};
use super::evm_forge::{rules, verify};

fn undecodable(change: impl FnOnce(&mut CosmosForge)) -> DecodeError {
    Tx::decode(&CosmosForge::new().bend(change).bytes()).unwrap_err()
}

fn refused(change: impl FnOnce(&mut CosmosForge)) -> VerifyError {
    verify(&CosmosForge::new().bend(change).bytes(), &rules()).unwrap_err()
}

fn signer_info(forge: &mut CosmosForge) -> &mut SignerInfo {
    &mut forge.auth.signer_infos[0]
}

#[test]
fn a_signature_binds_chain_account_number_and_content() {
    for error in [
        refused(|tx| tx.chain_id = "seiza-2".into()),
        refused(|tx| tx.account_number = 1),
        verify(&CosmosForge::new().bytes(), &Rules::new(1, "other-chain")).unwrap_err(),
    ] {
        assert_eq!(error, VerifyError::Signature("signature does not fit the key, the chain id and the document"));
        assert!(error.to_string().starts_with("invalid sender: "));
    }
    let mut raw = CosmosForge::new().raw();
    raw.body_bytes = CosmosForge::new().bend(|tx| tx.body.memo = "another".into()).raw().body_bytes;
    assert!(matches!(verify(&raw.encode_to_vec(), &rules()), Err(VerifyError::Signature(_))));
}

#[test]
fn a_high_s_is_refused() {
    let mut raw = CosmosForge::new().raw();
    let s = U256::from_be_slice(&raw.signatures[0][32..]);
    let high = U256::from_be_bytes(CURVE_ORDER) - s;
    raw.signatures[0][32..].copy_from_slice(&high.to_be_bytes::<32>());
    assert!(matches!(verify(&raw.encode_to_vec(), &rules()), Err(VerifyError::Signature(_))));
}

#[test]
fn malformed_signatures_and_keys_are_refused() {
    for signature in [vec![], vec![1; 63], vec![1; 65], vec![0; 64], vec![0xff; 64]] {
        let mut raw = CosmosForge::new().raw();
        raw.signatures = vec![signature];
        assert!(matches!(verify(&raw.encode_to_vec(), &rules()), Err(VerifyError::Signature(_))));
    }
    for key in [vec![], vec![5; 33], vec![4; 65], vec![2; 32]] {
        let key = cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey { key };
        let error = refused(|tx| signer_info(tx).public_key = Some(any("/cosmos.crypto.secp256k1.PubKey", &key)));
        assert_eq!(error, VerifyError::Signature("public key is no compressed secp256k1 point"));
    }
}

#[test]
fn one_key_signs_for_all_messages() {
    let stranger = seiza_types::SeiAddress([9; 20]).to_string();
    let foreign = cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend { from_address: stranger, ..send(vec![]) };
    let error = refused(|tx| tx.body.messages.push(any(MSG_SEND, &foreign)));
    assert_eq!(error, VerifyError::Signer("a message acts for an account that did not sign"));
    let body = TxBody { memo: "nothing to do".into(), ..TxBody::default() };
    let error = refused(|tx| tx.body = body);
    assert_eq!(error, VerifyError::Signer("a transaction has at least one message"));
    let mut raw = CosmosForge::new().raw();
    raw.signatures.push(raw.signatures[0].clone());
    assert_eq!(Tx::decode(&raw.encode_to_vec()).unwrap_err(), DecodeError::Missing("exactly one signature"));
    raw.signatures.clear();
    assert_eq!(Tx::decode(&raw.encode_to_vec()).unwrap_err(), DecodeError::Missing("exactly one signature"));
    let second = |tx: &mut CosmosForge| tx.auth.signer_infos.push(tx.auth.signer_infos[0].clone());
    assert_eq!(undecodable(second), DecodeError::Missing("exactly one signer info"));
}

#[test]
fn only_direct_signing_is_taken() {
    let mode = |mode| Some(ModeInfo { sum: Some(Sum::Single(Single { mode })) });
    for (info, found) in [(mode(127), 127), (mode(2), 2), (None, 0), (Some(ModeInfo { sum: None }), 0)] {
        assert_eq!(refused(|tx| signer_info(tx).mode_info = info), VerifyError::SignMode(found));
    }
    assert_eq!(VerifyError::SignMode(127).to_string(), "sign mode 127 is not supported, use SIGN_MODE_DIRECT");
}

#[test]
fn fees_are_paid_by_the_signer_in_usei_alone() {
    let other = VerifyError::Fee("fees are paid in usei alone");
    assert_eq!(refused(|tx| tx.fee().amount = vec![coin("uatom", "1")]), other);
    assert_eq!(refused(|tx| tx.fee().amount.push(coin("uatom", "1"))), other);
    assert_eq!(refused(|tx| tx.fee().gas_limit = 0), VerifyError::Fee("gas limit is zero"));
    let payer = VerifyError::Fee("the signer pays: no payer or granter can be named");
    let somebody = seiza_types::SeiAddress([9; 20]).to_string();
    assert_eq!(refused(|tx| tx.fee().payer.clone_from(&somebody)), payer);
    assert_eq!(refused(|tx| tx.fee().granter.clone_from(&somebody)), payer);
    assert!(payer.to_string().starts_with("fee: "));
}

#[test]
fn gas_cost_and_sequence_keep_their_bounds() {
    let limit = rules().block_gas_max;
    let error = refused(|tx| tx.fee().gas_limit = limit + 1);
    assert_eq!(error, VerifyError::BlockGas { have: limit + 1, limit });
    let giant = U256::MAX.to_string();
    assert_eq!(refused(|tx| tx.fee().amount = vec![coin("usei", &giant)]), VerifyError::CostOverflow);
    let send = any(MSG_SEND, &send(vec![coin("usei", &giant)]));
    assert_eq!(refused(|tx| tx.body.messages = vec![send]), VerifyError::CostOverflow);
    assert_eq!(refused(|tx| signer_info(tx).sequence = u64::MAX), VerifyError::NonceMax(u64::MAX));
    let bytes = CosmosForge::new().bytes();
    let error = verify(&bytes, &Rules { tx_bytes_max: bytes.len() - 1, ..rules() }).unwrap_err();
    assert_eq!(error, VerifyError::TooLarge { size: bytes.len(), limit: bytes.len() - 1 });
}

#[test]
fn lists_are_bounded() {
    let too_many = |field, len, limit| DecodeError::TooMany { field, len, limit };
    let message = any(MSG_SEND, &send(vec![]));
    let (max, memo) = (TX_MESSAGES_MAX, MEMO_BYTES_MAX);
    let error = undecodable(|tx| tx.body.messages = vec![message.clone(); max + 1]);
    assert_eq!(error, too_many("messages", max + 1, max));
    assert_eq!(error.to_string(), "messages has 65 entries, at most 64 fit");
    assert!(Tx::decode(&CosmosForge::new().bend(|tx| tx.body.messages = vec![message; max]).bytes()).is_ok());
    let error = undecodable(|tx| tx.body.memo = "m".repeat(memo + 1));
    assert_eq!(error, DecodeError::TooLong { field: "memo", len: memo + 1, limit: memo });
    assert_eq!(error.to_string(), "memo has 257 bytes, at most 256 fit");
    let coins = vec![coin("usei", "1"); COINS_MAX + 1];
    let many = any(MSG_SEND, &send(coins.clone()));
    assert_eq!(undecodable(|tx| tx.body.messages = vec![many]), too_many("amount", COINS_MAX + 1, COINS_MAX));
    assert_eq!(undecodable(|tx| tx.fee().amount = coins), too_many("fee", COINS_MAX + 1, COINS_MAX));
}

#[test]
fn what_is_missing_or_unknown_is_named() {
    assert_eq!(undecodable(|tx| tx.auth.fee = None), DecodeError::Missing("fee"));
    let key = DecodeError::Missing("public key of the signer");
    assert_eq!(undecodable(|tx| signer_info(tx).public_key = None), key);
    let url = "/cosmos.crypto.ed25519.PubKey";
    let error = undecodable(|tx| signer_info(tx).public_key.as_mut().unwrap().type_url = url.into());
    assert_eq!(error, DecodeError::KeyType(url.into()));
    assert_eq!(error.to_string(), "key type /cosmos.crypto.ed25519.PubKey is not known here");
    let long = format!("/{}", "x".repeat(4_000));
    let error = undecodable(|tx| tx.body.messages[0].type_url.clone_from(&long));
    assert_eq!(error, DecodeError::MessageType(long[..128].into()), "a giant name is cut");
    let error = undecodable(|tx| signer_info(tx).public_key.as_mut().unwrap().type_url.clone_from(&long));
    assert_eq!(error, DecodeError::KeyType(long[..128].into()), "a giant name is cut");
    let mut bent = send(vec![coin("usei", "1")]);
    bent.to_address = "sei1nobody".into();
    let error = undecodable(|tx| tx.body.messages = vec![any(MSG_SEND, &bent)]);
    assert!(matches!(&error, DecodeError::Address { field: "to_address", .. }), "{error}");
    let error = undecodable(|tx| tx.body.messages = vec![any(MSG_SEND, &send(vec![coin("usei", "-1")]))]);
    assert!(matches!(&error, DecodeError::Amount { field: "amount", .. }), "{error}");
    let error = undecodable(|tx| tx.fee().amount = vec![coin("!", "1")]);
    assert!(matches!(&error, DecodeError::Amount { field: "fee", .. }), "{error}");
}

#[test]
fn what_the_signer_said_is_never_passed_over_in_silence() {
    let option = any("/some.Extension", &send(vec![]));
    let error = undecodable(|tx| tx.body.extension_options = vec![option]);
    assert_eq!(error, DecodeError::TooMany { field: "extension_options", len: 1, limit: 0 });
    #[allow(deprecated)] // that is why
    let error = undecodable(|tx| tx.auth.tip = Some(Tip::default()));
    assert_eq!(error, DecodeError::Protobuf("AuthInfo has field 3, which is not known here".into()));
    // Later Cosmos SDKs know TxBody's field 4 (unordered) and 5 (a time-out by the clock).
    let forge = CosmosForge::new();
    for (tag, field) in [(4, [0x20, 1]), (5, [0x28, 1])] {
        let body = [forge.body.encode_to_vec(), field.to_vec()].concat();
        let bytes = sign(body, forge.auth.encode_to_vec(), CHAIN_ID, 0).encode_to_vec();
        let error = Tx::decode(&bytes).unwrap_err();
        assert_eq!(error.to_string(), format!("protobuf: TxBody has field {tag}, which is not known here"));
    }
    let mut message = any(MSG_SEND, &send(vec![]));
    message.value.extend([0x20, 1]);
    let error = undecodable(|tx| tx.body.messages = vec![message]);
    assert_eq!(error, DecodeError::Protobuf("MsgSend has field 4, which is not known here".into()));
}

#[test]
fn a_tx_raw_has_one_encoding() {
    let raw = CosmosForge::new().raw();
    let field = |tag: u8, bytes: &[u8]| {
        let mut out = vec![tag << 3 | 2];
        prost::encoding::encode_varint(bytes.len() as u64, &mut out);
        out.extend(bytes);
        out
    };
    let (body, auth, signature) =
        (field(1, &raw.body_bytes), field(2, &raw.auth_info_bytes), field(3, &raw.signatures[0]));
    assert_eq!([body.clone(), auth.clone(), signature.clone()].concat(), raw.encode_to_vec());
    let unknown = vec![0x20, 1];
    let padded_length = {
        let mut padded = signature.clone();
        padded.splice(1..2, [0x40 | 0x80, 0]);
        padded
    };
    let forms = [
        [body.clone(), signature.clone(), auth.clone()].concat(),
        [body.clone(), body.clone(), auth.clone(), signature.clone()].concat(),
        [body.clone(), auth.clone(), signature.clone(), unknown].concat(),
        [body, auth, padded_length].concat(),
    ];
    for bytes in forms {
        let error = Tx::decode(&bytes).unwrap_err();
        assert_eq!(error, DecodeError::Protobuf("TxRaw is not in its canonical encoding".into()));
    }
}

#[test]
fn cut_bytes_never_decode_to_the_whole() {
    let bytes = CosmosForge::new().bytes();
    for len in 1..bytes.len() {
        assert!(Tx::decode(&bytes[..len]).is_err(), "cut at {len}");
    }
}
