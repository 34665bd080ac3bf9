//! The head moves between the check of a transaction and its insertion: the pool never keeps what the old head said.

use std::sync::Arc;

use alloy_consensus::{SignableTransaction as _, TxEip1559};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_primitives::{Signature, TxKind};
use parking_lot::Mutex;
use secp256k1::{Message, SECP256K1, SecretKey};
use seiza_chain::modules::bank::{Balance, BankGenesis};
use seiza_chain::modules::{auth, bank};
use seiza_chain::{Cancel, Chain, Genesis, GenesisValidator, Hints, Mode};
use seiza_mempool::{LaneUpdate, Limits, Pool};
use seiza_storage::{Options, Storage};
use seiza_types::tx::{EvmTx, Signer};
use seiza_types::{Time, Tx, ValidatorKey, sign_commit};

use crate::backend::{Backend, Parts, Peers};
use crate::{Address, Bytes, Executions, Failure, Footprints, Notifier, U256};

const EVM_CHAIN_ID: u64 = 713_714;
const START: i64 = 1_700_000_000;

struct World {
    backend: Backend,
    key: ValidatorKey,
    _folder: tempfile::TempDir,
}

impl World {
    /// A chain at genesis on which the sender of [`transfer`] is rich, and an empty pool.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = ValidatorKey::from_seed([7; 32]);
        let storage = Storage::open(folder.path(), Options::without_fsync()).unwrap();
        let backend = Backend::new(Parts {
            chain: Arc::new(Chain::open(storage, genesis(&key)).unwrap()),
            pool: Arc::new(Mutex::new(Pool::new(Limits::default()))),
            notifier: Notifier::new(0),
            clock: Arc::new(|| time(9)),
            on_admitted: Arc::new(|_, _| {}),
            peers: Arc::new(Peers::default),
            executions: Executions::default(),
            footprints: Some(Footprints::default()),
        });
        Self { backend, key, _folder: folder }
    }

    /// Commits a block of one transaction, then tells the pool of its sender's lane, as node does.
    fn commit(&self, raw: &Bytes) {
        let Parts { chain, pool, .. } = &self.backend.parts;
        let tx = Tx::decode(raw).unwrap().verify(chain.rules()).unwrap();
        let (lane, hash) = (tx.signer.address, tx.hash);
        let block = chain.build(vec![tx], time(1), self.key.address(), vec![]);
        let executed =
            chain.execute(&chain.head_overlay(), &block, Hints::None, Mode::Sequential, &Cancel::default()).unwrap();
        chain.decide(&block, &sign_commit(&block, 0, &block.header.chain_id, &self.key)).unwrap();
        let state = &chain.commit(executed).unwrap().state;
        let (nonce, balance) = (auth::nonce(state, &lane).unwrap(), bank::native_balance(state, &lane).unwrap());
        pool.lock().included(&[LaneUpdate { lane, nonce, balance }], &[hash]);
    }

    /// How many transactions are executable, and how many wait.
    fn counts(&self) -> (usize, usize) {
        let counts = self.backend.parts.pool.lock().counts();
        (counts.pending, counts.queued)
    }
}

fn time(seconds: i64) -> Time {
    Time::from_unix_timestamp(START + seconds, 0).unwrap()
}

fn genesis(key: &ValidatorKey) -> Genesis {
    let address = Signer::from_public_key(&secret().public_key(SECP256K1)).address;
    let amount = U256::from(10).pow(U256::from(21));
    Genesis {
        chain_id: "seiza-test-1".into(),
        evm_chain_id: EVM_CHAIN_ID,
        time: time(0),
        block_gas_max: 30_000_000,
        fees: Default::default(),
        bank: BankGenesis { balances: vec![Balance { address, denom: "usei".into(), amount }] },
        exchange: Default::default(),
        validators: vec![GenesisValidator { public_key: key.public_key(), power: 10 }],
        validator_changes: vec![],
    }
}

fn secret() -> SecretKey {
    SecretKey::from_byte_array([1; 32]).unwrap()
}

/// One sender's transfer of a wei.
fn transfer(nonce: u64) -> Bytes {
    signed(plain(nonce))
}

/// One sender's call with data, which might run code.
fn call(nonce: u64, gwei: u128) -> Bytes {
    let (tip, cap) = (gwei * 1_000_000_000, (gwei + 1) * 1_000_000_000);
    let input = Bytes::from_static(&[1]);
    signed(TxEip1559 { input, gas_limit: 50_000, max_priority_fee_per_gas: tip, max_fee_per_gas: cap, ..plain(nonce) })
}

fn plain(nonce: u64) -> TxEip1559 {
    TxEip1559 {
        chain_id: EVM_CHAIN_ID,
        nonce,
        gas_limit: 21_000,
        max_fee_per_gas: 2_000_000_000,
        max_priority_fee_per_gas: 1_000_000_000,
        to: TxKind::Call(Address::repeat_byte(0x99)),
        value: U256::from(1),
        ..TxEip1559::default()
    }
}

fn signed(tx: TxEip1559) -> Bytes {
    let signature = SECP256K1.sign_ecdsa_recoverable(Message::from_digest(tx.signature_hash().0), &secret());
    let (id, compact) = signature.serialize_compact();
    let signature = Signature::from_bytes_and_parity(&compact, i32::from(id) == 1);
    EvmTx::from(tx.into_signed(signature)).encoded_2718().into()
}

#[test]
fn a_nonce_from_before_the_last_block_is_never_kept() {
    let world = World::new();
    let checked = world.backend.verify(Ok(transfer(1)));
    assert_eq!(checked.as_ref().unwrap().admission.state_nonce, 0, "checked at genesis");
    world.commit(&transfer(0));
    assert!(world.backend.admit(vec![checked], super::Source::Client)[0].is_ok());
    assert_eq!(world.counts(), (1, 0), "nothing stands before it any more");
}

#[test]
fn a_lane_that_the_block_settled_keeps_its_nonce() {
    let world = World::new();
    let [first, third] = [transfer(0), transfer(2)];
    assert!(world.backend.submit(vec![Ok(first.clone()), Ok(third)]).iter().all(Result::is_ok));
    assert_eq!(world.counts(), (1, 1));
    let checked = world.backend.verify(Ok(transfer(1)));
    world.commit(&first);
    assert!(world.backend.admit(vec![checked], super::Source::Client)[0].is_ok());
    assert_eq!(world.counts(), (2, 0), "the gap is closed");
}

#[test]
fn what_the_last_block_included_is_refused() {
    let world = World::new();
    let checked = world.backend.verify(Ok(transfer(0)));
    world.commit(&transfer(0));
    let refused = world.backend.admit(vec![checked], super::Source::Client).remove(0).unwrap_err();
    assert!(matches!(&refused, Failure::Rejected(text) if text.starts_with("nonce too low")), "{refused}");
    assert_eq!(world.counts(), (0, 0));
}

#[test]
fn what_a_call_touches_is_learned_and_forgotten_with_it() {
    let world = World::new();
    let footprints = world.backend.parts.footprints.clone().unwrap();
    let submit = |raw: Bytes| world.backend.submit(vec![Ok(raw)]).remove(0).unwrap();
    submit(transfer(0));
    assert!(footprints.is_empty(), "a payment says itself what it touches");
    let (first, ahead) = (submit(call(1, 1)), submit(call(7, 1)));
    assert_eq!(footprints.len(), 2, "also of one that cannot run yet");
    let second = submit(call(1, 3));
    let known: Vec<bool> = footprints.of([first, ahead, second].into_iter()).iter().map(Option::is_some).collect();
    assert_eq!(known, [false, true, true], "the replaced one is forgotten");
    assert!(world.backend.submit(vec![Ok(call(1, 3))])[0].is_err());
    assert_eq!(footprints.len(), 2, "a refused one leaves nothing");
}
