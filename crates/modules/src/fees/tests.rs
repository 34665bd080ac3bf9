//! Stories and tables of module fees.

use alloy_primitives::{Address, hex};
use proptest::prelude::*;
use seiza_state::{Access, Empty, StateError, StateWrite as _, Write};
use seiza_types::U256;

use super::{FeeParams, base_fee, collect, collector, keys, next_base_fee, set_base_fee};
use crate::bank;

/// Ethereum's parameters: no floor, no ceiling.
const ETHEREUM: FeeParams =
    FeeParams { base_fee: 0, base_fee_min: 0, base_fee_max: u64::MAX, elasticity: 2, denominator: 8 };

#[test]
fn the_base_fee_moves_as_eip_1559_says() {
    // The first three are go-ethereum's own vectors; the rest follow from the formula by hand.
    let table = [
        (1_000_000_000, 10_000_000, 20_000_000, 1_000_000_000),
        (1_000_000_000, 9_000_000, 20_000_000, 987_500_000),
        (1_000_000_000, 11_000_000, 20_000_000, 1_012_500_000),
        (1_000_000_000, 20_000_000, 20_000_000, 1_125_000_000),
        (1_000_000_000, 0, 20_000_000, 875_000_000),
        (7, 10_000_001, 20_000_000, 8),
        (7, 0, 20_000_000, 7),
        (0, 20_000_000, 20_000_000, 1),
        (0, 0, 20_000_000, 0),
        (1_000_000_000, 15_000_001, 30_000_001, 1_000_000_008),
    ];
    for (base, used, limit, expected) in table {
        assert_eq!(next_base_fee(&ETHEREUM, base, used, limit), expected, "{base} after {used} of {limit}");
    }
}

#[test]
fn the_base_fee_stays_between_its_bounds() {
    let params = FeeParams { base_fee_min: 900, base_fee_max: 1_100, ..ETHEREUM };
    assert_eq!(next_base_fee(&params, 1_000, 0, 100), 900);
    assert_eq!(next_base_fee(&params, 1_000, 100, 100), 1_100);
    assert_eq!(next_base_fee(&params, 1_000, 50, 100), 1_000);
    assert_eq!(next_base_fee(&params, 10, 50, 100), 900, "a raised floor takes effect at once");
    assert_eq!(next_base_fee(&ETHEREUM, u64::MAX, 100, 100), u64::MAX, "no overflow");
}

#[test]
fn odd_parameters_do_no_harm() {
    for (elasticity, denominator) in [(0, 0), (1, 1), (u64::MAX, u64::MAX)] {
        let params = FeeParams { elasticity, denominator, ..ETHEREUM };
        for (used, limit) in [(0, 0), (0, 1), (1, 1), (u64::MAX, 1), (u64::MAX, u64::MAX)] {
            let _ = next_base_fee(&params, 1_000, used, limit);
        }
    }
}

proptest! {
    /// The formula of EIP-1559 once more, in wide integers and in the EIP's own order of operations.
    #[test]
    fn the_base_fee_agrees_with_the_eips_pseudo_code(
        base in 0..10_000_000_000_000_u64, limit in 2..200_000_000_u64, part in 0..=1_000_u64,
    ) {
        let used = limit / 1_000 * part;
        let target = U256::from(limit / 2);
        let (parent, gas) = (U256::from(base), U256::from(used));
        let expected = if gas == target {
            parent
        } else if gas > target {
            let delta = parent * (gas - target) / target / U256::from(8);
            parent + delta.max(U256::ONE)
        } else {
            parent - parent * (target - gas) / target / U256::from(8)
        };
        prop_assert_eq!(U256::from(next_base_fee(&ETHEREUM, base, used, limit)), expected);
    }
}

#[test]
fn the_collector_is_the_address_that_cosmos_gives_it() {
    assert_eq!(hex::encode(collector()), "f1829676db577682e944fc3493d451b67ff3e29f");
}

#[test]
fn fees_are_added_without_reading() {
    let mut state = Access::new(&Empty);
    collect(&mut state, U256::from(5)).unwrap();
    collect(&mut state, U256::ZERO).unwrap();
    collect(&mut state, U256::from(6)).unwrap();
    let (reads, writes) = state.finish();
    assert!(reads.points.is_empty());
    let writes: Vec<_> = writes.iter().collect();
    assert!(matches!(writes[..], [(key, Write::Add(_))] if *key == bank::keys::native(&collector())));
}

#[test]
fn the_base_fee_is_kept_and_damage_is_found() {
    let mut state = Access::unrecorded(&Empty);
    assert_eq!(base_fee(&state), Ok(0));
    set_base_fee(&mut state, 1_000_000_007);
    assert_eq!(base_fee(&state), Ok(1_000_000_007));
    state.put(keys::base_fee(), vec![1].into());
    assert!(matches!(base_fee(&state), Err(StateError::Damaged(..))));
    assert_ne!(collector(), Address::ZERO);
}
