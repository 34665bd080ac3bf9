//! What history costs, for people: `cargo test --release -p seiza-storage --test it history_cost -- --ignored --nocapture`.
//! `SEIZA_COST_KEYS` (100,000), `SEIZA_COST_BLOCKS` (2,000) and `SEIZA_COST_CHANGES` (500 a block) say otherwise.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seiza_state::{Changeset, Key, KeyRange, StateRead, StoreId, Value};
use seiza_storage::{BlockResults, Commit, GenesisRecord, Options, Storage};

use crate::chain::*;

const READS: u64 = 20_000;
const BACK: u64 = 1_000;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A key of 33 bytes with its store: nothing in it repeats.
fn account(number: u64) -> Key {
    let mut dice = Dice(number);
    let words: Vec<u8> = (0..4).flat_map(|_| dice.below(u64::MAX).to_be_bytes()).collect();
    Key::new(StoreId::Evm, &[&words])
}

/// What a value is made of: bytes that cannot be packed, or an amount as balances have it.
fn amount(dice: &mut Dice, packable: bool) -> Value {
    let mut bytes = [0; 32];
    let from = if packable { 3 } else { 0 };
    for word in bytes.chunks_exact_mut(8).skip(from) {
        word.copy_from_slice(&dice.below(u64::MAX).to_be_bytes());
    }
    Value::from(&bytes[..])
}

fn bytes(folder: &Path) -> u64 {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

/// Grows a chain; answers the bytes of keys and new values that were changed.
fn grow(storage: &Storage, packable: bool) -> u64 {
    let (keys, changes) = (setting("SEIZA_COST_KEYS", 100_000), setting("SEIZA_COST_CHANGES", 500));
    let mut dice = Dice(7);
    let founding = (0..keys).map(|number| (account(number), Some(amount(&mut dice, packable)))).collect();
    storage.init_genesis(GenesisRecord { time: genesis().0.time, meta: "cost".into() }, &founding).unwrap();
    let mut raw = 0;
    for height in 1..=setting("SEIZA_COST_BLOCKS", 2_000) {
        let one = |_| (account(dice.below(keys)), Some(amount(&mut dice, packable)));
        let changes: Arc<Changeset> = Arc::new((0..changes).map(one).collect());
        let size =
            |(key, value): (&Key, &Option<Value>)| key.as_bytes().len() + value.as_ref().map_or(0, |value| value.len());
        raw += changes.iter().map(size).sum::<usize>() as u64;
        let block = block(height);
        storage.append_block(&block, &certificate(&block)).unwrap();
        let app_hash = storage.root_after(std::slice::from_ref(&changes)).unwrap();
        let results = BlockResults::default();
        storage.commit(Commit { height, changes, results, app_hash }).unwrap();
    }
    raw
}

fn reads(what: &str, state: &impl StateRead) {
    let (mut dice, keys) = (Dice(3), setting("SEIZA_COST_KEYS", 100_000));
    let keys: Vec<Key> = (0..READS).map(|_| account(dice.below(keys))).collect();
    let each = |run: &str| {
        let begun = Instant::now();
        keys.iter().for_each(|key| drop(state.get(key).unwrap()));
        println!("  {what:24} {run:6} {:>9.2?} a point read", begun.elapsed() / u32::try_from(READS).unwrap());
    };
    each("first");
    each("again");
    let begun = Instant::now();
    let mut found = 0u32;
    state
        .scan(&KeyRange::store(StoreId::Evm), &mut |_, _| {
            found += 1;
            true
        })
        .unwrap();
    let took = begun.elapsed();
    println!("  {what:24} scan of {found} keys {took:.2?}, {:.2?} each", took / found.max(1));
}

fn measure(packable: bool) {
    let dir = tempfile::tempdir_in(std::env::var("SEIZA_COST_DIR").unwrap_or_else(|_| "/tmp".into())).unwrap();
    let storage = Storage::open(dir.path(), Options::without_fsync()).unwrap();
    println!("values that {} be packed", if packable { "can" } else { "cannot" });
    let begun = Instant::now();
    let raw = grow(&storage, packable);
    println!("  {:.2?} for {} heights", begun.elapsed(), storage.head().height);
    crate::crash::wait_for("the index", || storage.at(storage.head().height - 100).is_some());
    std::thread::sleep(Duration::from_secs(2));
    let index = bytes(&dir.path().join("index"));
    let entries = index as f64 / raw as f64;
    println!(
        "  history {index} bytes in {} files, {raw} bytes changed: {entries:.3} x",
        fs::read_dir(dir.path().join("index")).unwrap().count()
    );
    let head = storage.head();
    reads("at the head", &head.state);
    reads("1,000 blocks back", &storage.at(head.height - BACK).unwrap());
    let begun = Instant::now();
    let done = storage.compact(&|_| ()).unwrap();
    println!("  compacted {:?} files, {:?} bytes in {:.2?}", done.files, done.bytes, begun.elapsed());
    reads("1,000 back, compacted", &storage.at(head.height - BACK).unwrap());
    drop(storage);
    prune_time(dir.path());
}

/// Pruning half of what is there, in files of a quarter of that.
fn prune_time(dir: &Path) {
    let storage = Storage::open(dir, Options { segment_bytes: 4 << 20, ..Options::without_fsync() }).unwrap();
    let files = || {
        ["blocks", "changes", "index"].iter().map(|name| fs::read_dir(dir.join(name)).unwrap().count()).sum::<usize>()
    };
    let (before, begun) = (files(), Instant::now());
    let earliest = storage.prune(storage.head().height / 8).unwrap();
    println!("  pruned to height {earliest}: {} files in {:.2?}", before - files(), begun.elapsed());
}

#[test]
#[ignore = "measures; run it alone and optimised"]
fn history_cost() {
    measure(false);
    measure(true);
}
