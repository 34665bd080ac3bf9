//! Random transactions: our way through recorded access against plain revm on its own in-memory database.

use std::collections::BTreeMap;

use proptest::prelude::*;
use revm::bytecode::opcode::*;
use revm::context::{CfgEnv, Context, TxEnv};
use revm::database::InMemoryDB;
use revm::primitives::TxKind;
use revm::state::{AccountInfo, Bytecode};
use revm::{ExecuteCommitEvm as _, MainBuilder as _, MainContext as _};
use seiza_types::{Address, Bytes, Code as ResultCode, Fork, U256};

use super::asm::{Code, Kind};
use super::world::{World, creation, ether, to, user};
use crate::evm::{self, CallEnv, FeePolicy};

pub(super) const CONTRACTS: u8 = 4;

pub(super) fn place(n: u8) -> Address {
    Address::repeat_byte(0xd0 + n % CONTRACTS)
}

/// One step of a random contract.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Store(u8, u8),
    Load(u8, u8),
    Transient(u8, u8),
    Call { kind: u8, to: u8, value: u8 },
    Pay { to: u8, value: u8 },
    Create { value: u8, salt: Option<u8>, child: u8 },
    Log(u8),
    Hash { from: u16, len: u8 },
    Observe(u8, u8),
    Destroy(u8),
    Revert,
    Stop,
    Invalid,
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4_u8, 0..3_u8).prop_map(|(slot, value)| Step::Store(slot, value)),
        3 => (0..4_u8, 4..8_u8).prop_map(|(from, to)| Step::Load(from, to)),
        2 => (0..4_u8, 0..3_u8).prop_map(|(slot, value)| Step::Transient(slot, value)),
        6 => (0..3_u8, any::<u8>(), 0..3_u8).prop_map(|(kind, to, value)| Step::Call { kind, to, value }),
        2 => (any::<u8>(), 0..3_u8).prop_map(|(to, value)| Step::Pay { to, value }),
        3 => (0..3_u8, proptest::option::of(0..2_u8), any::<u8>())
            .prop_map(|(value, salt, child)| Step::Create { value, salt, child }),
        2 => any::<u8>().prop_map(Step::Log),
        3 => (prop_oneof![3 => 0..70_u16, 1 => any::<u16>()], any::<u8>()).prop_map(|(from, len)| Step::Hash { from, len }),
        3 => (any::<u8>(), 0..5_u8).prop_map(|(of, what)| Step::Observe(of, what)),
        1 => any::<u8>().prop_map(Step::Destroy),
        1 => Just(Step::Revert),
        1 => Just(Step::Stop),
        1 => Just(Step::Invalid),
    ]
}

/// Small constructors: destroy itself, store and end, fail, return code.
pub(super) fn child(n: u8) -> Bytes {
    match n % 5 {
        0 => Code::new().op(&[CALLER, SELFDESTRUCT]).bytes(),
        1 => Code::new().op(&[ADDRESS, SELFDESTRUCT]).bytes(),
        2 => Code::new().push(9).store(9).op(&[STOP]).bytes(),
        3 => Code::new().push(9).store(9).revert().bytes(),
        _ => Code::new().push(1).op(&[PUSH1, 0, RETURN]).bytes(),
    }
}

pub(super) fn append(code: Code, step: &Step) -> Code {
    match *step {
        Step::Store(slot, value) => code.push(value).store(slot.into()),
        Step::Load(from, to) => code.push(from).op(&[SLOAD]).store(to.into()),
        Step::Transient(slot, value) => code.push(value).push(slot).op(&[TSTORE]).push(slot).op(&[TLOAD]).store(8),
        Step::Call { kind, to, value } => {
            let kind = [Kind::Call, Kind::Static, Kind::Delegate][usize::from(kind)];
            code.call(kind, place(to), U256::from(value), &[to]).store(10)
        }
        Step::Pay { to, value } => {
            code.call(Kind::Call, Address::repeat_byte(to % 6), U256::from(value), &[]).store(11)
        }
        Step::Create { value, salt, child: n } => {
            let init = child(n);
            let code = code.memory(&init);
            let code = if let Some(salt) = salt { code.push(salt) } else { code };
            let code = code.push(init.len()).push(0).push(value);
            code.op(&[if salt.is_some() { CREATE2 } else { CREATE }]).store(12)
        }
        Step::Hash { from, len } => code.push(len).push(from).op(&[KECCAK256]).store(14),
        Step::Log(topic) => code.push(topic).push(0).push(0).op(&[LOG1]),
        Step::Observe(of, what) => {
            let op = [BALANCE, EXTCODEHASH, EXTCODESIZE, SELFBALANCE, GAS][usize::from(what)];
            let code = if what < 3 { code.push_address(place(of)) } else { code };
            code.op(&[op]).store(13)
        }
        Step::Destroy(heir) => code.push_address(place(heir)).op(&[SELFDESTRUCT]),
        Step::Revert => code.push(0).push(0).op(&[REVERT]),
        Step::Stop => code.op(&[STOP]),
        Step::Invalid => code.op(&[INVALID]),
    }
}

fn program() -> impl Strategy<Value = Bytes> {
    prop::collection::vec(step(), 1..8).prop_map(|steps| steps.iter().fold(Code::new(), append).bytes())
}

#[derive(Debug, Clone)]
struct Attempt {
    sender: u8,
    target: Option<u8>,
    value: u8,
    gas: u64,
    child: u8,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let gas = prop_oneof![Just(1_000_000_u64), 60_000..200_000_u64];
    (1..4_u8, proptest::option::weighted(0.8, any::<u8>()), 0..4_u8, gas, any::<u8>())
        .prop_map(|(sender, target, value, gas, child)| Attempt { sender, target, value, gas, child })
}

fn env(attempt: &Attempt, nonce: u64) -> CallEnv {
    let (sender, value) = (user(attempt.sender), U256::from(attempt.value));
    let env = match attempt.target {
        Some(n) => to(&sender, place(n), value, [n]),
        None => creation(&sender, value, child(attempt.child)),
    };
    CallEnv { nonce, gas: attempt.gas, ..env }
}

/// Plain revm with nothing of ours but the block's numbers.
struct Reference {
    db: InMemoryDB,
}

impl Reference {
    fn new(world: &World) -> Self {
        let mut db = InMemoryDB::default();
        for (address, dump) in evm::accounts(&world.state).unwrap() {
            let code = Bytecode::new_raw(dump.code.clone());
            let info = AccountInfo { balance: dump.balance, nonce: dump.nonce, ..AccountInfo::default() };
            db.insert_account_info(address, info.with_code(code));
            for (slot, value) in dump.storage {
                db.insert_account_storage(address, slot, value).unwrap();
            }
        }
        Self { db }
    }

    fn run(&mut self, world: &World, env: CallEnv) -> Option<(bool, u64, Bytes, usize)> {
        let mut cfg = CfgEnv::new_with_spec(world.block.spec());
        cfg.chain_id = world.block.chain_id;
        let context = Context::mainnet().with_db(&mut self.db).with_cfg(cfg).with_block(world.block.env());
        let tx: TxEnv = env.into_env();
        assert!(matches!(tx.kind, TxKind::Call(_) | TxKind::Create));
        let result = context.build_mainnet().transact_commit(tx).ok()?;
        let output = result.output().cloned().unwrap_or_default();
        Some((result.is_success(), result.tx_gas_used(), output, result.logs().len()))
    }

    /// Accounts that exist, without empty slots. The in-memory database keeps touched empty ones that EIP-158 removes.
    fn accounts(&self, addresses: impl Iterator<Item = Address>) -> BTreeMap<Address, evm::AccountDump> {
        let mut dumps = BTreeMap::new();
        for address in addresses {
            let Some(account) = self.db.cache.accounts.get(&address) else { continue };
            let Some(info) = account.info().filter(|info| !info.is_empty()) else { continue };
            let code = match &info.code {
                Some(code) => code.original_bytes(),
                None => self.db.cache.contracts.get(&info.code_hash).map(Bytecode::original_bytes).unwrap_or_default(),
            };
            let storage = account.storage.iter().filter(|(_, value)| !value.is_zero()).map(|(k, v)| (*k, *v)).collect();
            let dump = evm::AccountDump { nonce: info.nonce, balance: info.balance, code, storage };
            dumps.insert(address, dump);
        }
        dumps
    }
}

pub(super) fn forks() -> impl Strategy<Value = Fork> {
    let forks = [Fork::SpuriousDragon, Fork::Istanbul, Fork::Berlin, Fork::London, Fork::Shanghai];
    prop_oneof![Just(Fork::Cancun), Just(Fork::Prague), proptest::sample::select(forks.to_vec())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Same results, same gas, same accounts as plain revm, over several transactions and all kinds of frames.
    #[test]
    fn random_transactions_end_as_in_plain_revm(
        fork in forks(),
        programs in prop::collection::vec(program(), usize::from(CONTRACTS)),
        attempts in prop::collection::vec(attempt(), 1..6),
    ) {
        let mut world = World::new();
        world.block.fork = fork;
        world.block.fees = FeePolicy::Ethereum;
        world.block.block_hashes = evm::BlockHashes::Fixed(std::sync::Arc::default());
        for (n, program) in programs.into_iter().enumerate() {
            world.install(place(u8::try_from(n).unwrap()), program);
            world.set(|state| evm::set_balance(state, &place(u8::try_from(n).unwrap()), U256::from(5)));
        }
        let mut reference = Reference::new(&world);
        for attempt in attempts {
            let env = env(&attempt, world.nonce(user(attempt.sender).address));
            let expected = reference.run(&world, env.clone());
            let done = world.run_unaudited(env).ok();
            let done = done.map(|o| (o.code == ResultCode::Ok, o.gas_used, o.output, o.logs.len()));
            prop_assert_eq!(&done, &expected);
        }
        let ours = evm::accounts(&world.state).unwrap();
        let known: std::collections::BTreeSet<Address> =
            ours.keys().copied().chain(reference.db.cache.accounts.keys().copied()).collect();
        prop_assert_eq!(&ours, &reference.accounts(known.into_iter()));
    }

    /// Under Seiza's rules the supply is the sum of balances after whatever transactions (World::run asserts it), and the
    /// same transactions leave the same writes.
    #[test]
    fn random_transactions_conserve_the_supply(
        programs in prop::collection::vec(program(), usize::from(CONTRACTS)),
        attempts in prop::collection::vec(attempt(), 1..6),
    ) {
        let (mut world, mut again) = (World::new(), World::new());
        for (n, program) in programs.into_iter().enumerate() {
            let at = place(u8::try_from(n).unwrap());
            for world in [&mut world, &mut again] {
                world.install(at, program.clone());
                world.mint(at, "usei", U256::from(5));
            }
        }
        for attempt in attempts {
            let env = env(&attempt, world.nonce(user(attempt.sender).address));
            let outcome = world.run_as_is(env.clone());
            prop_assert_eq!(&outcome, &again.run_as_is(env));
            prop_assert_eq!(&world.writes, &again.writes);
            let spent = outcome.map(|o| U256::from(o.gas_used) * U256::from(o.effective_gas_price)).unwrap_or_default();
            prop_assert!(spent < ether(1));
        }
    }
}
