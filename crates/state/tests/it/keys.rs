//! Keys, stores and ranges at their edges.

use proptest::prelude::*;
use seiza_state::{Key, KeyRange, STORES, StoreId};

#[test]
fn stores_have_numbers_and_names_of_their_own() {
    let mut names = std::collections::BTreeSet::new();
    for store in STORES {
        assert_eq!(StoreId::from_byte(store as u8), Some(store));
        assert!(names.insert(store.name()));
        assert_eq!(Key::new(store, &[b"x"]).store(), store);
    }
    assert_eq!((StoreId::from_byte(0), StoreId::from_byte(15), StoreId::from_byte(255)), (None, None, None));
}

#[test]
fn a_key_is_its_store_and_its_path() {
    let key = Key::new(StoreId::Evm, &[b"ab", b"", b"c"]);
    assert_eq!((key.path(), key.as_bytes()), (&b"abc"[..], &b"\x03abc"[..]));
    assert_eq!(format!("{key:?}"), "evm/616263");
    assert_eq!(Key::decode(b"\x03abc"), Some(key));
    for bytes in [&b""[..], b"\x00abc", b"\x0f", b"\xff"] {
        assert_eq!(Key::decode(bytes), None);
    }
}

#[test]
fn a_prefix_of_highest_bytes_has_an_end_all_the_same() {
    // prefix path, path of the end; `None` means the next store begins there
    let table: [(&[u8], Option<&[u8]>); 5] = [
        (b"a", Some(b"b")),
        (b"a\xff", Some(b"b")),
        (b"a\xff\xff", Some(b"b")),
        (b"\xfe\xff", Some(b"\xff")),
        (b"\xff\xff", None),
    ];
    for (prefix, end) in table {
        let end = end.map_or(Key::new(StoreId::Evm, &[]), |end| Key::new(StoreId::Bank, &[end]));
        assert_eq!(KeyRange::prefix(Key::new(StoreId::Bank, &[prefix])).end, Some(end));
    }
}

#[test]
fn the_last_store_s_range_has_no_end_and_shows() {
    let range = KeyRange::store(StoreId::Params);
    assert_eq!(range.end, None);
    assert_eq!(format!("{range:?}"), "KeyRange { start: params/, end: None }");
    assert!(range.contains(&Key::new(StoreId::Params, &[&[0xff; 100]])));
    assert!(!range.contains(&Key::new(StoreId::Wasm, &[&[0xff; 100]])));
}

#[test]
fn every_key_lies_in_its_store_s_range_alone() {
    for store in STORES {
        for path in [&b""[..], b"\x00", b"\xff", &[0xff; 80]] {
            let key = Key::new(store, &[path]);
            let holding: Vec<_> = STORES.iter().filter(|other| KeyRange::store(**other).contains(&key)).collect();
            assert_eq!(holding, [&store]);
        }
    }
}

proptest! {
    #[test]
    fn a_successor_follows_at_once(path in prop::collection::vec(any::<u8>(), 0..70), other: Vec<u8>) {
        let (key, other) = (Key::new(StoreId::Bank, &[&path]), Key::new(StoreId::Bank, &[&other]));
        let next = key.successor();
        prop_assert!(key < next);
        prop_assert!(other <= key || other >= next, "nothing lies between");
    }

    #[test]
    fn bounds_and_contains_agree(keys in prop::collection::btree_set(prop::collection::vec(any::<u8>(), 0..4), 3..20)) {
        let keys: Vec<Key> = keys.iter().map(|path| Key::new(StoreId::Gov, &[path])).collect();
        let set: std::collections::BTreeSet<Key> = keys.iter().cloned().collect();
        for end in [Some(keys[keys.len() - 1].clone()), None] {
            let range = KeyRange { start: keys[1].clone(), end };
            let contained: Vec<_> = keys.iter().filter(|key| range.contains(key)).collect();
            prop_assert_eq!(set.range::<Key, _>(range.bounds()).collect::<Vec<_>>(), contained);
        }
    }
}
