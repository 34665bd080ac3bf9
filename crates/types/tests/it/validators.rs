//! Validator sets: whose turn it is, who joins and leaves, to the number as CometBFT has it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use seiza_types::{TOTAL_POWER_MAX, ValidatorKey, ValidatorSet, ValidatorSetError, ValidatorUpdate};

fn update(seed: u8, power: u64) -> ValidatorUpdate {
    ValidatorUpdate { public_key: ValidatorKey::from_seed([seed; 32]).public_key(), power }
}

fn set(powers: &[(u8, u64)]) -> ValidatorSet {
    ValidatorSet::new(&powers.iter().map(|(seed, power)| update(*seed, *power)).collect::<Vec<_>>()).unwrap()
}

/// Names by power: CometBFT's tests use made-up addresses, ours follow from keys.
fn turns(set: &ValidatorSet, count: u32) -> Vec<u64> {
    let mut set = set.clone();
    (0..count)
        .map(|_| {
            let power = set.proposer(0).power;
            set = set.advanced();
            power
        })
        .collect()
}

/// `TestProposerSelection1` of CometBFT's types/validator_set_test.go: foo 1000, bar 300, baz 330.
#[test]
fn proposers_take_turns_as_in_cometbft() {
    let expected = "foo baz foo bar foo foo baz foo bar foo foo baz foo foo bar foo baz foo foo bar foo foo baz foo bar \
                    foo foo baz foo bar foo foo baz foo foo bar foo baz foo foo bar foo baz foo foo bar foo baz foo foo bar \
                    foo baz foo foo foo baz bar foo foo foo baz foo bar foo foo baz foo bar foo foo baz foo bar foo foo baz \
                    foo bar foo foo baz foo foo bar foo baz foo foo bar foo baz foo foo bar foo baz foo foo";
    let names = BTreeMap::from([(1000, "foo"), (300, "bar"), (330, "baz")]);
    let set = set(&[(1, 1000), (2, 300), (3, 330)]);
    let found: Vec<&str> = turns(&set, 99).iter().map(|power| names[power]).collect();
    assert_eq!(found.join(" "), expected);
}

#[test]
fn each_proposes_as_often_as_its_power_says() {
    let set = set(&[(1, 1), (2, 2), (3, 4), (4, 8)]);
    let mut counts = BTreeMap::new();
    turns(&set, 150).into_iter().for_each(|power| *counts.entry(power).or_insert(0) += 1);
    assert_eq!(counts, BTreeMap::from([(1, 10), (2, 20), (4, 40), (8, 80)]));
}

#[test]
fn rounds_are_steps_that_the_height_does_not_keep() {
    let set = set(&[(1, 5), (2, 5), (3, 5)]);
    let heights = (0..6).scan(set.clone(), |set, _| {
        let address = set.proposer(0).address;
        *set = set.advanced();
        Some(address)
    });
    let heights: Vec<_> = heights.collect();
    let rounds: Vec<_> = (0..6).map(|round| set.proposer(round).address).collect();
    assert_eq!(rounds, heights);
    assert_eq!(rounds[0], set.proposer(0).address, "asking changes nothing");
}

#[test]
fn priorities_of_newcomers_are_behind_all_others() {
    let old = set(&[(1, 1000), (2, 1000)]);
    let new = old.updated(&[update(3, 1000)]).unwrap();
    // Before centring -(3000 + 375) beside the others': then their mean goes.
    let priority = |seed: u8| new.find(&ValidatorKey::from_seed([seed; 32]).address()).unwrap().1.priority;
    assert!(priority(3) < priority(1) && priority(3) < priority(2));
    assert_eq!(priority(1) + priority(2) + priority(3), 0, "centred");
    assert_eq!((new.len(), new.total_power()), (3, 3000));
}

#[test]
fn powers_change_and_validators_leave() {
    let old = set(&[(1, 10), (2, 20), (3, 30)]);
    let new = old.updated(&[update(1, 0), update(2, 25)]).unwrap();
    assert_eq!(new.validators().iter().map(|validator| validator.power).collect::<Vec<_>>(), [30, 25]);
    assert_eq!(old.updated(&[]).unwrap(), old);
    assert_eq!(old.len(), 3, "the old one is as it was");
}

#[test]
fn what_is_no_set_is_refused() {
    let one = set(&[(1, 10)]);
    let address = ValidatorKey::from_seed([1; 32]).address();
    let other = ValidatorKey::from_seed([2; 32]).address();
    let table = [
        (one.updated(&[update(1, 0)]), ValidatorSetError::Empty),
        (one.updated(&[update(1, 1), update(1, 2)]), ValidatorSetError::Twice(address)),
        (one.updated(&[update(2, 0)]), ValidatorSetError::Unknown(other)),
        (one.updated(&[update(2, TOTAL_POWER_MAX)]), ValidatorSetError::Power(TOTAL_POWER_MAX + 10)),
        (ValidatorSet::new(&[]), ValidatorSetError::Empty),
    ];
    for (found, expected) in table {
        assert_eq!(found.unwrap_err(), expected);
    }
}

#[test]
fn a_set_s_hash_is_tendermints() {
    let set = set(&[(1, 10), (2, 20)]);
    assert_eq!(set.hash(), set.to_tendermint().hash());
    assert_eq!(set.hash(), set.advanced().hash(), "priorities are no part of it");
    let proposer = set.to_tendermint().proposer().clone().unwrap();
    assert_eq!(proposer.address, set.proposer(0).address);
}

proptest! {
    #[test]
    fn sets_return_from_bytes(powers in prop::collection::vec(1u64..1_000_000, 1..20), steps in 0u32..40) {
        let list: Vec<_> = powers.iter().zip(1u8..).map(|(power, seed)| update(seed, *power)).collect();
        let mut set = ValidatorSet::new(&list).unwrap();
        for _ in 0..steps {
            set = set.advanced();
        }
        prop_assert_eq!(ValidatorSet::decode(&set.encode()).unwrap(), set);
    }

    #[test]
    fn arbitrary_bytes_are_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = ValidatorSet::decode(&bytes);
    }

    #[test]
    fn priorities_stay_in_their_window(powers in prop::collection::vec(1u64..1_000_000_000, 1..12), steps in 1u32..200) {
        let list: Vec<_> = powers.iter().zip(1u8..).map(|(power, seed)| update(seed, *power)).collect();
        let mut set = ValidatorSet::new(&list).unwrap();
        for _ in 0..steps {
            set = set.advanced();
            let priorities = set.validators().iter().map(|validator| i128::from(validator.priority));
            let (low, high) = (priorities.clone().min().unwrap(), priorities.max().unwrap());
            prop_assert!(high - low <= 4 * i128::from(set.total_power()));
        }
    }
}
