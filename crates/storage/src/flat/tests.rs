//! The flat map against an ordered map, in versions side by side.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use seiza_state::{StoreId, Value};

use super::*;

type Model = BTreeMap<u16, u8>;

fn key(number: u16) -> Key {
    Key::new(StoreId::Bank, &[&number.to_be_bytes()])
}

fn leaf(number: u16, value: u8) -> Arc<Leaf> {
    Leaf::new(key(number), Value::from(&[value][..]), 1)
}

fn check_equal(flat: &Flat, model: &Model, numbers: u16) -> Result<(), TestCaseError> {
    for number in 0..numbers {
        let found = flat.get(&key(number), &Files::default()).map(|leaf| leaf.value_bytes()[0]);
        prop_assert_eq!(found, model.get(&number).copied());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Old versions stay as they were, whatever is made of them, by two successors of one too.
    #[test]
    fn equals_an_ordered_map(numbers in 1u16..2_000, ops in vec((any::<u16>(), any::<u8>(), 0u8..64), 0..6_000)) {
        let mut versions = vec![(Flat::default(), Model::new())];
        for (number, value, kind) in ops {
            let number = number % numbers;
            let count = versions.len();
            let (flat, model) = versions.last_mut().expect("there is one at least");
            match kind {
                0 => {
                    let parent = versions[usize::from(value) % count].clone();
                    versions.push(parent);
                }
                1..10 => {
                    flat.remove(&key(number), &Files::default());
                    model.remove(&number);
                }
                _ => {
                    flat.insert(leaf(number, value), &Files::default());
                    model.insert(number, value);
                }
            }
            if versions.len() > 8 {
                versions.remove(0);
            }
        }
        for (flat, model) in &versions {
            check_equal(flat, model, numbers)?;
        }
    }
}

#[test]
fn many_keys_are_all_found_and_no_others() {
    let mut flat = Flat::default();
    (0..u16::MAX).step_by(2).for_each(|number| flat.insert(leaf(number, 7), &Files::default()));
    assert!((0..u16::MAX).all(|number| flat.get(&key(number), &Files::default()).is_some() == (number % 2 == 0)));
    (0..u16::MAX).for_each(|number| flat.remove(&key(number), &Files::default()));
    assert!((0..u16::MAX).all(|number| flat.get(&key(number), &Files::default()).is_none()));
}

#[test]
fn keys_with_one_hash_are_told_apart() {
    let files = Files::default();
    let hashed = |number| Hashed { hash: 42, slot: Slot::memory(leaf(number, 1)) };
    let mut root = build((0..70).map(hashed).collect(), 1, 0);
    let new = Hashed { hash: 42, slot: Slot::memory(leaf(3, 9)) };
    insert(&mut root, new, &key(3), 0, &files);
    remove(&mut root, 42, 0, &key(1), &files);
    let value = |number| find(&root, 42, &key(number), &files).map(|leaf| leaf.value_bytes()[0]);
    let found: Vec<_> = (0..70).map(value).collect();
    assert_eq!(&found[..5], [Some(1), None, Some(1), Some(9), Some(1)]);
    assert!(found[5..].iter().all(|found| *found == Some(1)));
    assert!(value(70).is_none());
}

#[test]
fn a_bucket_is_a_cache_line() {
    assert_eq!((size_of::<Bucket>(), align_of::<Bucket>(), size_of::<Node>()), (64, 64, 16));
}
