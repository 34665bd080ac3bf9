//! Sessions in the EVM: whatever runs in one ends, and leaves the state, as if it had run by itself; and a session depends on
//! no more than it says.

mod attempts;

use proptest::prelude::*;
use seiza_modules::{auth, bank};
use seiza_state::{Access, Key, Premise, ReadSet, Value, WriteSet};
use seiza_types::{Address, Bytes, Fork, U256};

use self::attempts::{Attempt, USERS, attempt, programs, somebody};
use super::random::{self, place};
use super::runs::{Outcome, SignedTx, changes, in_session};
use super::transfers::{COINBASE, LEFT_EMPTY, policy};
use super::world::{GWEI, Memory, World, ether, user};
use crate::evm::{self, BlockContext, FeePolicy};

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
fn transactions(attempts: &[Attempt]) -> Vec<SignedTx> {
    let mut nonces = [0_u64; USERS as usize];
    let mut next = |attempt: &Attempt| {
        let nonce = &mut nonces[usize::from(attempt.sender)];
        let tx = attempt.tx(*nonce);
        *nonce += u64::from(attempt.nonce_off == 0);
        (tx, attempt.signer())
    };
    attempts.iter().map(&mut next).collect()
}

fn one_by_one(state: &Memory, block: &BlockContext, txs: &[SignedTx]) -> (Vec<Outcome>, WriteSet) {
    let mut access = Access::unrecorded(state);
    let run = |(n, (tx, signer)): (usize, &SignedTx)| {
        evm::transact(&mut access, block, tx, signer, u32::try_from(n).unwrap())
    };
    let outcomes = txs.iter().enumerate().map(run).collect();
    (outcomes, access.finish().1)
}

/// After which transactions the session is flushed, as bits: mostly none, so that sessions are long.
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
        let (outcomes, _, writes) = in_session(&world.state, &world.block, &txs, |n| flushes >> (n % 32) & 1 == 1);
        for (n, (outcome, expected)) in outcomes.iter().zip(&expected).enumerate() {
            prop_assert_eq!(outcome, expected, "transaction {}", n);
        }
        prop_assert_eq!(changes(writes, &world.state), changes(written, &world.state));
    }

    /// In another state that is the same as far as was read or taken for granted, it ends alike and writes the same.
    #[test]
    fn a_session_in_the_evm_depends_on_what_it_says_and_no_more(
        fork in forks(), policy in policy(), programs in programs(), coinbase in prop_oneof![3 => Just(10_u8), 1 => 0..20_u8],
        exists: bool, attempts in prop::collection::vec(attempt(), 1..12),
        others in prop::collection::vec((any::<u8>(), 0..20_u8, any::<u8>()), 1..6),
    ) {
        let mut world = world(fork, policy, &programs, coinbase, exists);
        let (txs, at_first) = (transactions(&attempts), world.state.clone());
        let (expected, reads, written) = in_session(&world.state, &world.block, &txs, |_| false);
        for (what, whose, n) in others {
            let (key, value) = other(what, somebody(whose), n);
            if !is_read(&reads, &key, value.as_ref().map(|value| value.as_slice())) {
                world.state.set(key, value);
            }
        }
        let (outcomes, _, writes) = in_session(&world.state, &world.block, &txs, |_| false);
        prop_assert_eq!(outcomes, expected);
        // Where the exact amount was relied upon it may be put, which comes to the same.
        prop_assert_eq!(changes(writes, &at_first), changes(written, &at_first));
    }
}
