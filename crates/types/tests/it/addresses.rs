//! One key, two addresses, three prefixes. Vectors made with cosmjs 0.32 and ethers 6.

use alloy_primitives::{address, hex};
use proptest::prelude::*;
use seiza_types::tx::Signer;
use seiza_types::{AddressError, Hrp, SeiAddress};

const ELEVENS: SeiAddress = SeiAddress([0x11; 20]);

#[test]
fn a_key_has_two_addresses() {
    // The generator point (secret key 1), and the first account that every developer knows.
    let generator = hex!("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    let signer = Signer::from_compressed(&generator).unwrap();
    assert_eq!(signer.address, address!("7e5f4552091a69125d5dfcb7b8c2659029395bdf"));
    assert_eq!(signer.sei.to_string(), "sei1w508d6qejxtdg4y5r3zarvary0c5xw7kh3xvfe");
    assert_eq!(signer.sei.0, hex!("751e76e8199196d454941c45d1b3a323f1433bd6"));
    let first = hex!("038318535b54105d4a7aae60c08fc45f9687181b4fdfc625bd1a753fa7397fed75");
    let signer = Signer::from_compressed(&first).unwrap();
    assert_eq!(signer.address, address!("f39fd6e51aad88f6f4ce6ab8827279cfffb92266"));
    assert_eq!(signer.sei.to_string(), "sei15428vq2uzwhm3taey9sr9x5vm6tk78ew5cyfgc");
    assert_eq!(signer.public_key, first);
}

#[test]
fn bytes_off_the_curve_are_no_key() {
    assert!(Signer::from_compressed(&[2; 33]).is_some());
    for bytes in [&[0; 33][..], &[5; 33], &[], &[2; 32]] {
        assert!(Signer::from_compressed(bytes).is_none(), "{bytes:?}");
    }
}

#[test]
fn each_prefix_has_its_own_text() {
    let texts = [
        (Hrp::Account, "sei1zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3v3x55w"),
        (Hrp::Operator, "seivaloper1zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3j7h647"),
        (Hrp::Consensus, "seivalcons1zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3xdyxel"),
    ];
    for (hrp, text) in texts {
        assert_eq!(ELEVENS.to_bech32(hrp), text);
        assert_eq!(SeiAddress::parse(text, hrp), Ok(ELEVENS));
    }
    let wrong = SeiAddress::parse(texts[1].1, Hrp::Account);
    assert_eq!(wrong, Err(AddressError::Prefix { expected: "sei", found: "seivaloper".into() }));
    assert_eq!(wrong.unwrap_err().to_string(), "address begins with seivaloper, expected sei");
}

#[test]
fn malformed_texts_are_refused() {
    let good = "sei1zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3v3x55w";
    let bech32m = bech32::encode::<bech32::Bech32m>(bech32::Hrp::parse("sei").unwrap(), &[0x11; 20]).unwrap();
    let wrong_checksum = good.replace("55w", "55q");
    let texts = ["", "sei", "sei1", "0x1111111111111111111111111111111111111111", &wrong_checksum, &bech32m, "sei1ö"];
    for text in texts {
        assert!(matches!(text.parse::<SeiAddress>(), Err(AddressError::Bech32(_))), "{text}");
    }
    for len in [0, 19, 21, 32] {
        let text = bech32::encode::<bech32::Bech32>(bech32::Hrp::parse("sei").unwrap(), &vec![7; len]).unwrap();
        assert_eq!(text.parse::<SeiAddress>(), Err(AddressError::Length(len)));
    }
}

#[test]
fn a_cast_keeps_the_bytes() {
    let evm = address!("7e5f4552091a69125d5dfcb7b8c2659029395bdf");
    let cast = SeiAddress::cast_from(evm);
    assert_eq!(cast.cast(), evm);
    assert_eq!(cast.0, evm.into_array());
    assert_eq!(format!("{cast:?}"), cast.to_string());
}

proptest! {
    #[test]
    fn every_address_survives_its_text(bytes: [u8; 20]) {
        for hrp in [Hrp::Account, Hrp::Operator, Hrp::Consensus] {
            let text = SeiAddress(bytes).to_bech32(hrp);
            prop_assert!(text.starts_with(hrp.as_str()));
            prop_assert_eq!(SeiAddress::parse(&text, hrp), Ok(SeiAddress(bytes)));
        }
    }

    #[test]
    fn any_text_is_an_address_or_an_error(text in "\\PC{0,60}") {
        let _ = text.parse::<SeiAddress>();
    }
}
