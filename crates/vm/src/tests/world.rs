//! A small chain without blocks: state in memory, funded users, one transaction after the other.

use std::collections::BTreeMap;

use alloy_sol_types::SolError as _;
use revm::bytecode::opcode::STOP;
use secp256k1::{PublicKey, SECP256K1, SecretKey};
use seiza_modules::{Module as _, auth, bank};
use seiza_state::{Access, Changeset, Key, KeyRange, ReadSet, StateError, StateRead, Value, Visit, WriteSet};
use seiza_types::tx::Signer;
use seiza_types::{Address, Bytes, Code as ResultCode, Denom, Fork, U256};

use crate::evm::{self, BlockContext, CallEnv, Checks, EvmError, TxOutcome};

pub(super) const GWEI: u64 = 1_000_000_000;
pub(super) const CHAIN_ID: u64 = 713_714;

/// State in memory; one key may be out of reach.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    pub(super) pairs: BTreeMap<Key, Value>,
    pub(super) blocked: Option<Key>,
}

impl Memory {
    /// Sets or removes what is under a key.
    pub(super) fn set(&mut self, key: Key, value: Option<Value>) {
        match value {
            Some(value) => self.pairs.insert(key, value),
            None => self.pairs.remove(&key),
        };
    }
}

impl StateRead for Memory {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        if self.blocked.as_ref() == Some(key) {
            return Err(StateError::Blocked(3));
        }
        Ok(self.pairs.get(key).cloned())
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        for (key, value) in self.pairs.range::<Key, _>(range.bounds()) {
            if !visit(key, value) {
                break;
            }
        }
        Ok(())
    }
}

pub(super) struct World {
    pub(super) state: Memory,
    pub(super) block: BlockContext,
    pub(super) reads: ReadSet,
    pub(super) writes: WriteSet,
}

pub(super) fn ether(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

pub(super) fn secret(n: u8) -> SecretKey {
    SecretKey::from_byte_array([n; 32]).unwrap()
}

/// The user with number `n`, 1 or more.
pub(super) fn user(n: u8) -> Signer {
    Signer::from_public_key(&PublicKey::from_secret_key(SECP256K1, &secret(n)))
}

pub(super) fn contract(n: u8) -> Address {
    Address::repeat_byte(0xc0 + n)
}

/// A call by `from` of `to` with everything else plain.
pub(super) fn to(from: &Signer, to: Address, value: U256, input: impl Into<Bytes>) -> CallEnv {
    CallEnv {
        from: from.address,
        to: Some(to),
        gas: 1_000_000,
        gas_price: u128::from(2 * GWEI),
        value,
        input: input.into(),
        chain_id: Some(CHAIN_ID),
        signer: Some(*from),
        ..CallEnv::default()
    }
}

pub(super) fn creation(from: &Signer, value: U256, code: Bytes) -> CallEnv {
    CallEnv { to: None, ..to(from, Address::ZERO, value, code) }
}

impl World {
    /// Prague with Seiza's rules, a base fee of 1 gwei, users 1 to 3 with 100 SEI each.
    pub(super) fn new() -> Self {
        let mut block = BlockContext::new(CHAIN_ID, Fork::Prague, 7, 1_700_000_000);
        block.base_fee = GWEI;
        block.coinbase = Address::repeat_byte(0xcb);
        let (state, reads, writes) = (Memory::default(), ReadSet::default(), WriteSet::default());
        let mut world = Self { state, block, reads, writes };
        world.set(|state| {
            evm::init_genesis(state);
            for n in 1..=3 {
                bank::mint(state, &user(n).address, &Denom::native(), ether(100)).unwrap();
            }
        });
        world
    }

    /// Changes state as genesis would.
    pub(super) fn set(&mut self, change: impl FnOnce(&mut Access<'_>)) {
        let state = self.state.clone();
        let mut access = Access::new(&state);
        change(&mut access);
        let (_, writes) = access.finish();
        self.absorb(writes);
    }

    fn absorb(&mut self, writes: WriteSet) {
        self.writes = writes.clone();
        let mut changes = Changeset::default();
        changes.absorb(writes, &self.state).unwrap();
        for (key, value) in changes.iter() {
            self.state.set(key.clone(), value.clone());
        }
    }

    pub(super) fn install(&mut self, address: Address, code: Bytes) {
        self.set(|state| {
            evm::set_code(state, &address, code);
            evm::set_nonce(state, &address, 1).unwrap();
        });
    }

    pub(super) fn mint(&mut self, address: Address, denom: &str, amount: U256) {
        let denom: Denom = denom.parse().unwrap();
        self.set(|state| bank::mint(state, &address, &denom, amount).unwrap());
    }

    /// Runs a transaction with the sender's next nonce; state changes only where it ran.
    pub(super) fn run(&mut self, env: CallEnv) -> Result<TxOutcome, EvmError> {
        let nonce = auth::nonce(&self.state, &env.from).unwrap();
        self.run_as_is(CallEnv { nonce, ..env })
    }

    pub(super) fn run_as_is(&mut self, env: CallEnv) -> Result<TxOutcome, EvmError> {
        let outcome = self.run_unaudited(env);
        bank::Bank::invariants(&self.state).unwrap();
        outcome
    }

    pub(super) fn run_unaudited(&mut self, env: CallEnv) -> Result<TxOutcome, EvmError> {
        let state = self.state.clone();
        let mut access = Access::new(&state);
        let outcome = evm::execute(&mut access, &self.block, env, Checks::ALL);
        let (reads, writes) = access.finish();
        assert!(outcome.is_ok() || writes.is_empty(), "what does not run writes nothing: {writes:?}");
        self.reads = reads;
        self.absorb(writes);
        outcome
    }

    /// As [`World::run`] where state may be out of reach afterwards: nothing is kept or checked.
    pub(super) fn try_run(&self, env: CallEnv) -> Result<TxOutcome, EvmError> {
        let reachable = Memory { blocked: None, ..self.state.clone() };
        let nonce = auth::nonce(&reachable, &env.from).unwrap();
        let mut access = Access::new(&self.state);
        let outcome = evm::execute(&mut access, &self.block, CallEnv { nonce, ..env }, Checks::ALL);
        assert!(outcome.is_ok() || access.finish().1.is_empty(), "what does not run writes nothing");
        outcome
    }

    /// Runs a transaction that must succeed.
    pub(super) fn succeed(&mut self, env: CallEnv) -> TxOutcome {
        let outcome = self.run(env).unwrap();
        assert_eq!(outcome.code, ResultCode::Ok, "{}", reason(&outcome.output));
        outcome
    }

    /// Runs a transaction that must revert; answers why.
    pub(super) fn revert(&mut self, env: CallEnv) -> String {
        let outcome = self.run(env).unwrap();
        assert_eq!(outcome.code, ResultCode::Reverted);
        reason(&outcome.output)
    }

    pub(super) fn balance(&self, address: Address) -> U256 {
        bank::native_balance(&self.state, &address).unwrap()
    }

    pub(super) fn nonce(&self, address: Address) -> u64 {
        auth::nonce(&self.state, &address).unwrap()
    }

    pub(super) fn slot(&self, address: Address, slot: u64) -> U256 {
        evm::storage(&self.state, &address, &U256::from(slot)).unwrap()
    }
}

/// A revert's reason, as text.
pub(super) fn reason(output: &[u8]) -> String {
    alloy_sol_types::Revert::abi_decode(output).map(|revert| revert.reason).unwrap_or_default()
}

/// Code that does nothing.
pub(super) fn idle() -> Bytes {
    Bytes::from_static(&[STOP])
}
