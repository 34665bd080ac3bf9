//! A base state: one ordered map.

use std::collections::BTreeMap;

use proptest::prelude::*;
use seiza_state::{Changeset, Key, KeyRange, StateError, StateRead, StoreId, Value, Visit, value_from_amount};
use seiza_types::U256;

/// Numbers of amount keys, and of keys that hold other bytes, each: few, so that they meet.
pub const KEYS: u8 = 8;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory(pub BTreeMap<Key, Value>);

impl StateRead for Memory {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        for (key, value) in self.0.range::<Key, _>(range.bounds()) {
            if !visit(key, value) {
                break;
            }
        }
        Ok(())
    }
}

impl Memory {
    pub fn apply(&mut self, changes: &Changeset) {
        for (key, value) in changes.iter() {
            match value {
                Some(value) => self.0.insert(key.clone(), value.clone()),
                None => self.0.remove(key),
            };
        }
    }

    pub fn amount(&self, n: u8) -> u64 {
        let value = self.0.get(&amount_key(n)).map(|value| value.as_slice());
        seiza_state::amount_from_value(&amount_key(n), value).unwrap().to::<u64>()
    }
}

pub fn amount_key(n: u8) -> Key {
    Key::new(StoreId::Bank, &[b"a", &[n]])
}

/// Lies between the amounts, in order, and under the same store.
pub fn bytes_key(n: u8) -> Key {
    Key::new(StoreId::Bank, &[b"a", &[n], b"bytes"])
}

pub fn amount(n: u64) -> Option<Value> {
    value_from_amount(U256::from(n))
}

/// All pairs of a range, as far as `limit` goes.
pub fn pairs(state: &dyn StateRead, range: &KeyRange, limit: usize) -> Vec<(Key, Value)> {
    let mut found = Vec::new();
    let visit = &mut |key: &Key, value: &[u8]| {
        found.push((key.clone(), Value::from(value)));
        found.len() < limit
    };
    state.scan(range, visit).unwrap();
    found
}

pub fn any_range() -> impl Strategy<Value = KeyRange> {
    let edge = (0..KEYS, any::<bool>()).prop_map(|(n, bytes)| if bytes { bytes_key(n) } else { amount_key(n) });
    prop_oneof![
        1 => Just(KeyRange::store(StoreId::Bank)),
        1 => (0..KEYS).prop_map(|n| KeyRange::prefix(amount_key(n))),
        4 => (edge.clone(), prop::option::of(edge)).prop_map(|(start, end)| match end {
            Some(end) if end < start => KeyRange { start: end, end: Some(start) },
            end => KeyRange { start, end },
        }),
    ]
}

pub fn any_memory() -> impl Strategy<Value = Memory> {
    let amounts = prop::collection::btree_map(0..KEYS, 1u64..1_000, 0..8);
    let others = prop::collection::btree_map(0..KEYS, any::<[u8; 3]>(), 0..8);
    (amounts, others).prop_map(|(amounts, others)| {
        let amounts = amounts.into_iter().map(|(n, value)| (amount_key(n), amount(value).unwrap()));
        let others = others.into_iter().map(|(n, value)| (bytes_key(n), Value::from(&value[..])));
        Memory(amounts.chain(others).collect())
    })
}

pub fn any_changeset() -> impl Strategy<Value = Changeset> {
    let change = (0..KEYS, any::<bool>(), prop::option::of(any::<[u8; 3]>())).prop_map(|(n, is_amount, value)| {
        let key = if is_amount { amount_key(n) } else { bytes_key(n) };
        (key, value.map(|value| Value::from(&value[..])))
    });
    prop::collection::vec(change, 0..10).prop_map(|changes| changes.into_iter().collect())
}
