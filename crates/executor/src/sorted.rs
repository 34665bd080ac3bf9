//! From changes in any order to a changeset, which is in key order: the block's last step, so it must not take long.

use rayon::slice::ParallelSliceMut;
use seiza_state::{Changeset, Key, Value};

/// From so many changes on, sorting on several cores pays for waking them.
const SORTED_TOGETHER: usize = 4_096;

/// A changeset of `changes`, each key once.
pub(crate) fn changeset(changes: Vec<(Key, Option<Value>)>, pool: Option<&rayon::ThreadPool>) -> Changeset {
    let mut order: Vec<(u128, u32)> = changes.iter().map(|(key, _)| beginning(key)).zip(0..).collect();
    let by_key = |a: &(u128, u32), b: &(u128, u32)| {
        a.0.cmp(&b.0).then_with(|| changes[a.1 as usize].0.cmp(&changes[b.1 as usize].0))
    };
    match pool.filter(|_| order.len() >= SORTED_TOGETHER) {
        Some(pool) => pool.install(|| order.par_sort_unstable_by(by_key)),
        None => order.sort_unstable_by(by_key),
    }
    let mut changes: Vec<Option<(Key, Option<Value>)>> = changes.into_iter().map(Some).collect();
    order
        .iter()
        .map(|(_, place)| changes[*place as usize].take().expect("each place stands once in the order"))
        .collect()
}

/// A key's first bytes as a number, padded with zeros: it orders as the key does, where it differs.
fn beginning(key: &Key) -> u128 {
    let mut bytes = [0; 16];
    let key = key.as_bytes();
    let len = key.len().min(16);
    bytes[..len].copy_from_slice(&key[..len]);
    u128::from_be_bytes(bytes)
}
