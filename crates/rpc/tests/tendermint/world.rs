//! A chain of several validators in a temporary folder, and a Tendermint RPC server over it on a free port.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use alloy_primitives::{Address, B256, Bytes, U256};
use parking_lot::Mutex;
use seiza_chain::modules::bank::{Balance, BankGenesis};
use seiza_chain::modules::{auth, bank};
use seiza_chain::{Cancel, Chain, Genesis, GenesisValidator, GenesisValidatorChange, Hints, Mode, VerifiedBlock};
use seiza_mempool::{LaneUpdate, Limits, Pool, SelectLimits};
use seiza_rpc::{
    Backend, Executions, Notifier, Parts, PeerView, Peers, RoundState, RoundVotes, ServerConfig, ServerHandle,
    TendermintConfig, TendermintHandle, TendermintParts, VoteView, node_id, serve, serve_tendermint,
};
use seiza_storage::{Options, Storage};
use seiza_types::{Certificate, Time, ValidatorKey, ValueId, VoteKind, vote_sign_bytes};
use serde_json::{Value, json};
use tendermint_rpc::client::CompatMode;
use tendermint_rpc::{HttpClient, HttpClientUrl};
use tokio::runtime::Runtime;

use crate::client;
use crate::wallet::Wallet;

pub(crate) const EVM_CHAIN_ID: u64 = 713_714;
pub(crate) const CHAIN_ID: &str = "seiza-test-1";
pub(crate) const SEI: u64 = 1_000_000_000_000_000_000;
/// The block that changes the set: its last validator leaves, and a fifth comes. Effective two heights later.
pub(crate) const CHANGE: u64 = 5;
/// Powers of the first validators.
const POWERS: [u64; 4] = [40, 30, 20, 10];

pub(crate) struct World {
    pub(crate) chain: Arc<Chain>,
    pool: Arc<Mutex<Pool>>,
    notifier: Notifier,
    seconds: Arc<AtomicI64>,
    start: i64,
    keys: Vec<ValidatorKey>,
    server: Option<TendermintHandle>,
    backend: Arc<Backend>,
    ethereum: OnceLock<(SocketAddr, ServerHandle)>,
    pub(crate) runtime: Runtime,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<ValidatorKey> = (1..=5).map(|seed| ValidatorKey::from_seed([seed; 32])).collect();
        // A light client compares with its own clock: the chain began an hour ago.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let start = i64::try_from(now.as_secs()).unwrap() - 3_600;
        let storage = Storage::open(folder.path(), Options::without_fsync()).unwrap();
        let chain = Arc::new(Chain::open(storage, genesis(&keys, start)).unwrap());
        let pool = Arc::new(Mutex::new(Pool::new(Limits::default())));
        let (notifier, seconds) = (Notifier::new(0), Arc::new(AtomicI64::new(start)));
        let clock = seconds.clone();
        let backend = Backend::new(Parts {
            chain: chain.clone(),
            pool: pool.clone(),
            notifier: notifier.clone(),
            clock: Arc::new(move || Time::from_unix_timestamp(clock.load(Ordering::SeqCst) + 1, 0).unwrap()),
            on_admitted: Arc::new(|_, _| {}),
            peers: Arc::new(Peers::default),
            executions: Executions::default(),
            footprints: None,
        });
        let runtime = Runtime::new().unwrap();
        let config = TendermintConfig { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..TendermintConfig::default() };
        let parts = parts(&keys[0], chain.clone());
        let backend = Arc::new(backend);
        let server = runtime.block_on(serve_tendermint(config, backend.clone(), parts)).unwrap();
        Self {
            chain,
            pool,
            notifier,
            seconds,
            start,
            keys,
            server: Some(server),
            backend,
            ethereum: OnceLock::new(),
            runtime,
            _folder: folder,
        }
    }

    /// A world with a few blocks, and transactions of both kinds in the second.
    pub(crate) fn lived() -> Self {
        let world = Self::new();
        world.mine();
        let to = Address::repeat_byte(0x99);
        let ethereum = Wallet::new(1).transfer(0, to, 5);
        let cosmos = crate::cosmos::send(2, 0, [7; 20], 3);
        world.broadcast(&ethereum);
        world.broadcast(&cosmos);
        world.mine();
        world.mine();
        world
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.as_ref().unwrap().address()
    }

    /// Where Ethereum's JSON-RPC over the same chain answers; started when first asked for.
    pub(crate) fn ethereum(&self) -> SocketAddr {
        let start = || {
            let http = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
            let config = ServerConfig { http, ws: None, ..ServerConfig::default() };
            let handle = self.runtime.block_on(serve(config, self.backend.clone())).unwrap();
            (handle.http_address().unwrap(), handle)
        };
        self.ethereum.get_or_init(start).0
    }

    /// Tendermint's own client.
    pub(crate) fn http(&self) -> HttpClient {
        let url: HttpClientUrl = format!("http://{}", self.address()).parse().unwrap();
        HttpClient::builder(url).compat_mode(CompatMode::V0_38).build().unwrap()
    }

    /// The whole answer to one call below a path.
    pub(crate) fn answer_at(&self, path: &str, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let headers = "Content-Type: application/json\r\n";
        client::request(self.address(), &format!("POST {path}"), headers, &request).json()
    }

    pub(crate) fn answer(&self, method: &str, params: Value) -> Value {
        self.answer_at("/", method, params)
    }

    /// The result of one call.
    pub(crate) fn call(&self, method: &str, params: Value) -> Value {
        let mut answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Code and data of a call that fails.
    pub(crate) fn fails(&self, method: &str, params: Value) -> (i64, String) {
        let answer = self.answer(method, params);
        let error = &answer["error"];
        assert!(error.is_object(), "{method} did not fail: {answer}");
        (error["code"].as_i64().unwrap(), error["data"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends a transaction that is taken; its hash.
    pub(crate) fn broadcast(&self, raw: &Bytes) -> String {
        let sent = self.call("broadcast_tx_sync", json!({ "tx": base64(raw) }));
        assert_eq!(sent["code"], 0, "{sent}");
        sent["hash"].as_str().unwrap().to_owned()
    }

    /// Mines one block of what the pool selects, signed by three of the four validators.
    pub(crate) fn mine(&self) {
        let txs = self.pool.lock().select(1, SelectLimits { gas: 30_000_000, ..SelectLimits::default() });
        let seconds = self.seconds.fetch_add(1, Ordering::SeqCst) + 1;
        let time = Time::from_unix_timestamp(seconds, 0).unwrap();
        let block = self.chain.build(txs, time, self.proposer(), vec![]);
        let parent = self.chain.head_overlay();
        let executed = self.chain.execute(&parent, &block, Hints::None, Mode::Sequential, &Cancel::default()).unwrap();
        self.chain.decide(&block, &self.certificate(&block)).unwrap();
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

    pub(crate) fn height(&self) -> u64 {
        self.chain.head().height
    }

    pub(crate) fn start(&self) -> i64 {
        self.start
    }

    fn proposer(&self) -> tendermint::account::Id {
        self.chain.validators().proposer(0).address
    }

    /// A validator's key.
    pub(crate) fn key(&self, index: usize) -> &ValidatorKey {
        &self.keys[index]
    }

    /// Everybody's precommit but that of the weakest.
    fn certificate(&self, block: &VerifiedBlock) -> Certificate {
        let set = self.chain.validators();
        let weakest = set.validators().last().unwrap().address;
        let value = ValueId::of(&block.header);
        let message = vote_sign_bytes(&block.header.chain_id, VoteKind::Precommit, block.height(), 0, Some(value));
        let signs = |key: &&ValidatorKey| key.address() != weakest && set.find(&key.address()).is_some();
        let signatures: Vec<_> =
            self.keys.iter().filter(signs).map(|key| (key.address(), key.sign(&message))).collect();
        let certificate = Certificate::from_signatures(value, block.height(), 0, &set, &signatures);
        certificate.verify(block, &block.header.chain_id, &set).unwrap();
        certificate
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some((_, server)) = self.ethereum.take() {
            self.runtime.block_on(server.stop(Duration::from_secs(2)));
        }
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop(Duration::from_secs(2)));
        }
    }
}

fn parts(key: &ValidatorKey, chain: Arc<Chain>) -> TendermintParts {
    let (vote, validator) = (B256::repeat_byte(0xbb), key.address());
    TendermintParts {
        moniker: "tester".into(),
        node_id: node_id(b"tester"),
        public_key: key.public_key(),
        listen: "tcp://0.0.0.0:26656".into(),
        peers: Arc::new(|| {
            let address = SocketAddr::from(([10, 0, 0, 2], 26_656));
            let (id, connected) = (node_id(b"peer"), Duration::from_secs(9));
            vec![PeerView { id, moniker: "peer".into(), address, outbound: true, connected }]
        }),
        consensus: Arc::new(move || {
            let time = Time::from_unix_timestamp(1_700_000_000, 0).unwrap();
            let view = VoteView { validator, block: Some(vote), signature: [1, 2, 3, 4, 5, 6], time };
            let votes =
                RoundVotes { round: 0, prevotes: vec![Some(view), None, None, None], precommits: vec![None; 4] };
            RoundState {
                height: chain.head().height + 1,
                round: 0,
                step: 4,
                start: time,
                proposal: Some(vote),
                locked: None,
                valid: None,
                votes: vec![votes],
            }
        }),
        syncing: Arc::new(|| false),
        evidence: Arc::new(|_| Ok(())),
    }
}

fn genesis(keys: &[ValidatorKey], start: i64) -> Genesis {
    let rich = |seed: u8| Balance {
        address: Wallet::new(seed).address(),
        denom: "usei".into(),
        amount: U256::from(1_000 * u128::from(SEI)),
    };
    let validator = |(key, power): (&ValidatorKey, u64)| GenesisValidator { public_key: key.public_key(), power };
    Genesis {
        chain_id: CHAIN_ID.into(),
        evm_chain_id: EVM_CHAIN_ID,
        time: Time::from_unix_timestamp(start, 0).unwrap(),
        block_gas_max: 30_000_000,
        fees: Default::default(),
        bank: BankGenesis { balances: [1, 2, 3, 4].map(rich).to_vec() },
        exchange: Default::default(),
        validators: keys[..4].iter().zip(POWERS).map(validator).collect(),
        validator_changes: vec![
            GenesisValidatorChange { height: CHANGE, public_key: keys[4].public_key(), power: 60 },
            GenesisValidatorChange { height: CHANGE, public_key: keys[3].public_key(), power: 0 },
        ],
    }
}

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

pub(crate) fn unbase64(text: &Value) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap()
}
