//! Past states, whatever is done to the files meanwhile: any mixture of commits, reads, scans, prunes, merges and restarts
//! agrees with one map a height.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use seiza_state::{Key, KeyRange, STORES, StateRead, Value};
use seiza_storage::{ArchiveOptions, Options, Storage, TxLocation};
use seiza_types::exchange::MarketId;
use seiza_types::{Address, Height};

use crate::chain::*;
use crate::crash::wait_for;

const SEED: u64 = 61;
const HEIGHTS_MAX: Height = 260;

#[derive(Debug, Clone)]
enum Step {
    Grow(u64),
    Read(u64),
    Scan(u64),
    Prune(u64),
    Compact,
    Reopen,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1u64..30).prop_map(Step::Grow),
        3 => any::<u64>().prop_map(Step::Read),
        3 => any::<u64>().prop_map(Step::Scan),
        1 => (1u64..80).prop_map(Step::Prune),
        1 => Just(Step::Compact),
        1 => Just(Step::Reopen),
    ]
}

/// A key that the chain may have, or a neighbour of one.
fn some_key(dice: &mut Dice) -> Key {
    let store = STORES[usize::try_from(dice.below(4)).unwrap()];
    let path = dice.below(210).to_be_bytes();
    Key::new(store, &[&path[..usize::try_from(5 + dice.below(4)).unwrap()]])
}

/// A height that can be read, and its model.
fn some_height<'a>(storage: &Storage, models: &'a [Model], dice: &mut Dice) -> (Height, &'a Model) {
    let (first, head) = (storage.earliest(), storage.head().height);
    let height = first + dice.below(head - first + 1);
    (height, &models[usize::try_from(height).unwrap()])
}

fn read(storage: &Storage, models: &[Model], dice: &mut Dice) {
    let (height, model) = some_height(storage, models, dice);
    let state = storage.at(height).unwrap();
    for _ in 0..20 {
        let key = some_key(dice);
        assert_eq!(state.get(&key).unwrap(), model.get(&key).cloned(), "{key:?} at {height}");
    }
}

/// Scans a range that is cut off after some pairs: exactly the model's first ones.
fn scan_some(storage: &Storage, models: &[Model], dice: &mut Dice) {
    let (height, model) = some_height(storage, models, dice);
    let (a, b) = (some_key(dice), some_key(dice));
    let range = KeyRange { start: a.clone().min(b.clone()), end: (dice.below(3) > 0).then(|| a.max(b)) };
    let wanted = usize::try_from(1 + dice.below(40)).unwrap();
    let mut found: Vec<(Key, Value)> = Vec::new();
    let mut visit = |key: &Key, value: &[u8]| {
        found.push((key.clone(), Value::from(value)));
        found.len() < wanted
    };
    storage.at(height).unwrap().scan(&range, &mut visit).unwrap();
    let end = range.end.clone().map_or(Bound::Unbounded, Bound::Excluded);
    let inside: Vec<_> = if range.end.as_ref().is_some_and(|end| *end <= range.start) {
        Vec::new()
    } else {
        model.range((Bound::Included(range.start.clone()), end)).collect()
    };
    let expected: Vec<_> = inside.into_iter().take(wanted).map(|(key, value)| (key.clone(), value.clone())).collect();
    assert_eq!(found, expected, "{range:?} at {height}");
}

fn options(archive: Option<&Path>) -> Options {
    let place = |path: &Path| ArchiveOptions { place: path.to_str().unwrap().into(), cache_bytes: 1 << 20 };
    Options { segment_bytes: 3_000, archive: archive.map(place), ..small() }
}

/// Does all steps, then asks for everything.
fn play(steps: &[Step], models: &[Model], archive: Option<&Path>) {
    let dir = tempfile::tempdir().unwrap();
    let mut storage = open(dir.path(), options(archive));
    for step in steps {
        match step {
            Step::Grow(more) => grow_to(&storage, SEED, (storage.head().height + more).min(HEIGHTS_MAX)),
            Step::Read(seed) => read(&storage, models, &mut Dice(*seed)),
            Step::Scan(seed) => scan_some(&storage, models, &mut Dice(*seed)),
            Step::Prune(keep) => {
                let first = storage.prune(*keep).unwrap();
                assert!(first + keep <= storage.head().height.max(first + keep), "{first} is to be kept");
            }
            Step::Compact => drop(storage.compact(&|_| ()).unwrap()),
            Step::Reopen => {
                drop(storage);
                storage = reopen(dir.path(), options(archive));
            }
        }
        assert!(archive.is_none() || storage.earliest() == 0, "an archive keeps all");
    }
    check(&storage, models);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_history_agrees_with_a_map_a_height(steps in vec(any_step(), 1..30), archived: bool) {
        let models = models(SEED, HEIGHTS_MAX);
        let archive = tempfile::tempdir().unwrap();
        play(&steps, &models, archived.then(|| archive.path()));
    }
}

fn runs(dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(dir.join("index")).unwrap().map(|entry| entry.unwrap().path());
    let mut runs: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "run")).collect();
    runs.sort();
    runs
}

#[test]
fn damage_of_a_run_is_named_by_whoever_reads_it() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), options(None));
    grow_to(&storage, SEED, 60);
    drop(storage);
    let path = runs(dir.path()).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    // The first block's content: opening does not read it.
    bytes[40] ^= 1;
    fs::write(&path, bytes).unwrap();
    let storage = reopen(dir.path(), options(None));
    let state = storage.at(1).unwrap();
    let range = KeyRange { start: Key::new(STORES[0], &[]), end: None };
    let error = state.scan(&range, &mut |_, _| true).unwrap_err().to_string();
    assert!(error.contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
    assert!(error.contains("does not match its checksum"), "{error}");
}

#[test]
fn transactions_are_found_by_their_parties() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), options(None));
    grow_to(&storage, SEED, 90);
    let all: Vec<(Height, u32)> = (1..=90)
        .flat_map(|height| (0..txs(height).len()).map(move |index| (height, u32::try_from(index).unwrap())))
        .collect();
    let found = |address: u8, heights: std::ops::RangeInclusive<Height>, most: usize| {
        let mut found = Vec::new();
        let mut visit = |TxLocation { height, index }| {
            found.push((height, index));
            found.len() < most
        };
        storage.txs_of(&Address::repeat_byte(address), heights, &mut visit).unwrap();
        found
    };
    for party in [1, 2] {
        assert_eq!(found(party, 0..=u64::MAX, usize::MAX), all);
        let some: Vec<_> = all.iter().copied().filter(|(height, _)| (13..=84).contains(height)).collect();
        assert_eq!(found(party, 13..=84, usize::MAX), some);
        assert_eq!(found(party, 13..=84, 5), some[..5]);
    }
    assert!(found(3, 0..=u64::MAX, usize::MAX).is_empty());
    storage.prune(20).unwrap();
    let first = storage.earliest();
    assert!(first > 10);
    assert_eq!(
        found(1, 0..=u64::MAX, usize::MAX),
        all.iter().copied().filter(|(h, _)| *h >= first).collect::<Vec<_>>()
    );
}

/// Readers at old heights beside commits, prunes and merges: what they get is right, or the height is gone.
#[test]
fn readers_beside_the_pruner_get_the_truth_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let models = models(SEED, HEIGHTS_MAX);
    let storage = open(dir.path(), options(None));
    grow_to(&storage, SEED, 40);
    let (read, gone) = (AtomicU64::new(0), AtomicU64::new(0));
    let done = AtomicU64::new(0);
    thread::scope(|scope| {
        for number in 0..3 {
            let (storage, models, done, read, gone) = (storage.clone(), &models, &done, &read, &gone);
            scope.spawn(move || {
                let mut dice = Dice(number);
                while done.load(Ordering::Relaxed) == 0 || read.load(Ordering::Relaxed) < 50 {
                    let height = dice.below(storage.head().height + 1);
                    let Some(state) = storage.at(height) else {
                        assert!(height < storage.earliest());
                        gone.fetch_add(1, Ordering::Relaxed);
                        continue;
                    };
                    let model = &models[usize::try_from(height).unwrap()];
                    let keys: BTreeSet<Key> = (0..5).map(|_| some_key(&mut dice)).collect();
                    for key in keys {
                        assert_eq!(state.get(&key).unwrap(), model.get(&key).cloned());
                    }
                    assert_eq!(everything(&state).len(), model.len());
                    read.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for height in 41..=HEIGHTS_MAX {
            grow_to(&storage, SEED, height);
            match height % 10 {
                3 => drop(storage.prune(30).unwrap()),
                7 => drop(storage.compact(&|_| ()).unwrap()),
                _ => {}
            }
        }
        done.store(1, Ordering::Relaxed);
    });
    wait_for("readers", || read.load(Ordering::Relaxed) >= 50);
    check(&storage, &models);
}

#[test]
fn blocks_are_found_by_whose_orders_they_filled() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), options(None));
    grow_to(&storage, SEED, 90);
    let found = |storage: &Storage, owner: u8, heights: std::ops::RangeInclusive<Height>, most: usize| {
        let mut found = Vec::new();
        let mut visit = |height: Height, markets: &[MarketId]| {
            found.push((height, markets.to_vec()));
            found.len() < most
        };
        storage.fills_of(&Address::repeat_byte(owner), heights, &mut visit).unwrap();
        found
    };
    let all = |heights: std::ops::RangeInclusive<Height>| -> Vec<_> {
        heights.filter(|height| !filled(*height).is_empty()).map(|height| (height, filled(height))).collect()
    };
    assert_eq!(found(&storage, 9, 0..=u64::MAX, usize::MAX), all(1..=90));
    assert_eq!(found(&storage, 9, 13..=84, usize::MAX), all(13..=84));
    assert_eq!(found(&storage, 9, 13..=84, 5), all(13..=84)[..5]);
    assert!(found(&storage, 1, 0..=u64::MAX, usize::MAX).is_empty(), "who only sends has no fills");
    drop(storage);
    let storage = open(dir.path(), options(None));
    assert_eq!(found(&storage, 9, 0..=u64::MAX, usize::MAX), all(1..=90), "after a restart");
    storage.prune(20).unwrap();
    let first = storage.earliest();
    assert!(first > 10);
    assert_eq!(found(&storage, 9, 0..=u64::MAX, usize::MAX), all(first..=90));
}
