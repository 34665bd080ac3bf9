//! What an offer pays at a base fee.

use proptest::prelude::*;
use seiza_types::tx::FeeOffer;

#[test]
fn the_tip_is_bounded_by_both_caps() {
    // fee cap, tip cap, base fee, tip, price
    let table = [
        (100, 10, 50, Some(10), Some(60)),
        (100, 10, 90, Some(10), Some(100)),
        (100, 10, 95, Some(5), Some(100)),
        (100, 10, 100, Some(0), Some(100)),
        (100, 10, 101, None, None),
        (100, 100, 0, Some(100), Some(100)),
        (0, 0, 0, Some(0), Some(0)),
    ];
    for (fee, tip, base_fee, paid, price) in table {
        let offer = FeeOffer { max_fee_per_gas: fee, max_priority_fee_per_gas: tip };
        assert_eq!((offer.tip_above(base_fee), offer.price_at(base_fee)), (paid, price), "{offer:?} at {base_fee}");
    }
}

proptest! {
    #[test]
    fn a_price_lies_between_base_fee_and_cap(fee: u128, tip: u128, base_fee: u128) {
        let offer = FeeOffer { max_fee_per_gas: fee, max_priority_fee_per_gas: tip };
        match offer.price_at(base_fee) {
            Some(price) => prop_assert!((base_fee..=fee).contains(&price) && price - base_fee <= tip),
            None => prop_assert!(fee < base_fee),
        }
    }
}
