//! Plain transfers, one after the other on one core: plain revm with an EVM that is re-used, against ours with recorded
//! access, linking, fees and the write set. `cargo bench -p seiza-vm --bench transfer`.
#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use revm::context::{CfgEnv, Context, TxEnv};
use revm::database::InMemoryDB;
use revm::primitives::TxKind;
use revm::primitives::hardfork::SpecId;
use revm::state::AccountInfo;
use revm::{ExecuteEvm as _, MainBuilder as _, MainContext as _};
use seiza_modules::{auth, bank};
use seiza_state::{Access, Empty, Key, KeyRange, StateError, StateRead, StateWrite, Value, Visit};
use seiza_types::{Address, Denom, Fork, U256};
use seiza_vm::evm::{self, BlockContext, CallEnv, Checks};

const SENDERS: u32 = 1_000;
const ROUNDS: u32 = 100;

struct Memory(BTreeMap<Key, Value>);

impl StateRead for Memory {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        Ok(self.0.get(key).cloned())
    }
    fn scan(&self, _: &KeyRange, _: Visit<'_>) -> Result<(), StateError> {
        Ok(())
    }
}

fn address(n: u32) -> Address {
    Address::from_word(alloy_primitives::keccak256(n.to_be_bytes()))
}

fn funds() -> U256 {
    U256::from(10).pow(U256::from(24))
}

fn plain() -> f64 {
    let mut db = InMemoryDB::default();
    for n in 0..2 * SENDERS {
        db.insert_account_info(address(n), AccountInfo { balance: funds(), ..AccountInfo::default() });
    }
    let cfg = CfgEnv::new_with_spec(SpecId::PRAGUE);
    let mut machine = Context::mainnet().with_db(db).with_cfg(cfg).build_mainnet();
    timed(|n| {
        let kind = TxKind::Call(address(n + SENDERS));
        let tx =
            TxEnv { caller: address(n), kind, value: U256::ONE, gas_limit: 21_000, gas_price: 1, ..TxEnv::default() };
        black_box(machine.transact(tx).expect("funded"));
    })
}

fn ours() -> f64 {
    let mut genesis = Access::unrecorded(&Empty);
    for n in 0..2 * SENDERS {
        bank::mint(&mut genesis, &address(n), &Denom::native(), funds()).expect("no overflow");
        auth::set_account(&mut genesis, &address(n), &auth::Account { nonce: 0, public_key: Some([2; 33]) });
    }
    genesis.put(evm::keys::code_hash(&Address::ZERO), vec![1].into());
    let mut state = BTreeMap::new();
    for (key, write) in genesis.finish().1 {
        if let Ok(Some(value)) = write.resolve(&key, || Ok(None)) {
            state.insert(key, value);
        }
    }
    let (state, block) = (Memory(state), BlockContext::new(1, Fork::Prague, 1, 1));
    timed(|n| {
        let to = Some(address(n + SENDERS));
        let env = CallEnv { from: address(n), to, value: U256::ONE, gas: 21_000, gas_price: 1, ..CallEnv::default() };
        let mut access = Access::new(&state);
        black_box(evm::execute(&mut access, &block, env, Checks::ALL).expect("funded"));
        black_box(access.finish());
    })
}

/// Microseconds per transfer: the best of ten passes.
fn timed(mut transfer: impl FnMut(u32)) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..10 {
        let start = Instant::now();
        for _ in 0..ROUNDS / 10 {
            (0..SENDERS).for_each(&mut transfer);
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(SENDERS * (ROUNDS / 10)));
    }
    best
}

fn main() {
    println!("plain revm, re-used     {:.2} us a transfer", plain());
    println!("ours, recorded access   {:.2} us a transfer", ours());
}
