//! A chain of one validator in a temporary folder, and a server over it on free ports.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use alloy_primitives::{Address, B256, Bytes, U256};
use parking_lot::Mutex;
use seiza_chain::modules::bank::{Balance, BankGenesis};
use seiza_chain::modules::exchange::ExchangeGenesis;
use seiza_chain::modules::{auth, bank};
use seiza_chain::{Cancel, Chain, Genesis, GenesisValidator, Hints, Mode};
use seiza_mempool::{LaneUpdate, Limits, Pool, SelectLimits};
use seiza_rpc::{Backend, Execution, Executions, Notifier, Parts, Peers, ServerConfig, ServerHandle, serve};
use seiza_storage::{Options, Storage};
use seiza_types::{Time, ValidatorKey, VerifiedTx, sign_commit};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::client;
use crate::wallet::Wallet;

pub(crate) const EVM_CHAIN_ID: u64 = 713_714;
pub(crate) const SEI: u64 = 1_000_000_000_000_000_000;
/// Time of genesis, seconds since 1970; each block is a second later.
pub(crate) const START: i64 = 1_700_000_000;

pub(crate) struct World {
    pub(crate) chain: Arc<Chain>,
    pub(crate) pool: Arc<Mutex<Pool>>,
    notifier: Notifier,
    executions: Executions,
    seconds: Arc<AtomicI64>,
    key: ValidatorKey,
    server: Option<ServerHandle>,
    runtime: Runtime,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(&[1, 2, 3, 4].map(Wallet::new))
    }

    /// A world in which these own 1,000 SEI each.
    pub(crate) fn with(rich: &[Wallet]) -> Self {
        Self::founded(rich, |_| {})
    }

    /// The same, with a founding document that says more.
    pub(crate) fn founded(rich: &[Wallet], more: impl FnOnce(&mut Genesis)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = ValidatorKey::from_seed([7; 32]);
        let storage = Storage::open(folder.path(), Options::without_fsync()).unwrap();
        let mut genesis = genesis(&key, rich);
        more(&mut genesis);
        let chain = Arc::new(Chain::open(storage, genesis).unwrap());
        let pool = Arc::new(Mutex::new(Pool::new(Limits::default())));
        let notifier = Notifier::new(0);
        let seconds = Arc::new(AtomicI64::new(START));
        let executions = Executions::default();
        let clock = seconds.clone();
        let backend = Backend::new(Parts {
            chain: chain.clone(),
            pool: pool.clone(),
            notifier: notifier.clone(),
            clock: Arc::new(move || Time::from_unix_timestamp(clock.load(Ordering::SeqCst) + 1, 0).unwrap()),
            on_admitted: Arc::new(|_, _| {}),
            peers: Arc::new(Peers::default),
            executions: executions.clone(),
            footprints: None,
        });
        let runtime = Runtime::new().unwrap();
        let free = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        let config = ServerConfig { http: free, ws: free, ..ServerConfig::default() };
        let server = runtime.block_on(serve(config, Arc::new(backend))).unwrap();
        Self { chain, pool, notifier, executions, seconds, key, server: Some(server), runtime, _folder: folder }
    }

    pub(crate) fn http(&self) -> SocketAddr {
        self.server.as_ref().unwrap().http_address().unwrap()
    }

    pub(crate) fn ws(&self) -> SocketAddr {
        self.server.as_ref().unwrap().ws_address().unwrap()
    }

    /// The whole answer to one call.
    pub(crate) fn answer(&self, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        client::post(self.http(), &request.to_string()).json()
    }

    /// The result of one call.
    pub(crate) fn call(&self, method: &str, params: Value) -> Value {
        let mut answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Code and message of a call that fails.
    pub(crate) fn fails(&self, method: &str, params: Value) -> (i64, String) {
        let answer = self.answer(method, params);
        let error = &answer["error"];
        assert!(error.is_object(), "{method} did not fail: {answer}");
        (error["code"].as_i64().unwrap(), error["message"].as_str().unwrap().to_owned())
    }

    /// Sends raw transactions that are taken; their hashes.
    pub(crate) fn send(&self, raws: &[Bytes]) -> Vec<B256> {
        let send = |raw: &Bytes| self.call("eth_sendRawTransaction", json!([raw]));
        raws.iter().map(|raw| serde_json::from_value(send(raw)).unwrap()).collect()
    }

    /// Sends raw transactions and mines one block of them.
    pub(crate) fn include(&self, raws: &[Bytes]) -> Vec<B256> {
        let hashes = self.send(raws);
        self.mine();
        hashes
    }

    /// Mines one block of what the pool selects.
    pub(crate) fn mine(&self) {
        let txs = self.pool.lock().select(1, SelectLimits { gas: 30_000_000, ..SelectLimits::default() });
        self.mine_exactly(txs);
    }

    /// Mines one block of these.
    pub(crate) fn mine_exactly(&self, txs: Vec<VerifiedTx>) {
        let seconds = self.seconds.fetch_add(1, Ordering::SeqCst) + 1;
        let time = Time::from_unix_timestamp(seconds, 0).unwrap();
        let block = self.chain.build(txs, time, self.key.address(), vec![]);
        let parent = self.chain.head_overlay();
        let mode = Mode::Optimistic { workers: 2.try_into().unwrap() };
        let executed = self.chain.execute(&parent, &block, Hints::None, mode, &Cancel::default()).unwrap();
        self.executions.record(Execution {
            height: block.height(),
            mode,
            txs: block.txs().len(),
            learned: 0,
            took: Duration::from_millis(7),
            stats: executed.stats.clone(),
        });
        let certificate = sign_commit(&block, 0, &block.header.chain_id, &self.key);
        self.chain.decide(&block, &certificate).unwrap();
        let head = self.chain.commit(executed).unwrap();
        let lanes: BTreeSet<Address> = block.txs().iter().map(|tx| tx.signer.address).collect();
        let update = |lane: Address| LaneUpdate {
            lane,
            nonce: auth::nonce(&head.state, &lane).unwrap(),
            balance: bank::native_balance(&head.state, &lane).unwrap(),
        };
        let updates: Vec<LaneUpdate> = lanes.into_iter().map(update).collect();
        let hashes: Vec<B256> = block.txs().iter().map(|tx| tx.hash).collect();
        self.pool.lock().included(&updates, &hashes);
        self.notifier.committed(head.height);
    }

    /// Mines a block that creates a contract with this runtime code (32 bytes at most); its address.
    pub(crate) fn deploy(&self, wallet: &Wallet, nonce: u64, runtime: &[u8]) -> Address {
        let raw = wallet.send(nonce, alloy_primitives::TxKind::Create, 0, creation(runtime), 200_000);
        let hash = self.include(&[raw])[0];
        let receipt = self.call("eth_getTransactionReceipt", json!([hash]));
        assert_eq!(receipt["status"], "0x1", "{receipt}");
        serde_json::from_value(receipt["contractAddress"].clone()).unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop(Duration::from_secs(2)));
        }
    }
}

/// Code that creates a contract with this runtime code.
pub(crate) fn creation(runtime: &[u8]) -> Bytes {
    let length = u8::try_from(runtime.len()).unwrap();
    assert!((1..=32).contains(&length));
    let mut code = vec![0x5f + length];
    code.extend_from_slice(runtime);
    code.extend_from_slice(&[0x5f, 0x52, 0x60, length, 0x60, 32 - length, 0xf3]);
    code.into()
}

fn genesis(key: &ValidatorKey, rich: &[Wallet]) -> Genesis {
    let balance = |wallet: &Wallet| Balance {
        address: wallet.address(),
        denom: "usei".into(),
        amount: U256::from(1_000 * u128::from(SEI)),
    };
    Genesis {
        chain_id: "seiza-test-1".into(),
        evm_chain_id: EVM_CHAIN_ID,
        time: Time::from_unix_timestamp(START, 0).unwrap(),
        block_gas_max: 30_000_000,
        fees: Default::default(),
        bank: BankGenesis { balances: rich.iter().map(balance).collect() },
        exchange: ExchangeGenesis { listing_deposit: 0, ..ExchangeGenesis::default() },
        validators: vec![GenesisValidator { public_key: key.public_key(), power: 10 }],
        validator_changes: vec![],
    }
}
