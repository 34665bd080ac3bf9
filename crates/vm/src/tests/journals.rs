//! Sessions in the EVM: whatever runs in one ends, and leaves the state, as if it had run by itself; and a session depends on no more
//! than it says.

use alloy_consensus::{SignableTransaction as _, TxEip1559, TxEip2930, TxEip7702, TxLegacy};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_eips::eip7702::SignedAuthorization;
use alloy_primitives::Signature;
use proptest::prelude::*;
use revm::primitives::TxKind;
use seiza_modules::{auth, bank, fees};
use seiza_state::{Access, Changeset, Key, Premise, ReadSet, Value, WriteSet};
use seiza_types::tx::{EvmTx, Signer};
use seiza_types::{Address, B256, Bytes, Fork, U256};

use super::asm::{Code, Kind};
use super::forks::authorization;
use super::precompiles::{associate_pub_key, balance_of, send_native};
use super::random::{self, CONTRACTS, Step, child, place};
use super::world::{CHAIN_ID, GWEI, Memory, World, ether, user};
use crate::evm::{self, BlockContext, EvmError, FeePolicy, Session, TxOutcome};
use crate::precompiles::{ADDR_ADDRESS, BANK_ADDRESS};

const COINBASE: Address = Address::repeat_byte(0xcb);
const LEFT_EMPTY: Address = Address::repeat_byte(0xe0);
const USERS: u8 = 6;

/// One step of a random contract: EVM code, or a call of native code.
#[derive(Debug, Clone)]
enum Move {
    Plain(Step),
    Native(u8),
    Look(u8),
}

fn step() -> impl Strategy<Value = Move> {
    prop_oneof![
        8 => random::step().prop_map(Move::Plain),
        2 => (0..4_u8).prop_map(Move::Native),
        1 => (0..9_u8).prop_map(Move::Look),
    ]
}

fn append(code: Code, step: &Move) -> Code {
    match step {
        Move::Plain(step) => random::append(code, step),
        Move::Native(n) => {
            let (to, value, input) = native(*n);
            code.call(Kind::Call, to, U256::from(value), &input).store(15)
        }
        Move::Look(n) => {
            let op = [revm::bytecode::opcode::BALANCE, revm::bytecode::opcode::EXTCODEHASH][usize::from(*n % 2)];
            code.push_address(somebody(*n)).op(&[op]).store(16)
        }
    }
}

fn native(n: u8) -> (Address, u64, Vec<u8>) {
    match n % 4 {
        0 => (BANK_ADDRESS, 0, balance_of(user(1).address, "usei")),
        1 => (BANK_ADDRESS, 1, send_native(&user(2).sei.to_string())),
        2 => (ADDR_ADDRESS, 0, associate_pub_key(&user(5).public_key)),
        _ => (BANK_ADDRESS, 0, super::precompiles::all_balances_of(user(2).address)),
    }
}

/// Users, contracts, and those about whom something is odd.
fn somebody(n: u8) -> Address {
    match n % 20 {
        n @ 0..6 => user(n + 1).address,
        n @ 6..10 => place(n - 6),
        10 => COINBASE,
        11 => fees::collector(),
        12 => LEFT_EMPTY,
        13 => BANK_ADDRESS,
        14 => Address::with_last_byte(3),
        15 => user(5).sei.cast(),
        n => Address::repeat_byte(n),
    }
}

#[derive(Debug, Clone)]
struct Attempt {
    sender: u8,
    to: Option<u8>,
    value: U256,
    gas: u64,
    kind: u8,
    input: Vec<u8>,
    nonce_off: u64,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let value = prop_oneof![8 => (0..3_u64).prop_map(U256::from), 1 => Just(ether(1)), 1 => Just(ether(60))];
    let gas = prop_oneof![4 => Just(1_000_000_u64), 2 => 21_000..90_000_u64];
    let input = prop_oneof![1 => Just(Vec::new()), 2 => prop::collection::vec(any::<u8>(), 1..5)];
    let kind = prop_oneof![8 => 0..3_u8, 1 => 3..5_u8];
    let nonce_off = prop_oneof![16 => Just(0_u64), 1 => Just(1), 1 => Just(u64::MAX)];
    let to = proptest::option::weighted(0.93, prop_oneof![3 => 6..10_u8, 2 => 0..20_u8]);
    (0..USERS, to, value, gas, kind, input, nonce_off).prop_map(|(sender, to, value, gas, kind, input, nonce_off)| {
        Attempt { sender, to, value, gas, kind, input, nonce_off }
    })
}

fn list() -> AccessList {
    AccessList(vec![AccessListItem { address: place(0), storage_keys: vec![B256::ZERO, B256::with_last_byte(1)] }])
}

impl Attempt {
    fn signer(&self) -> Signer {
        user(self.sender + 1)
    }

    fn tx(&self, nonce: u64) -> EvmTx {
        let (chain_id, gas_limit, value, nonce) = (CHAIN_ID, self.gas, self.value, nonce.wrapping_add(self.nonce_off));
        let create = child(self.input.first().copied().unwrap_or_default());
        let (to, input) = match self.to {
            Some(n) => (TxKind::Call(somebody(n)), Bytes::from(self.input.clone())),
            None => (TxKind::Create, create),
        };
        let (max_fee_per_gas, max_priority_fee_per_gas, gas_price) = (3 * price(), 7, 2 * price());
        let signature = Signature::test_signature();
        match (self.kind, to) {
            (0, _) => TxLegacy { chain_id: Some(chain_id), nonce, gas_price, gas_limit, to, value, input }
                .into_signed(signature)
                .into(),
            (1, _) => TxEip2930 { chain_id, nonce, gas_price, gas_limit, to, value, input, access_list: list() }
                .into_signed(signature)
                .into(),
            (4, TxKind::Call(to)) => TxEip7702 {
                chain_id,
                nonce,
                gas_limit,
                max_fee_per_gas,
                max_priority_fee_per_gas,
                to,
                value,
                input,
                access_list: AccessList::default(),
                authorization_list: authorizations(self.sender),
            }
            .into_signed(signature)
            .into(),
            _ => TxEip1559 {
                chain_id,
                nonce,
                gas_limit,
                max_fee_per_gas,
                max_priority_fee_per_gas,
                to,
                value,
                input,
                access_list: AccessList::default(),
            }
            .into_signed(signature)
            .into(),
        }
    }
}

fn price() -> u128 {
    u128::from(GWEI)
}

fn authorizations(n: u8) -> Vec<SignedAuthorization> {
    vec![
        authorization(n % 3 + 1, place(n), 0),
        authorization(6, if n.is_multiple_of(2) { place(1) } else { Address::ZERO }, 0),
    ]
}

type Outcome = Result<TxOutcome, EvmError>;

/// Users 1 to 3 are linked and own something, as does 4, who is not; 5 owns little and is not; 6 owns nothing.
fn world(fork: Fork, fees: FeePolicy, programs: &[Bytes], coinbase: u8, exists: bool) -> World {
    let mut world = World::new();
    (world.block.fork, world.block.fees) = (fork, fees);
    world.block.coinbase = somebody(coinbase);
    world.set(|state| {
        for n in 1..=5 {
            let (address, key) = (user(n).address, user(n).public_key);
            if n < 4 {
                auth::set_account(state, &address, &auth::Account { nonce: 0, public_key: Some(key) });
            }
            evm::set_balance(state, &address, if n == 5 { U256::from(100_000 * GWEI) } else { ether(100) });
        }
        evm::set_balance(state, &user(5).sei.cast(), U256::from(8));
        auth::set_account(state, &LEFT_EMPTY, &auth::Account::default());
        for (n, program) in programs.iter().enumerate() {
            let at = place(u8::try_from(n).unwrap());
            evm::set_code(state, &at, program.clone());
            evm::set_nonce(state, &at, 1).unwrap();
            evm::set_balance(state, &at, U256::from(5));
        }
        if exists {
            evm::set_balance(state, &COINBASE, U256::ONE);
        }
    });
    world
}

/// Transactions with nonces as they would be if all were valid, so that some are not.
fn transactions(attempts: &[Attempt]) -> Vec<(EvmTx, Signer)> {
    let mut nonces = [0_u64; USERS as usize];
    let mut next = |attempt: &Attempt| {
        let nonce = &mut nonces[usize::from(attempt.sender)];
        let tx = attempt.tx(*nonce);
        *nonce += u64::from(attempt.nonce_off == 0);
        (tx, attempt.signer())
    };
    attempts.iter().map(&mut next).collect()
}

fn one_by_one(state: &Memory, block: &BlockContext, txs: &[(EvmTx, Signer)]) -> (Vec<Outcome>, WriteSet) {
    let mut access = Access::unrecorded(state);
    let run = |(n, (tx, signer)): (usize, &(EvmTx, Signer))| {
        evm::transact(&mut access, block, tx, signer, u32::try_from(n).unwrap())
    };
    let outcomes = txs.iter().enumerate().map(run).collect();
    (outcomes, access.finish().1)
}

/// In a session that is flushed after the transactions whose bit is set, and at the end.
fn in_session(
    state: &Memory,
    block: &BlockContext,
    txs: &[(EvmTx, Signer)],
    flushes: u32,
) -> (Vec<Outcome>, ReadSet, WriteSet) {
    let mut access = Access::new(state);
    let mut session = Session::new(block);
    let mut outcomes = Vec::new();
    for (n, (tx, signer)) in (0_u32..).zip(txs) {
        outcomes.push(session.transact(&mut access, tx, signer, n));
        if flushes >> (n % 32) & 1 == 1 {
            session.flush(&mut access).unwrap();
        }
    }
    session.flush(&mut access).unwrap();
    let (reads, writes) = access.finish();
    (outcomes, reads, writes)
}

/// What the writes come to: every key that is written, whether or not it changes.
pub(super) fn changes(writes: WriteSet, state: &Memory) -> Vec<(Key, Option<Value>)> {
    let mut changes = Changeset::default();
    changes.absorb(writes, state).unwrap();
    changes.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn programs() -> impl Strategy<Value = Vec<Bytes>> {
    let program = prop::collection::vec(step(), 1..7).prop_map(|steps| steps.iter().fold(Code::new(), append).bytes());
    prop::collection::vec(program, usize::from(CONTRACTS))
}

fn policy() -> impl Strategy<Value = FeePolicy> {
    prop_oneof![Just(FeePolicy::Collector), Just(FeePolicy::Ethereum)]
}

/// Mostly no flush, so that sessions are long.
fn flushes() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(0), 1 => any::<u32>(), 1 => (any::<u32>(), any::<u32>()).prop_map(|(a, b)| a & b)]
}

fn forks() -> impl Strategy<Value = Fork> {
    prop_oneof![4 => random::forks(), 1 => Just(Fork::Homestead)]
}

/// A key of which transactions may depend, and another value for it.
fn other(what: u8, whose: Address, n: u8) -> (Key, Option<Value>) {
    let amount = [U256::ZERO, U256::ONE, U256::from(9), ether(1), ether(101)][usize::from(n % 5)];
    match what % 3 {
        0 => (bank::keys::native(&whose), seiza_state::value_from_amount(amount)),
        1 => {
            let record = auth::Account { nonce: u64::from(n % 3), public_key: None };
            (auth::keys::account(&whose), Some(record.encode()))
        }
        _ => (evm::keys::slot(&whose, &U256::from(n % 12)), evm::value_from_slot(U256::from(n % 3))),
    }
}

fn is_read(reads: &ReadSet, key: &Key, now: Option<&[u8]>) -> bool {
    let broken = |(at, premise): &(Key, Premise)| at == key && !premise.holds(key, now).unwrap();
    reads.points.contains(key)
        || reads.ranges.iter().any(|range| range.contains(key))
        || reads.premises.iter().any(broken)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    /// Outcomes are those of the same transactions one by one, and the same keys get the same values.
    #[test]
    fn a_session_is_its_transactions_one_by_one(
        fork in forks(), policy in policy(), programs in programs(), coinbase in prop_oneof![3 => Just(10_u8), 1 => 0..20_u8],
        exists: bool, attempts in prop::collection::vec(attempt(), 1..24), flushes in flushes(),
    ) {
        let world = world(fork, policy, &programs, coinbase, exists);
        let txs = transactions(&attempts);
        let (expected, written) = one_by_one(&world.state, &world.block, &txs);
        let (outcomes, _, writes) = in_session(&world.state, &world.block, &txs, flushes);
        for (n, (outcome, expected)) in outcomes.iter().zip(&expected).enumerate() {
            prop_assert_eq!(outcome, expected, "transaction {}", n);
        }
        prop_assert_eq!(changes(writes, &world.state), changes(written, &world.state));
    }

    /// In another state that is the same as far as was read or taken for granted, it ends alike and writes the same.
    #[test]
    fn a_session_depends_on_what_it_says_and_no_more(
        fork in forks(), policy in policy(), programs in programs(), coinbase in prop_oneof![3 => Just(10_u8), 1 => 0..20_u8],
        exists: bool, attempts in prop::collection::vec(attempt(), 1..12),
        others in prop::collection::vec((any::<u8>(), 0..20_u8, any::<u8>()), 1..6),
    ) {
        let mut world = world(fork, policy, &programs, coinbase, exists);
        let (txs, at_first) = (transactions(&attempts), world.state.clone());
        let (expected, reads, written) = in_session(&world.state, &world.block, &txs, 0);
        for (what, whose, n) in others {
            let (key, value) = other(what, somebody(whose), n);
            if !is_read(&reads, &key, value.as_ref().map(|value| value.as_slice())) {
                match value {
                    Some(value) => drop(world.state.pairs.insert(key, value)),
                    None => drop(world.state.pairs.remove(&key)),
                }
            }
        }
        let (outcomes, _, writes) = in_session(&world.state, &world.block, &txs, 0);
        prop_assert_eq!(outcomes, expected);
        // Where the exact amount was relied upon it may be put, which comes to the same.
        prop_assert_eq!(changes(writes, &at_first), changes(written, &at_first));
    }
}
