//! Random jobs: steps that read and write, and what they see.

use proptest::prelude::*;
use seiza_state::{Access, Checkpoint, Delta, Key, KeyRange, StateRead, StateWrite, Value};
use seiza_types::U256;

use super::memory::{KEYS, Memory, amount, amount_key, any_range, bytes_key, pairs};

#[derive(Debug, Clone)]
pub enum Step {
    Put(u8, [u8; 3]),
    PutAmount(u8, u64),
    Delete(u8),
    DeleteAmount(u8),
    Credit(u8, u64),
    /// At most what is there, so that it always fits.
    Debit(u8, u64),
    Get(u8),
    GetAmount(u8),
    Scan(KeyRange, usize),
    Checkpoint,
    /// To the checkpoint so many before the newest.
    Revert(usize),
}

pub fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..KEYS, any::<[u8; 3]>()).prop_map(|(n, value)| Step::Put(n, value)),
        (0..KEYS, 0u64..1_000).prop_map(|(n, value)| Step::PutAmount(n, value)),
        (0..KEYS).prop_map(Step::Delete),
        (0..KEYS).prop_map(Step::DeleteAmount),
        (0..KEYS, 0u64..1_000).prop_map(|(n, value)| Step::Credit(n, value)),
        (0..KEYS, 0u64..1_000).prop_map(|(n, value)| Step::Debit(n, value)),
        (0..KEYS).prop_map(Step::Get),
        (0..KEYS).prop_map(Step::GetAmount),
        (any_range(), 1usize..6).prop_map(|(range, limit)| Step::Scan(range, limit)),
        Just(Step::Checkpoint),
        (0usize..3).prop_map(Step::Revert),
    ]
}

pub fn any_program() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any_step(), 0..40)
}

/// Takes every step on `access` and on a copied map beside it, comparing what both see.
pub fn run_beside_model(access: &mut Access<'_>, model: &mut Memory, program: &[Step]) {
    let mut saved: Vec<(Checkpoint, Memory)> = Vec::new();
    for step in program {
        match step {
            Step::Debit(n, value) => {
                let value = (*value).min(model.amount(*n));
                write(access, &Step::Debit(*n, value));
                write_model(model, &Step::Debit(*n, value));
            }
            Step::Get(n) => assert_eq!(access.get(&bytes_key(*n)).unwrap(), model.0.get(&bytes_key(*n)).cloned()),
            Step::GetAmount(n) => {
                assert_eq!(access.get(&amount_key(*n)).unwrap(), model.0.get(&amount_key(*n)).cloned());
            }
            Step::Scan(range, limit) => assert_eq!(pairs(access, range, *limit), pairs(model, range, *limit)),
            Step::Checkpoint => saved.push((access.checkpoint(), model.clone())),
            Step::Revert(back) => {
                saved.truncate(saved.len().saturating_sub(*back));
                let Some((checkpoint, copy)) = saved.last() else { continue };
                access.revert(*checkpoint);
                model.clone_from(copy);
            }
            step => {
                write(access, step);
                write_model(model, step);
            }
        }
    }
}

/// Takes the steps that can't fail; gives everything that was read.
pub fn run(access: &mut Access<'_>, program: &[Step]) -> Vec<Vec<(Key, Value)>> {
    let mut seen = Vec::new();
    for step in program {
        let one = |key: Key| access.get(&key).unwrap().map(|value| (key, value)).into_iter().collect();
        match step {
            Step::Get(n) => seen.push(one(bytes_key(*n))),
            Step::GetAmount(n) => seen.push(one(amount_key(*n))),
            Step::Scan(range, limit) => seen.push(pairs(access, range, *limit)),
            Step::Debit(..) | Step::Checkpoint | Step::Revert(_) => {}
            step => write(access, step),
        }
    }
    seen
}

fn write(access: &mut Access<'_>, step: &Step) {
    match step {
        Step::Put(n, value) => access.put(bytes_key(*n), Value::from(&value[..])),
        Step::PutAmount(n, value) => match amount(*value) {
            Some(value) => access.put(amount_key(*n), value),
            None => access.delete(amount_key(*n)),
        },
        Step::Delete(n) => access.delete(bytes_key(*n)),
        Step::DeleteAmount(n) => access.delete(amount_key(*n)),
        Step::Credit(n, value) => access.add(amount_key(*n), Delta::credit(U256::from(*value))).unwrap(),
        Step::Debit(n, value) => access.add(amount_key(*n), Delta::debit(U256::from(*value))).unwrap(),
        other => panic!("{other:?} writes nothing"),
    }
}

fn write_model(model: &mut Memory, step: &Step) {
    let (key, value) = match step {
        Step::Put(n, value) => (bytes_key(*n), Some(Value::from(&value[..]))),
        Step::PutAmount(n, value) => (amount_key(*n), amount(*value)),
        Step::Delete(n) => (bytes_key(*n), None),
        Step::DeleteAmount(n) => (amount_key(*n), None),
        Step::Credit(n, value) => (amount_key(*n), amount(model.amount(*n) + value)),
        Step::Debit(n, value) => (amount_key(*n), amount(model.amount(*n) - value)),
        other => panic!("{other:?} writes nothing"),
    };
    match value {
        Some(value) => model.0.insert(key, value),
        None => model.0.remove(&key),
    };
}
