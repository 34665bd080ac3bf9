//! Amounts and changes of amounts.

use proptest::prelude::*;
use seiza_state::{Delta, StateError, Value, Write, amount_from_value, value_from_amount};
use seiza_types::U256;

use super::memory::{amount, amount_key};

fn credit(n: u64) -> Delta {
    Delta::credit(U256::from(n))
}

fn debit(n: u64) -> Delta {
    Delta::debit(U256::from(n))
}

#[test]
fn an_amount_is_thirty_two_bytes_and_zero_is_absence() {
    let key = amount_key(0);
    assert_eq!(value_from_amount(U256::ZERO), None);
    assert_eq!(amount_from_value(&key, None), Ok(U256::ZERO));
    for n in [U256::from(1), U256::MAX] {
        let value = value_from_amount(n).unwrap();
        assert_eq!((value.len(), amount_from_value(&key, Some(&value))), (32, Ok(n)));
    }
    for len in [0, 31, 33] {
        let damaged = amount_from_value(&key, Some(&vec![1; len]));
        assert_eq!(damaged, Err(StateError::Damaged(key.clone(), "an amount has 32 bytes")));
    }
}

#[test]
fn sums_that_do_not_fit_name_the_key() {
    let key = amount_key(3);
    let max = Delta::credit(U256::MAX);
    assert_eq!(max.join(&credit(1), &key), Err(StateError::Overflow(key.clone())));
    assert_eq!(max.apply(&key, amount(1).as_deref()), Err(StateError::Overflow(key.clone())));
    assert_eq!(debit(2).apply(&key, amount(1).as_deref()), Err(StateError::Underflow(key.clone())));
    assert_eq!(debit(1).apply(&key, amount(1).as_deref()), Ok(None));
    let round = max.join(&Delta::debit(U256::MAX), &key).unwrap();
    assert_eq!(round.apply(&key, amount(7).as_deref()), Ok(amount(7)), "the sum fits, whatever came and went");
    let text = StateError::Underflow(key).to_string();
    assert_eq!(text, "amount at bank/6103 would fall below zero");
}

#[test]
fn a_later_put_or_delete_replaces_whatever_was() {
    let key = amount_key(0);
    let put = Write::Put(Value::from(&[1][..]));
    for earlier in [put.clone(), Write::Delete, Write::Add(credit(1))] {
        assert_eq!(earlier.then(put.clone(), &key), Ok(put.clone()));
        assert_eq!(earlier.then(Write::Delete, &key), Ok(Write::Delete));
    }
    assert_eq!(Write::Delete.then(Write::Add(credit(5)), &key), Ok(Write::Put(amount(5).unwrap())));
    assert_eq!(Write::Delete.then(Write::Add(credit(0)), &key), Ok(Write::Delete));
}

proptest! {
    #[test]
    fn adds_commute(start in 0u64..1_000, changes in prop::collection::vec((any::<bool>(), 0u64..1_000), 0..12), seed: u64) {
        let key = amount_key(0);
        let deltas: Vec<Delta> = changes.iter().map(|(up, n)| if *up { credit(*n) } else { debit(*n) }).collect();
        let sum = |deltas: &[Delta]| deltas.iter().try_fold(Delta::default(), |sum, delta| sum.join(delta, &key)).unwrap();
        let mut shuffled = deltas.clone();
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, (seed as usize).wrapping_mul(at + 7) % (at + 1));
        }
        prop_assert_eq!(sum(&deltas), sum(&shuffled));
        let total = changes.iter().fold(i128::from(start), |sum, (up, n)| sum + if *up { 1 } else { -1 } * i128::from(*n));
        let applied = sum(&deltas).apply(&key, amount(start).as_deref());
        match u64::try_from(total) {
            Ok(total) => prop_assert_eq!(applied, Ok(amount(total))),
            Err(_) => prop_assert_eq!(applied, Err(StateError::Underflow(key))),
        }
    }
}

#[test]
fn sums_pass_the_bounds_of_words_and_halves() {
    let key = amount_key(1);
    let bounds = [U256::from(u64::MAX), U256::from(u128::MAX), U256::ONE << 128, U256::MAX - U256::ONE];
    for (a, b) in bounds.into_iter().flat_map(|a| [(a, U256::ONE), (a, a)]) {
        for (one, other) in [(Delta::credit(a), Delta::credit(b)), (Delta::debit(a), Delta::debit(b))] {
            let sum = one.join(&other, &key).map(|sum| sum.credited().max(sum.debited()));
            assert_eq!(sum, a.checked_add(b).ok_or(StateError::Overflow(key.clone())), "{a} and {b}");
        }
        let both = Delta::credit(a).join(&Delta::debit(b), &key).unwrap();
        assert_eq!((both.credited(), both.debited()), (a, b));
    }
}
