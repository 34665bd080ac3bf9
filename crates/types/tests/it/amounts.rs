//! Denoms, coins, and rounding between wei and usei.

use proptest::prelude::*;
use seiza_types::{
    AmountError, Coin, Denom, U256, USEI, WEI_PER_USEI, usei_from_wei_down, usei_from_wei_up, wei_from_usei,
};

#[test]
fn denoms_have_a_shape() {
    for good in ["usei", "abc", "factory/sei1xyz/token", "ibc/27394FB0", "a:b.c_d-e", &"x".repeat(128)] {
        assert_eq!(good.parse::<Denom>().unwrap().as_str(), good);
    }
    for bad in ["", "ab", "1abc", "/abc", "us ei", "usé1", "usei\n", &"x".repeat(129)] {
        assert!(matches!(bad.parse::<Denom>(), Err(AmountError::Denom(_))), "{bad:?}");
    }
    assert!(Denom::native().is_native());
    assert!(!"uatom".parse::<Denom>().unwrap().is_native());
    assert_eq!(Denom::native().to_string(), USEI);
}

#[test]
fn amounts_are_decimal_digits_below_two_to_the_256() {
    let max = U256::MAX.to_string();
    for good in ["0", "1", "007", &max] {
        assert!(Coin::parse(USEI, good).is_ok(), "{good}");
    }
    let beyond = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    for bad in ["", "-1", "+1", "1.0", "1e6", " 1", "0x10", "1_000", "१", beyond, &"9".repeat(78), &"0".repeat(79)] {
        assert!(matches!(Coin::parse(USEI, bad), Err(AmountError::Number(_))), "{bad}");
    }
    assert_eq!(Coin::parse("uatom", "25").unwrap().to_string(), "25uatom");
    let text = Coin::parse(USEI, &"x".repeat(500)).unwrap_err().to_string();
    assert!(text.len() < 200, "an error does not repeat a giant: {text}");
}

#[test]
fn rounding_is_named() {
    // wei, down, up
    let table = [
        (0, 0, 0),
        (1, 0, 1),
        (WEI_PER_USEI - 1, 0, 1),
        (WEI_PER_USEI, 1, 1),
        (WEI_PER_USEI + 1, 1, 2),
        (5 * WEI_PER_USEI, 5, 5),
    ];
    for (wei, down, up) in table {
        let wei = U256::from(wei);
        assert_eq!((usei_from_wei_down(wei), usei_from_wei_up(wei)), (U256::from(down), U256::from(up)), "{wei} wei");
    }
    assert_eq!(wei_from_usei(U256::MAX), Err(AmountError::Overflow));
    assert_eq!(usei_from_wei_up(U256::MAX), usei_from_wei_down(U256::MAX) + U256::from(1));
}

proptest! {
    #[test]
    fn rounding_never_favours_the_holder(wei: u128) {
        let wei = U256::from(wei);
        let (down, up) = (usei_from_wei_down(wei), usei_from_wei_up(wei));
        prop_assert!(wei_from_usei(down).unwrap() <= wei);
        prop_assert!(wei_from_usei(up).unwrap() >= wei);
        prop_assert!(up - down <= U256::from(1));
    }

    #[test]
    fn whole_usei_survive_wei(usei: u128) {
        let usei = U256::from(usei);
        let wei = wei_from_usei(usei).unwrap();
        prop_assert_eq!((usei_from_wei_down(wei), usei_from_wei_up(wei)), (usei, usei));
    }

    #[test]
    fn any_texts_are_a_coin_or_an_error(denom in "\\PC{0,8}", amount in "\\PC{0,8}") {
        let _ = Coin::parse(&denom, &amount);
    }
}
