//! SeiDB as a node uses it: a decided block, the root of its changes, the commit; two syncs a block.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seiza_state::{Changeset, Key, StateRead as _, StoreId, Value};
use seiza_storage::{BlockResults, Commit, GenesisRecord, Options as StorageOptions, Stats, Storage};
use seiza_types::{B256, Block, U256, ValidatorKey, block_id, data_hash, sign_commit};
use tendermint::block::Header;
use tendermint::block::header::Version;
use tendermint::{AppHash, Hash, Time};

use crate::Options;
use crate::figures::{Figures, disk, memory, written};
use crate::workload::{self, reads, value};

const READS: u64 = 200_000;
/// How far back the past is read.
const BACK: u64 = 1_000;
const PAST_READS: u64 = 20_000;
/// Heights that pruning keeps.
const KEPT: u64 = 100;

fn key(path: &workload::Path) -> Key {
    Key::new(StoreId::Bank, &[path])
}

/// One run.
pub fn run(options: &Options, dir: &Path) -> Figures {
    let mut figures = Figures::default();
    let storage =
        Storage::open(dir, StorageOptions { changed_bytes_max: 1, ..settings(options) }).expect("storage opens");
    let begun = Instant::now();
    found(&storage, options.keys);
    figures.time("genesis", begun.elapsed());
    // A node does not run for long on the memory of its genesis: begin with the state in files.
    wait_for_image(&storage, &mut figures);
    drop(storage);
    let storage = Storage::open(dir, settings(options)).expect("storage opens again");
    commits(&storage, options, &mut figures);
    sizes(dir, &mut figures);
    read(&storage, options, &mut figures);
    prune(&storage, dir, &mut figures);
    drop(storage);
    let begun = Instant::now();
    let storage = Storage::open(dir, settings(options)).expect("storage opens again");
    figures.time("open", begun.elapsed());
    assert_eq!(storage.head().height, options.blocks);
    let (own, _) = memory();
    figures.put("RAM after opening", own);
    figures
}

fn settings(options: &Options) -> StorageOptions {
    StorageOptions { image_dead_percent: options.dead_percent, ..StorageOptions::default() }
}

/// Waits for the whole image of the genesis state.
fn wait_for_image(storage: &Storage, figures: &mut Figures) {
    while storage.stats().images_written == 0 || storage.image_running() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let stats = storage.stats();
    figures.put("bytes a key after a whole image", stats.image_bytes as f64 / stats.keys as f64);
    note_image(&stats, figures);
}

/// Notes the last image's figures under its kind.
fn note_image(stats: &Stats, figures: &mut Figures) {
    let Some(image) = stats.last_image else { return };
    let kind = if image.whole { "whole" } else { "incremental" };
    figures.time(&format!("image, {kind}"), image.time);
    figures.time(&format!("move onto it, {kind}"), image.moving);
    figures.put(&format!("image bytes, {kind}"), image.bytes as f64);
}

fn found(storage: &Storage, keys: u64) {
    let changes: Changeset =
        (0..keys).map(|number| (key(&workload::path(number)), Some(Value::from(&value(number)[..])))).collect();
    let record = GenesisRecord { time: Time::unix_epoch(), meta: "bench".into() };
    storage.init_genesis(record, &changes).expect("genesis is stored");
}

fn commits(storage: &Storage, options: &Options, figures: &mut Figures) {
    let before = written();
    let (mut apart, mut beside, mut decided, mut updates) = (Vec::new(), Vec::new(), Duration::ZERO, 0);
    let (mut images, mut most, mut roots) = (0, 0u64, Vec::new());
    for height in 1..=options.blocks {
        let (changes, block) = (Arc::new(changes(options, height)), empty_block(height));
        updates += changes.len();
        let certificate = sign_commit(&block, 0, &block.header.chain_id, &ValidatorKey::from_seed([1; 32]));
        let begun = Instant::now();
        storage.append_block(&block, &certificate).expect("the block is stored");
        decided += begun.elapsed();
        let running = storage.image_running();
        let begun = Instant::now();
        let app_hash = storage.root_after(std::slice::from_ref(&changes)).expect("the root is computed");
        roots.push(begun.elapsed());
        let results = BlockResults::default();
        storage.commit(Commit { height, changes, results, app_hash }).expect("the block is committed");
        if running || storage.image_running() { &mut beside } else { &mut apart }.push(begun.elapsed());
        if height % 16 == 0 {
            let stats = storage.stats();
            most = most.max(stats.image_bytes);
            if stats.images_written > images {
                images = stats.images_written;
                note_image(&stats, figures);
            }
        }
        if options.pause_ms > 0 {
            std::thread::sleep(Duration::from_millis(options.pause_ms));
        }
    }
    figures.put("images", images as f64);
    figures.put("bytes a key on disk", most as f64 / options.keys as f64);
    figures.latencies("root of it", &mut roots);
    figures.latencies("commit beside an image", &mut beside);
    figures.latencies("commit apart from images", &mut apart);
    let mut times = [apart, beside].concat();
    let total: f64 = times.iter().map(Duration::as_secs_f64).sum();
    figures.put("updates/s", updates as f64 / total);
    figures.put("updates/s with the block log", updates as f64 / (total + decided.as_secs_f64()));
    figures.latencies("commit", &mut times);
    figures.put("bytes written per update", (written() - before) / updates as f64);
}

fn changes(options: &Options, height: u64) -> Changeset {
    let changes = workload::block(height, options.updates, options.keys).into_iter();
    changes.map(|(path, value)| (key(&path), Some(Value::from(&value[..])))).collect()
}

fn sizes(dir: &Path, figures: &mut Figures) {
    figures.put("disk in all", disk(dir));
    let (own, all) = memory();
    figures.put("RAM of its own", own);
    figures.put("RAM with mapped files", all);
}

/// Lets go of all but the last heights, as an operator does who needs room.
fn prune(storage: &Storage, dir: &Path, figures: &mut Figures) {
    let before = disk(dir);
    let begun = Instant::now();
    storage.prune(KEPT).expect("history is pruned");
    figures.time("prune to 100 heights", begun.elapsed());
    figures.put("bytes it let go", before - disk(dir));
}

fn read(storage: &Storage, options: &Options, figures: &mut Figures) {
    let keys: Vec<Key> = reads(READS, options.keys).iter().map(key).collect();
    let state = storage.head().state.clone();
    let begun = Instant::now();
    let found = keys.iter().filter(|key| state.get(key).expect("state is read").is_some()).count();
    figures.time("read at head", begun.elapsed() / READS as u32);
    assert_eq!(found, keys.len());
    let Some(past) = options.blocks.checked_sub(BACK).and_then(|height| storage.at(height)) else { return };
    let keys = &keys[..PAST_READS as usize];
    let begun = Instant::now();
    let found = keys.iter().filter(|key| past.get(key).expect("the past is read").is_some()).count();
    figures.time("read 1,000 blocks back", begun.elapsed() / PAST_READS as u32);
    assert_eq!(found, keys.len());
}

/// A block of no transactions.
fn empty_block(height: u64) -> Block {
    let header = Header {
        version: Version { block: 11, app: 0 },
        chain_id: "seiza-bench-1".parse().expect("a chain id"),
        height: height.try_into().expect("a height"),
        time: Time::from_unix_timestamp(1_700_000_000 + height as i64, 5).expect("a time"),
        last_block_id: (height > 1).then(|| block_id(B256::from(U256::from(height)))),
        last_commit_hash: None,
        data_hash: Some(Hash::Sha256(data_hash(&[]).0)),
        validators_hash: Hash::Sha256([2; 32]),
        next_validators_hash: Hash::Sha256([2; 32]),
        consensus_hash: Hash::Sha256([3; 32]),
        app_hash: AppHash::try_from(vec![4; 32]).expect("32 bytes"),
        last_results_hash: None,
        evidence_hash: None,
        proposer_address: ValidatorKey::from_seed([1; 32]).address(),
    };
    Block { header, txs: Vec::new(), evidence: Vec::new(), last_commit: None }
}
