//! What a scan makes a job depend on.

use seiza_state::{Access, Key, KeyRange, ReadSet, StateRead, StateWrite, StoreId, Value};

use super::memory::{Memory, amount_key, bytes_key, pairs};

fn base() -> Memory {
    Memory((0..4).map(|n| (bytes_key(n), Value::from(&[n][..]))).collect())
}

#[test]
fn a_range_conflicts_with_writes_insertions_and_deletions_inside_it() {
    let base = base();
    let access = Access::new(&base);
    let range = KeyRange { start: bytes_key(1), end: Some(bytes_key(3)) };
    assert_eq!(pairs(&access, &range, usize::MAX).len(), 2);
    let (reads, _) = access.finish();
    assert_eq!(reads, ReadSet { points: [].into(), ranges: vec![range], premises: vec![] });
    let table = [
        (bytes_key(0), false),
        (bytes_key(1), true),
        (amount_key(2), true),
        (bytes_key(2), true),
        (bytes_key(3), false),
        (Key::new(StoreId::Auth, &[]), false),
    ];
    for (key, conflicts) in table {
        assert_eq!(reads.conflicts_with(&key), conflicts, "{key:?}");
    }
}

#[test]
fn a_scan_that_stops_depends_on_nothing_behind() {
    let base = base();
    let access = Access::new(&base);
    assert_eq!(pairs(&access, &KeyRange::store(StoreId::Bank), 2).len(), 2);
    let (reads, _) = access.finish();
    assert!(reads.conflicts_with(&Key::new(StoreId::Bank, &[])));
    assert!(reads.conflicts_with(&bytes_key(1)));
    assert!(!reads.conflicts_with(&bytes_key(1).successor()));
    assert!(!reads.conflicts_with(&bytes_key(2)));
}

#[test]
fn a_scan_that_finds_nothing_depends_on_the_whole_range() {
    let base = Memory::default();
    let access = Access::new(&base);
    let range = KeyRange::prefix(amount_key(1));
    assert!(pairs(&access, &range, 1).is_empty());
    assert!(access.finish().0.conflicts_with(&bytes_key(1)));
}

#[test]
fn a_scan_over_own_writes_depends_on_the_base_all_the_same() {
    let base = base();
    let mut access = Access::new(&base);
    (0..4).for_each(|n| access.put(bytes_key(n), Value::default()));
    access.scan(&KeyRange::store(StoreId::Bank), &mut |_, _| true).unwrap();
    assert!(access.finish().0.conflicts_with(&amount_key(1)), "another key could be inserted between them");
}
