//! Chains made in this process, by the very code that makes blocks, so that nobody has to wait for them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use alloy_primitives::{Bytes, U256};
use seiza_chain::{Cancel, Chain, Genesis, Hints, Mode};
use seiza_state::{Changeset, Key, StoreId, Value};
use seiza_storage::{Options, Storage};
use seiza_types::{Tx, ValidatorKey, VerifiedTx, sign_commit};
use serde_json::Value as Json;

use crate::nodes::{seiza, text};
use crate::wallet::{Act, Wallet};

const WORDS: &str = "test test test test test test test test test test test junk";
const TRANSFER_GAS: u64 = 21_000;

/// A chain of one validator in a home.
pub struct World {
    home: PathBuf,
    chain: Chain,
    key: ValidatorKey,
}

impl World {
    /// Founds it.
    pub fn found(home: &Path) -> Self {
        let flags = ["--accounts", "10", "--mnemonic", WORDS, "--balance", "1000000000", "--gas-limit", "200000000"];
        seiza(&[&["init", "--home", text(home)], &flags[..]].concat());
        let read = |name: &str| std::fs::read_to_string(home.join(name)).unwrap();
        let genesis = Genesis::from_json(&read("genesis.json")).unwrap();
        let file: Json = serde_json::from_str(&read("validator_key.json")).unwrap();
        let seed = alloy_primitives::hex::decode(file["seed"].as_str().unwrap()).unwrap();
        let key = ValidatorKey::from_seed(seed.try_into().unwrap());
        let storage = Storage::open(&home.join("data"), Options::default()).unwrap();
        Self { home: home.to_owned(), chain: Chain::open(storage, genesis).unwrap(), key }
    }

    /// One more block; `more` is written besides what its transactions change.
    pub fn block(&self, txs: Vec<VerifiedTx>, more: Changeset) {
        let (chain, height) = (&self.chain, self.chain.head().height);
        let time = (chain.genesis().time + Duration::from_millis(height + 1)).unwrap();
        let block = chain.build(txs, time, self.key.address(), vec![]);
        let mode = Mode::Sequential;
        let mut executed = chain.execute(&chain.head_overlay(), &block, Hints::None, mode, &Cancel::default()).unwrap();
        if more.iter().next().is_some() {
            let mut changes = (*executed.changes).clone();
            for (key, value) in more.iter() {
                changes.insert(key.clone(), value.clone());
            }
            executed.changes = Arc::new(changes);
            executed.app_hash = chain.storage().root_after(std::slice::from_ref(&executed.changes)).unwrap();
        }
        chain.decide(&block, &sign_commit(&block, 0, &block.header.chain_id, &self.key)).unwrap();
        chain.commit(executed).unwrap();
    }

    /// Slots of contracts, so many in all, by blocks of 50,000; then a few empty blocks.
    pub fn fill(&self, keys: u64) {
        for first in (0..keys).step_by(50_000) {
            self.block(vec![], (first..(first + 50_000).min(keys)).map(slot).collect());
        }
        (0..3).for_each(|_| self.block(vec![], Changeset::default()));
    }

    /// Blocks of transfers between as many accounts.
    pub fn trade(&self, blocks: u64, txs: u32) {
        let wallets: Vec<Wallet> = (100..100 + txs).map(Wallet::numbered).collect();
        let value = U256::from(1_000_000_000_000_000_000_000_u128);
        let act = |to, value| Act { to: Some(to), value, input: Bytes::new(), gas: TRANSFER_GAS };
        let rich = Wallet::rich();
        let fund = (0..).zip(&wallets).map(|(nonce, to)| rich.sign(nonce, act(to.address, value)).raw);
        self.block(self.verified(fund), Changeset::default());
        for nonce in 0..blocks {
            let to = |index: usize| wallets[(index + 1) % wallets.len()].address;
            let raws = wallets.iter().enumerate().map(|(index, from)| from.sign(nonce, act(to(index), U256::ONE)).raw);
            self.block(self.verified(raws), Changeset::default());
        }
    }

    fn verified(&self, raws: impl Iterator<Item = Bytes>) -> Vec<VerifiedTx> {
        let verified = |raw: Bytes| Tx::decode(&raw).unwrap().verify(self.chain.rules()).unwrap();
        raws.map(verified).collect()
    }

    /// Height and bytes of the folder.
    pub fn height(&self) -> u64 {
        self.chain.head().height
    }

    /// Closes it; the home stays.
    pub fn close(self) -> PathBuf {
        self.home
    }
}

/// A home of another node of the chain; with the chain's data, or without.
pub fn join(of: &Path, home: &Path, with_data: bool) {
    let genesis = of.join("genesis.json");
    seiza(&["init", "--home", text(home), "--genesis", text(&genesis)]);
    if with_data {
        copy(&of.join("data"), &home.join("data"));
    }
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        std::fs::copy(from, to).unwrap();
        return;
    }
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

/// A slot of one of many contracts: a key of 53 bytes, a value of 32, like those of an EVM.
fn slot(number: u64) -> (Key, Option<Value>) {
    let contract = alloy_primitives::keccak256((number / 1_000).to_be_bytes());
    let place = alloy_primitives::keccak256(number.to_be_bytes());
    let value = alloy_primitives::keccak256(place);
    (Key::new(StoreId::Evm, &[&[0x7f], &contract[..20], place.as_slice()]), Some(Value::from(value.as_slice())))
}
