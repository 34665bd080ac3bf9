//! Jobs' writes taken into one block's changes.

use std::collections::BTreeMap;

use proptest::prelude::*;
use seiza_state::{
    Access, Changeset, Delta, Empty, Key, KeyIndex, KeyRange, Overlay, StateRead, StateWrite, StoreId, Value,
};
use seiza_types::U256;

use super::memory::{Memory, amount, amount_key, any_changeset, any_memory, any_range, bytes_key, pairs};
use super::program::{any_program, run_beside_model};

type Model = BTreeMap<Key, Option<Value>>;

/// Keys enough for an index and for beginnings in common; `n` over 200 gives long ones.
fn key(n: u8) -> Key {
    Key::new(StoreId::Evm, &[&[3; 20], &[n % 8; 30], &[n], &vec![n; usize::from(n / 200) * 40]])
}

/// Changes, each key once, in an order of their own.
fn any_changes(count: usize) -> impl Strategy<Value = Vec<(Key, Option<Value>)>> {
    let change = (any::<u8>(), prop::option::of(any::<[u8; 2]>()));
    prop::collection::vec(change, 0..count).prop_map(|changes| {
        let mut seen = std::collections::BTreeSet::new();
        let firsts = changes.into_iter().filter(|(n, _)| seen.insert(*n));
        firsts.map(|(n, value)| (key(n), value.map(|value| Value::from(&value[..])))).collect()
    })
}

fn check_equal(set: &Changeset, model: &Model) -> Result<(), TestCaseError> {
    prop_assert_eq!((set.len(), set.is_empty()), (model.len(), model.is_empty()));
    for n in 0..=u8::MAX {
        prop_assert_eq!(set.get(&key(n)), model.get(&key(n)));
    }
    prop_assert!(set.iter().eq(model.iter()));
    let range = KeyRange { start: key(9), end: Some(key(60)) };
    prop_assert!(set.range(&range).eq(model.range::<Key, _>(range.bounds())));
    prop_assert_eq!(set, &model.clone().into_iter().collect::<Changeset>());
    Ok(())
}

proptest! {
    /// Lists large and small, with index, order or neither, changed and looked at in any order, against an ordered map.
    #[test]
    fn a_changeset_is_an_ordered_map(
        first in any_changes(80),
        indexed: bool,
        steps in prop::collection::vec((0u8..6, any_changes(40)), 0..8),
    ) {
        let mut model: Model = first.iter().cloned().collect();
        let index = KeyIndex::of(&first);
        let mut set = if indexed { Changeset::from_indexed(first, index) } else { Changeset::from_unordered(first) };
        let stays = |key: &Key, value: &Option<Value>| value.is_some() || key.hash64().is_multiple_of(2);
        for (step, changes) in steps {
            match step {
                0 => check_equal(&set, &model)?,
                1 => check_equal(&set.clone(), &model)?,
                2 => set.retain(stays),
                3 => set.merge(Changeset::from_unordered(changes.clone())),
                _ => changes.iter().cloned().for_each(|(key, value)| set.insert(key, value)),
            }
            match step {
                2 => model.retain(|key, value| stays(key, value)),
                3.. => model.extend(changes),
                _ => {}
            }
        }
        check_equal(&set, &model)?;
    }

    #[test]
    fn jobs_one_after_another_leave_what_one_map_would_hold(
        base in any_memory(),
        programs in prop::collection::vec(any_program(), 0..5),
    ) {
        let mut model = base.clone();
        let mut changes = Changeset::default();
        for program in &programs {
            // Each job sees the block so far, as the next layer would.
            let below = Overlay::new(std::sync::Arc::new(base.clone())).with(std::sync::Arc::new(changes.clone()));
            let mut access = Access::new(&below);
            run_beside_model(&mut access, &mut model, program);
            changes.absorb(access.finish().1, &base).unwrap();
        }
        let mut after = base;
        after.apply(&changes);
        prop_assert_eq!(after, model);
    }

    #[test]
    fn merging_is_applying_one_after_another(base in any_memory(), a in any_changeset(), b in any_changeset()) {
        let mut stepwise = base.clone();
        stepwise.apply(&a);
        stepwise.apply(&b);
        let mut merged = a;
        merged.merge(b);
        let mut at_once = base;
        at_once.apply(&merged);
        prop_assert_eq!(at_once, stepwise);
    }

    #[test]
    fn scanning_over_a_base_is_scanning_what_they_make(
        base in any_memory(),
        changes in any_changeset(),
        range in any_range(),
        limit in 1usize..20,
    ) {
        let mut found = Vec::new();
        changes.scan_over(&base, &range, &mut |key, value| {
            found.push((key.clone(), value.into()));
            found.len() < limit
        }).unwrap();
        let mut after = base;
        after.apply(&changes);
        prop_assert_eq!(found, pairs(&after, &range, limit));
        prop_assert!(changes.range(&range).all(|(key, _)| range.contains(key)));
    }
}

#[test]
fn deltas_of_many_jobs_resolve_against_the_block_then_the_base() {
    let base = Memory([(amount_key(0), amount(100).unwrap())].into());
    let add = |delta| {
        let mut access = Access::new(&base);
        access.add(amount_key(0), delta).unwrap();
        access.finish().1
    };
    let mut changes = Changeset::default();
    changes.absorb(add(Delta::credit(U256::from(5))), &base).unwrap();
    changes.absorb(add(Delta::debit(U256::from(50))), &base).unwrap();
    assert_eq!(changes.get(&amount_key(0)), Some(&amount(55)));
    changes.absorb(add(Delta::debit(U256::from(55))), &base).unwrap();
    assert_eq!(changes.get(&amount_key(0)), Some(&None), "an amount of zero is removed");
    changes.absorb(add(Delta::credit(U256::from(1))), &base).unwrap();
    assert_eq!(changes.get(&amount_key(0)), Some(&amount(1)), "and the base's is not seen again");
}

#[test]
fn an_empty_changeset_changes_nothing() {
    let changes = Changeset::default();
    assert!(changes.is_empty() && changes.iter().next().is_none());
    assert_eq!(changes.get(&bytes_key(0)), None);
    let writes = Access::new(&Empty).finish().1;
    assert!(writes.is_empty());
    let range = KeyRange::store(StoreId::Bank);
    assert!(pairs(&Empty, &range, 9).is_empty());
    assert_eq!(Empty.get(&bytes_key(0)), Ok(None));
}

#[test]
fn merging_prefers_the_later_whichever_is_larger() {
    let set = |pairs: &[(u8, u8)]| -> Changeset {
        pairs.iter().map(|(k, v)| (Key::new(StoreId::Bank, &[&[*k]]), Some(vec![*v].into()))).collect()
    };
    let cases = [
        (set(&[(1, 1)]), set(&[(1, 2), (2, 2), (3, 2)]), set(&[(1, 2), (2, 2), (3, 2)])),
        (set(&[(1, 1), (2, 1), (3, 1)]), set(&[(2, 2)]), set(&[(1, 1), (2, 2), (3, 1)])),
        (set(&[(9, 1)]), set(&[(1, 2), (2, 2)]), set(&[(1, 2), (2, 2), (9, 1)])),
    ];
    for (mut merged, later, expected) in cases {
        merged.merge(later);
        assert_eq!(merged, expected);
    }
}
