//! Runs against an ordered map.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;
use crate::entry::Entry;

type Model = BTreeMap<(Vec<u8>, Height), Vec<u8>>;

fn spec(dir: &Path, range: (Height, Height)) -> RunSpec<'_> {
    RunSpec { dir, range, level: 0, fsync: false }
}

/// Writes entries as runs of ten heights each.
fn write_all(dir: &Path, model: &Model, heights: Height) -> RunSet {
    let mut set = RunSet::open(dir).unwrap();
    for first in (1..=heights).step_by(10) {
        let range = (first, (first + 9).min(heights));
        let entries = model.iter().filter(|((_, height), _)| (range.0..=range.1).contains(height));
        let entries =
            entries.map(|((key, height), value)| Ok(Entry { key: key.clone(), height: *height, value: value.clone() }));
        set = set.with(write(spec(dir, range), entries).unwrap());
    }
    set
}

fn any_model() -> impl Strategy<Value = Model> {
    let key = prop_oneof![vec(0u8..3, 0..4), vec(any::<u8>(), 0..60)];
    btree_map((key, 1..=85u64), vec(any::<u8>(), 0..400), 0..300)
}

fn flat(model: &Model, start: &[u8], end: Option<&[u8]>) -> Vec<Entry> {
    let inside = |key: &[u8]| key >= start && end.is_none_or(|end| key < end);
    let entry = |((key, height), value): (&(Vec<u8>, Height), &Vec<u8>)| Entry {
        key: key.clone(),
        height: *height,
        value: value.clone(),
    };
    model.iter().filter(|((key, _), _)| inside(key)).map(entry).collect()
}

fn check(set: &RunSet, model: &Model) {
    let keys: BTreeSet<&Vec<u8>> = model.keys().map(|(key, _)| key).collect();
    for key in keys {
        let all: Vec<_> =
            model.range((key.clone(), 0)..=(key.clone(), Height::MAX)).map(|((_, h), v)| (*h, v.clone())).collect();
        assert_eq!(set.all(key).unwrap(), all);
        assert_eq!(set.newest(key).unwrap(), all.last().cloned());
        for height in [0, 1, 9, 10, 11, 40, 84, 85, 100] {
            let first = all.iter().find(|(h, _)| *h > height).map(|(_, value)| value.clone());
            assert_eq!(set.first_above(key, height).unwrap(), first, "{key:?} above {height}");
        }
        let merged = set.range(key, Some(&[2])).unwrap().map(Result::unwrap).collect::<Vec<_>>();
        assert_eq!(merged, flat(model, key, Some(&[2])));
        let mut skipped = set.range(&[], None).unwrap();
        skipped.skip_to(key, 40).unwrap();
        let expected = model.range((key.clone(), 40)..).next().map(|((key, height), _)| (key.clone(), *height));
        assert_eq!(skipped.pop().unwrap().map(|entry| (entry.key, entry.height)), expected);
    }
    assert_eq!(set.range(&[], None).unwrap().map(Result::unwrap).collect::<Vec<_>>(), flat(model, &[], None));
    assert!(set.all(b"never written").unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn runs_equal_an_ordered_map(model in any_model()) {
        let dir = tempfile::tempdir().unwrap();
        let set = write_all(dir.path(), &model, 85);
        check(&set, &model);
        let group = due(set.runs(), None).unwrap().to_vec();
        let merged = set.replaced(merge(&group, dir.path(), false, &|| false).unwrap());
        prop_assert_eq!(merged.runs().len(), 2);
        check(&merged, &model);
        let again = RunSet::open(dir.path()).unwrap();
        prop_assert_eq!(again.runs().len(), 2, "what a merge covers is removed at opening");
        check(&again, &model);
    }
}

fn sample(dir: &Path) -> RunSet {
    let model: Model = (0..600u64).map(|n| (((n / 3).to_be_bytes().to_vec(), n % 30 + 1), vec![7; 20])).collect();
    write_all(dir, &model, 30)
}

#[test]
fn every_flipped_byte_of_a_run_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = sample(dir.path()).runs()[0].path().to_path_buf();
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(29).chain(whole.len() - 80..whole.len()) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let found = Run::open(path.clone()).and_then(|run| run.verify(&mut |_| ()));
        let error = found.err().unwrap_or_else(|| panic!("byte {at} of {}", whole.len())).to_string();
        let format = (8..12).contains(&at) && error.contains("has format");
        assert!(format || error.contains(".run is damaged at byte"), "{error}");
    }
}

#[test]
fn a_missing_run_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let middle = sample(dir.path()).runs()[1].path().to_path_buf();
    std::fs::remove_file(middle).unwrap();
    let error = RunSet::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("begins with height 11"), "{error}");
}

#[test]
fn readers_keep_the_files_they_began_with() {
    let dir = tempfile::tempdir().unwrap();
    let set = sample(dir.path());
    let before = set.range(&[], None).unwrap();
    for run in set.runs() {
        std::fs::remove_file(run.path()).unwrap();
    }
    assert_eq!(before.map(Result::unwrap).count(), 600);
}

#[test]
fn merging_stops_when_asked_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let model: Model = (0..9_000u64).map(|n| ((n.to_be_bytes().to_vec(), n % 80 + 1), vec![])).collect();
    let set = write_all(dir.path(), &model, 80);
    assert!(matches!(merge(set.runs(), dir.path(), false, &|| true), Err(StorageError::Stopped(_))));
    assert_eq!(RunSet::open(dir.path()).unwrap().runs().len(), 8);
}

#[test]
fn merging_respects_levels_and_the_bound_on_heights() {
    let dir = tempfile::tempdir().unwrap();
    let set = write_all(dir.path(), &Model::new(), 70);
    assert!(due(set.runs(), None).is_none(), "seven are not enough");
    let set = set.with(write(spec(dir.path(), (71, 80)), std::iter::empty()).unwrap());
    assert_eq!(due(set.runs(), None).unwrap().len(), 8);
    assert!(due(set.runs(), Some(79)).is_none());
    let mixed = set.with(write(RunSpec { level: 1, ..spec(dir.path(), (81, 90)) }, std::iter::empty()).unwrap());
    assert!(due(&mixed.runs()[1..], None).is_none(), "levels differ");
}
