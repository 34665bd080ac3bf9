//! SeiDB as a node uses it: a decided block, the root of its changes, the commit; two syncs a block.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seiza_state::{Changeset, Key, StateRead as _, StoreId, Value};
use seiza_storage::{BlockResults, Commit, GenesisRecord, Options as StorageOptions, Storage};
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

fn key(path: &workload::Path) -> Key {
    Key::new(StoreId::Bank, &[path])
}

/// One run.
pub fn run(options: &Options, dir: &Path) -> Figures {
    let mut figures = Figures::default();
    let storage = Storage::open(dir, StorageOptions::default()).expect("storage opens");
    let begun = Instant::now();
    found(&storage, options.keys);
    figures.time("genesis", begun.elapsed());
    commits(&storage, options, &mut figures);
    sizes(dir, options, &mut figures);
    read(&storage, options, &mut figures);
    drop(storage);
    let begun = Instant::now();
    let storage = Storage::open(dir, StorageOptions::default()).expect("storage opens again");
    figures.time("open", begun.elapsed());
    assert_eq!(storage.head().height, options.blocks);
    let (own, _) = memory();
    figures.put("RAM after opening", own);
    figures
}

fn found(storage: &Storage, keys: u64) {
    let changes: Changeset = (0..keys)
        .map(|number| (key(&workload::path(number)), Some(Value::from(&value(number)[..]))))
        .collect();
    let record = GenesisRecord { time: Time::unix_epoch(), meta: "bench".into() };
    storage.init_genesis(record, &changes).expect("genesis is stored");
}

fn commits(storage: &Storage, options: &Options, figures: &mut Figures) {
    let before = written();
    let (mut times, mut decided, mut updates) = (Vec::new(), Duration::ZERO, 0);
    for height in 1..=options.blocks {
        let changes: Changeset = workload::block(height, options.updates, options.keys)
            .into_iter()
            .map(|(path, value)| (key(&path), Some(Value::from(&value[..]))))
            .collect();
        updates += changes.len();
        let (changes, block) = (Arc::new(changes), empty_block(height));
        let certificate = sign_commit(&block, 0, &block.header.chain_id, &ValidatorKey::from_seed([1; 32]));
        let begun = Instant::now();
        storage.append_block(&block, &certificate).expect("the block is stored");
        decided += begun.elapsed();
        let begun = Instant::now();
        let app_hash = storage.root_after(std::slice::from_ref(&changes)).expect("the root is computed");
        let results = BlockResults::default();
        storage.commit(Commit { height, changes, results, app_hash }).expect("the block is committed");
        times.push(begun.elapsed());
    }
    let total: f64 = times.iter().map(Duration::as_secs_f64).sum();
    figures.put("updates/s", updates as f64 / total);
    figures.put("updates/s with the block log", updates as f64 / (total + decided.as_secs_f64()));
    figures.latencies("commit", &mut times);
    figures.put("bytes written per update", (written() - before) / updates as f64);
}

fn sizes(dir: &Path, options: &Options, figures: &mut Figures) {
    let keys = options.keys as f64;
    figures.put("bytes a key on disk", disk(&dir.join("images")) / keys);
    figures.put("disk in all", disk(dir));
    let (own, all) = memory();
    figures.put("RAM of its own", own);
    figures.put("RAM with mapped files", all);
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
