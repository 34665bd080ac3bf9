//! What things cost, for people: `cargo test --release -p seiza-storage --test it cost -- --ignored --nocapture`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use seiza_state::{Changeset, Key, StateRead as _, StoreId, Value};
use seiza_storage::{BlockResults, Commit, GenesisRecord, Options, Storage};
use seiza_types::{Address, B256, Block, Code, Receipt, U256, data_hash};
use tendermint::Hash;

use crate::chain::*;

/// Keys in the state; `SEIZA_COST_KEYS` says otherwise.
const KEYS_DEFAULT: u64 = 1_000_000;
const BLOCKS: u64 = 40;
const TXS: u64 = 4_700;
const CHANGES: u64 = 14_000;

fn keys() -> u64 {
    std::env::var("SEIZA_COST_KEYS").ok().and_then(|text| text.parse().ok()).unwrap_or(KEYS_DEFAULT)
}

fn account(number: u64) -> Key {
    let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    Key::new(StoreId::Bank, &[&[2], &spread, &spread, &spread[..4], b"usei"])
}

fn amount(number: u64) -> Value {
    Value::from(&U256::from(number).to_be_bytes::<32>()[..])
}

fn heavy_block(height: u64) -> Block {
    let mut block = block(height);
    block.txs =
        (0..TXS).map(|index| [&height.to_be_bytes()[..], &index.to_be_bytes(), &[7; 100]].concat().into()).collect();
    block.header.data_hash = Some(Hash::Sha256(data_hash(&block.txs).0));
    block
}

fn heavy_results(height: u64) -> BlockResults {
    let receipts: Vec<Receipt> = (0..TXS)
        .map(|index| Receipt {
            tx_hash: B256::from(U256::from(height) << 128 | U256::from(index.wrapping_mul(0x9e37_79b9_7f4a_7c15))),
            evm_type: Some(2),
            sender: Address::repeat_byte(1),
            to: Some(Address::repeat_byte(2)),
            code: Code::Ok,
            gas_wanted: 21_000,
            gas_used: 21_000,
            cumulative_gas_used: 21_000 * (index + 1),
            effective_gas_price: 1_000_000_000,
            contract_address: None,
            first_log_index: 0,
            logs: Vec::new(),
            events: Vec::new(),
            data: seiza_types::Bytes::new(),
        })
        .collect();
    let tx_hashes = receipts.iter().map(|receipt| receipt.tx_hash).collect();
    BlockResults { receipts, tx_hashes, ..BlockResults::default() }
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!("{what:28} p50 {:>10.2?}  p90 {:>10.2?}  max {:>10.2?}", at(50), at(90), at(100));
}

#[test]
#[ignore = "measures; run it alone and optimised"]
fn cost() {
    let dir = tempfile::tempdir_in(std::env::var("SEIZA_COST_DIR").unwrap_or_else(|_| "/tmp".into())).unwrap();
    let storage = Storage::open(dir.path(), Options::default()).unwrap();
    let keys = keys();
    let begun = Instant::now();
    let changes: Changeset = (0..keys).map(|number| (account(number), Some(amount(number + 1)))).collect();
    let record = GenesisRecord { time: genesis().0.time, meta: "cost".into() };
    storage.init_genesis(record, &changes).unwrap();
    drop(changes);
    println!("genesis of {keys} keys: {:.2?}", begun.elapsed());
    reads(&storage, "point read at the head");
    let (mut roots, mut appends, mut commits) = (Vec::new(), Vec::new(), Vec::new());
    let mut dice = Dice(1);
    let all = Instant::now();
    for height in 1..=BLOCKS {
        let changes: Changeset =
            (0..CHANGES).map(|_| (account(dice.below(keys)), Some(amount(dice.below(1 << 50) + 1)))).collect();
        let (changes, block, results) = (Arc::new(changes), heavy_block(height), heavy_results(height));
        let certificate = certificate(&block);
        let begun = Instant::now();
        storage.append_block(&block, &certificate).unwrap();
        appends.push(begun.elapsed());
        let begun = Instant::now();
        let app_hash = storage.root_after(std::slice::from_ref(&changes)).unwrap();
        roots.push(begun.elapsed());
        let begun = Instant::now();
        storage.commit(Commit { height, changes, results, app_hash }).unwrap();
        commits.push(begun.elapsed());
    }
    println!("{BLOCKS} blocks of {TXS} txs, {CHANGES} changes: {:.2?} in all", all.elapsed());
    report("append_block", appends);
    report("root_after", roots);
    report("commit", commits);
    reads(&storage, "point read at the head");
    past_reads(&storage);
    drop(storage);
    let begun = Instant::now();
    let storage = Storage::open(dir.path(), Options::default()).unwrap();
    println!("open: {:.2?}, head {}", begun.elapsed(), storage.head().height);
}

fn reads(storage: &Storage, what: &str) {
    let (state, mut dice, count) = (storage.head().state.clone(), Dice(3), keys());
    for (which, first) in [("present", 0), ("absent", count)] {
        let keys: Vec<Key> = (0..200_000).map(|_| account(first + dice.below(count))).collect();
        let begun = Instant::now();
        let found = keys.iter().filter(|key| state.get(key).unwrap().is_some()).count();
        println!("{what:28} {:?} each, {which} ({found} of {} found)", begun.elapsed() / 200_000, keys.len());
    }
}

fn past_reads(storage: &Storage) {
    let Some(state) = storage.at(5) else { return println!("height 5 is not there") };
    let (mut dice, keys) = (Dice(4), keys());
    let begun = Instant::now();
    for _ in 0..20_000 {
        state.get(&account(dice.below(keys))).unwrap();
    }
    println!("{:28} {:?} each", "point read at height 5", begun.elapsed() / 20_000);
}
