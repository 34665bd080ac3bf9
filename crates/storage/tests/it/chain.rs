//! A little chain: makes blocks, changes and results that fit each other, and a model of what storage then has to answer.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use seiza_state::{Changeset, Key, KeyRange, STORES, StateRead, StoreId, Value};
use seiza_storage::{BlockResults, Commit, GenesisRecord, Options, Storage, StorageError};
use seiza_types::exchange::{FeeAsset, FillEvent, MarketId, MarketOutcome, OrderRef, OrderSide, VenueId};
use seiza_types::{
    Address, B256, Block, Certificate, Code, Height, Log, Receipt, U256, ValidatorKey, block_id, data_hash, sign_commit,
};
use tendermint::block::Header;
use tendermint::block::header::Version;
use tendermint::{AppHash, Hash, Time};

/// A whole state.
pub(crate) type Model = BTreeMap<Key, Value>;

/// Random numbers from a seed, the same everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// A bank key.
pub(crate) fn key(number: u64) -> Key {
    Key::new(StoreId::Bank, &[&number.to_be_bytes()])
}

/// A value that says what it is.
pub(crate) fn value(text: &str) -> Value {
    Value::from(text.as_bytes())
}

/// The genesis of test chains: ten keys.
pub(crate) fn genesis() -> (GenesisRecord, Changeset) {
    let time = Time::from_unix_timestamp(1_700_000_000, 0).unwrap();
    let changes = (0..10).map(|n| (key(n), Some(value(&format!("genesis {n}"))))).collect();
    (GenesisRecord { time, meta: "test chain".into() }, changes)
}

/// What every height of a seeded chain changes: some sets, some removals, over a few hundred keys of all stores.
pub(crate) fn changes(seed: u64, height: Height) -> Changeset {
    let mut dice = Dice(seed ^ height.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let mut changes = Changeset::default();
    for _ in 0..dice.below(30) {
        let store = STORES[usize::try_from(dice.below(4)).unwrap()];
        let path = dice.below(200).to_be_bytes();
        let length = usize::try_from(dice.below(3)).unwrap();
        let key = Key::new(store, &[&path[..=length + 5]]);
        let removed = dice.below(4) == 0;
        changes.insert(key, (!removed).then(|| value(&format!("{height} {}", dice.below(1 << 40)))));
    }
    changes
}

/// Applies changes to a model.
pub(crate) fn apply(model: &mut Model, changes: &Changeset) {
    for (key, value) in changes.iter() {
        match value {
            Some(value) => model.insert(key.clone(), value.clone()),
            None => model.remove(key),
        };
    }
}

/// The models of all heights of a seeded chain, genesis first.
pub(crate) fn models(seed: u64, heights: Height) -> Vec<Model> {
    let mut model = Model::new();
    apply(&mut model, &genesis().1);
    let mut models = vec![model.clone()];
    for height in 1..=heights {
        apply(&mut model, &changes(seed, height));
        models.push(model.clone());
    }
    models
}

/// The transactions of a height: their bytes are their names.
pub(crate) fn txs(height: Height) -> Vec<seiza_types::Bytes> {
    (0..height % 4).map(|index| format!("tx {height}/{index}").into_bytes().into()).collect()
}

/// The hash by which a transaction is found.
pub(crate) fn tx_hash(bytes: &[u8]) -> B256 {
    data_hash(&[bytes.to_vec().into()])
}

/// The block of a height; depends on nothing but the height.
pub(crate) fn block(height: Height) -> Block {
    let txs = txs(height);
    let key = ValidatorKey::from_seed([1; 32]);
    let parent = (height > 1).then(|| block_id(B256::from(U256::from(height))));
    let header = Header {
        version: Version { block: 11, app: 0 },
        chain_id: "seiza-test-1".parse().unwrap(),
        height: height.try_into().unwrap(),
        time: Time::from_unix_timestamp(1_700_000_000 + i64::try_from(height).unwrap(), 5).unwrap(),
        last_block_id: parent,
        last_commit_hash: None,
        data_hash: Some(Hash::Sha256(data_hash(&txs).0)),
        validators_hash: Hash::Sha256([2; 32]),
        next_validators_hash: Hash::Sha256([2; 32]),
        consensus_hash: Hash::Sha256([3; 32]),
        app_hash: AppHash::try_from(vec![4; 32]).unwrap(),
        last_results_hash: None,
        evidence_hash: None,
        proposer_address: key.address(),
    };
    Block { header, txs, evidence: Vec::new(), last_commit: None }
}

/// The certificate of a block.
pub(crate) fn certificate(block: &Block) -> Certificate {
    sign_commit(block, 0, &block.header.chain_id, &ValidatorKey::from_seed([1; 32]))
}

/// The results of a height: one receipt a transaction, a log in every block with transactions.
pub(crate) fn results(height: Height) -> BlockResults {
    let txs = txs(height);
    let receipts: Vec<Receipt> = txs.iter().enumerate().map(|(index, tx)| receipt(height, index as u64, tx)).collect();
    BlockResults {
        base_fee_per_gas: 1_000_000_000 + height,
        gas_used: 21_000 * receipts.len() as u64,
        gas_limit: 30_000_000,
        logs_bloom: Default::default(),
        tx_hashes: receipts.iter().map(|receipt| receipt.tx_hash).collect(),
        receipts,
        outcomes: filled(height).iter().map(|market| outcome(*market)).collect(),
        calls: Vec::new(),
    }
}

/// The markets in which a height fills two orders of account 9.
pub(crate) fn filled(height: Height) -> Vec<MarketId> {
    let markets: &[u32] = if height.is_multiple_of(3) { &[2, 40] } else { &[] };
    markets.iter().copied().map(MarketId).collect()
}

fn outcome(market: MarketId) -> MarketOutcome {
    let fill = FillEvent {
        order: OrderRef([3; 16]),
        owner: Address::repeat_byte(9),
        venue: VenueId::NONE,
        side: OrderSide::Buy,
        price: 5,
        quantity: 2,
        quote: 10,
        remaining: 0,
        fee: 1,
        fee_asset: FeeAsset::Base,
        venue_fee: 0,
        maker: false,
        client_id: 0,
    };
    MarketOutcome { fills: vec![fill; 2], ..MarketOutcome::of(market) }
}

fn receipt(height: Height, index: u64, tx: &[u8]) -> Receipt {
    let log = Log::new_unchecked(Address::ZERO, vec![B256::from(U256::from(height))], tx.to_vec().into());
    Receipt {
        tx_hash: tx_hash(tx),
        evm_type: Some(2),
        sender: Address::repeat_byte(1),
        to: Some(Address::repeat_byte(2)),
        code: Code::Ok,
        gas_wanted: 30_000,
        gas_used: 21_000,
        cumulative_gas_used: 21_000 * (index + 1),
        effective_gas_price: 1_000_000_000,
        contract_address: None,
        first_log_index: index,
        logs: vec![log],
        events: Vec::new(),
        data: seiza_types::Bytes::new(),
    }
}

/// Small files and runs, so that a short test meets every boundary.
pub(crate) fn small() -> Options {
    Options {
        segment_bytes: 8_192,
        run_heights: 5,
        run_bytes: 20_000,
        image_log_bytes: 20_000,
        ..Options::without_fsync()
    }
}

/// Opens a folder and stores the test genesis if it has none.
pub(crate) fn open(dir: &Path, options: Options) -> Storage {
    let storage = reopen(dir, options);
    if storage.genesis().is_none() {
        let (record, changes) = genesis();
        storage.init_genesis(record, &changes).unwrap();
    }
    storage
}

/// Opens again what was just closed. A process that another test starts holds the folder's lock between its fork and its
/// exec, so a locked folder is tried once more.
pub(crate) fn reopen(dir: &Path, options: Options) -> Storage {
    for _ in 0..100 {
        match Storage::open(dir, options.clone()) {
            Err(StorageError::Locked(_)) => std::thread::sleep(std::time::Duration::from_millis(10)),
            opened => return opened.unwrap(),
        }
    }
    panic!("{} stays locked", dir.display())
}

/// Appends and commits one height of a seeded chain.
pub(crate) fn grow(storage: &Storage, seed: u64) -> Result<(), StorageError> {
    let height = storage.head().height + 1;
    let block = block(height);
    storage.append_block(&block, &certificate(&block))?;
    commit(storage, seed)
}

/// Commits the next height of a seeded chain, whose block is decided.
pub(crate) fn commit(storage: &Storage, seed: u64) -> Result<(), StorageError> {
    let height = storage.head().height + 1;
    let changes = Arc::new(changes(seed, height));
    let app_hash = storage.root_after(std::slice::from_ref(&changes))?;
    storage.commit(Commit { height, changes, results: results(height), app_hash })?;
    Ok(())
}

/// Grows a chain to a height.
pub(crate) fn grow_to(storage: &Storage, seed: u64, height: Height) {
    while storage.head().height < height {
        grow(storage, seed).unwrap();
    }
}

/// Everything in a range of a state.
pub(crate) fn scan(state: &impl StateRead, range: &KeyRange) -> Vec<(Key, Value)> {
    let mut found = Vec::new();
    state
        .scan(range, &mut |key, value| {
            found.push((key.clone(), Value::from(value)));
            true
        })
        .unwrap();
    found
}

/// Everything in a state.
pub(crate) fn everything(state: &impl StateRead) -> Vec<(Key, Value)> {
    scan(state, &KeyRange { start: Key::new(STORES[0], &[]), end: None })
}

/// Checks every answer about every height against the models.
pub(crate) fn check(storage: &Storage, models: &[Model]) {
    let head = storage.head();
    let from = storage.earliest();
    for height in from..=head.height {
        let model = &models[usize::try_from(height).unwrap()];
        let Some(state) = storage.at(height) else {
            assert!(height < storage.earliest(), "height {height} of {from}..={}", head.height);
            continue;
        };
        assert_eq!(state.height(), height);
        assert_eq!(everything(&state), model.clone().into_iter().collect::<Vec<_>>(), "state at {height}");
        if height > 0 {
            check_block(storage, height);
        }
    }
    check_blooms(storage);
    assert!(storage.at(head.height + 1).is_none());
    assert!(from == 0 || storage.at(from - 1).is_none());
    assert!(head.height == 0 || storage.at(head.height).is_some());
}

/// Checks every answer about one height's block, which may be pruned meanwhile.
pub(crate) fn check_block(storage: &Storage, height: Height) {
    let expected = block(height);
    let pruned = |what: &str| assert!(height < storage.earliest(), "{what} of height {height}");
    let Some(stored) = storage.block(height).unwrap() else { return pruned("block") };
    assert_eq!(stored.block, expected);
    assert_eq!(stored.hash, expected.hash());
    assert_eq!(stored.certificate, certificate(&expected));
    assert_eq!(stored.results.as_deref(), Some(&results(height)));
    let Some(by_hash) = storage.block_by_hash(&stored.hash).unwrap() else { return pruned("hash") };
    assert_eq!(by_hash, stored);
    for (index, tx) in expected.txs.iter().enumerate() {
        let Some(location) = storage.tx(&tx_hash(tx)).unwrap() else { return pruned("transaction") };
        assert_eq!((location.height, location.index as usize), (height, index));
    }
}

fn check_blooms(storage: &Storage) {
    let (first, last) = (storage.earliest(), storage.head().height);
    let mut next = first;
    storage
        .blooms(0..=u64::MAX, &mut |height, bloom| {
            assert!(height == next || (next == first && height <= storage.earliest().max(1)), "{height} after {next}");
            next = height;
            assert_eq!(bloom, results(height).bloom(), "bloom of {height}");
            next += 1;
            true
        })
        .unwrap();
    assert!(next == last + 1 || last == 0, "blooms end below {next}, not at {last}");
}
