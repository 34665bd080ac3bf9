//! Plain transfers without the EVM: what they come to is what the EVM makes of the same transaction, whatever is odd about
//! sender, recipient, fees, fork or state; and they depend on no more than they say.

use alloy_eips::eip2930::{AccessList, AccessListItem};
use proptest::prelude::*;
use seiza_modules::{auth, bank, fees};
use seiza_state::{Access, Key, ReadSet, WriteSet};
use seiza_types::{Address, B256, Bytes, Fork, U256};

use super::runs::{Outcome, resolved};
use super::world::{CHAIN_ID, GWEI, Memory, World, ether, idle, to, user};
use crate::evm::{self, BlockContext, CallEnv, Checks, FeePolicy, TxOutcome, attempt_transfer, run_in_evm};
use crate::precompiles::BANK_ADDRESS;

pub(super) const COINBASE: Address = Address::repeat_byte(0xcb);
pub(super) const LEFT_EMPTY: Address = Address::repeat_byte(0xe0);
pub(super) const RICH: Address = Address::repeat_byte(0xe1);
const FORKS: [Fork; 14] = [
    Fork::Frontier,
    Fork::Homestead,
    Fork::TangerineWhistle,
    Fork::SpuriousDragon,
    Fork::Byzantium,
    Fork::Constantinople,
    Fork::Petersburg,
    Fork::Istanbul,
    Fork::Berlin,
    Fork::London,
    Fork::Paris,
    Fork::Shanghai,
    Fork::Cancun,
    Fork::Prague,
];

/// Users 1 to 3 are linked, user 4 is not, user 5 has code, user 6 a delegation, user 7 is out of nonces, user 8 owns
/// nothing. Some recipients are as odd.
pub(super) fn world(policy: FeePolicy, fork: Fork, coinbase_left_empty: bool) -> World {
    let mut world = World::new();
    (world.block.fork, world.block.fees) = (fork, policy);
    world.set(|state| {
        for n in 1..=8 {
            let (address, key) = (user(n).address, user(n).public_key);
            let nonce = if n == 7 { u64::MAX } else { 5 };
            let account = auth::Account { nonce, public_key: (n != 4).then_some(key) };
            auth::set_account(state, &address, &account);
            evm::set_balance(state, &address, if n == 8 { U256::ZERO } else { ether(1) });
        }
        evm::set_code(state, &user(5).address, idle());
        evm::set_code(state, &user(6).address, [&[0xef, 1, 0][..], RICH.as_slice()].concat().into());
        auth::set_account(state, &LEFT_EMPTY, &auth::Account::default());
        // Beyond any supply, so never on a chain of ours.
        evm::set_balance(
            state,
            &RICH,
            if policy == FeePolicy::Ethereum { U256::MAX - U256::from(3) } else { ether(1) },
        );
        if coinbase_left_empty {
            auth::set_account(state, &COINBASE, &auth::Account::default());
        }
    });
    world
}

pub(super) fn recipient() -> impl Strategy<Value = Address> {
    let odd = [COINBASE, fees::collector(), LEFT_EMPTY, RICH, BANK_ADDRESS, Address::with_last_byte(4), Address::ZERO];
    prop_oneof![
        3 => (1..=8_u8).prop_map(|n| user(n).address),
        2 => (0..4_u8).prop_map(Address::repeat_byte),
        3 => proptest::sample::select(odd.to_vec()),
    ]
}

/// Mostly what fits, so that a transaction with one fault has often no other.
fn env() -> impl Strategy<Value = CallEnv> {
    let sender = prop_oneof![16 => 1..=3_u8, 3 => 4..=8_u8];
    let value = prop_oneof![4 => Just(U256::ZERO), 8 => (1..9_u64).prop_map(U256::from), 1 => Just(ether(1)),
        1 => Just(ether(1) - U256::from(21_000 * GWEI)), 1 => Just(U256::MAX)];
    let gas = prop_oneof![8 => Just(21_000_u64), 8 => Just(100_000), 1 => 20_990..30_000_u64, 1 => Just(200_000_000)];
    let price = prop_oneof![8 => Just(u128::from(GWEI)), 8 => Just(u128::from(2 * GWEI)), 1 => Just(0),
        1 => Just(u128::from(GWEI - 1)), 1 => Just(u128::MAX)];
    let tip = prop_oneof![Just(0), Just(7), Just(u128::from(GWEI)), Just(u128::from(3 * GWEI)), Just(u128::MAX)];
    let kind = prop_oneof![16 => (0..3_u8).prop_map(Some), 4 => Just(None), 1 => (3..6_u8).prop_map(Some)];
    let nonce = prop_oneof![30 => Just(5), 1 => Just(4), 1 => Just(6), 1 => Just(u64::MAX)];
    let chain_id = prop_oneof![20 => Just(Some(CHAIN_ID)), 4 => Just(None), 1 => Just(Some(1))];
    let input = prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(0..3_u8, 1..90)];
    let lists = prop_oneof![3 => Just(0), 1 => 1..4_usize];
    let money = (value, gas, price, proptest::option::of(tip));
    (sender, recipient(), money, (kind, nonce, chain_id), (input, lists, proptest::bool::weighted(0.8))).prop_map(
        |(n, recipient, (value, gas, gas_price, tip), (tx_type, nonce, chain_id), (input, listed, typical))| {
            let access_list =
                AccessList(vec![AccessListItem { address: RICH, storage_keys: vec![B256::ZERO; 2] }; listed]);
            let env = CallEnv { gas, gas_price, nonce, chain_id, tx_type, ..to(&user(n), recipient, value, input) };
            let env = CallEnv { priority_fee: tip, access_list, ..env };
            if typical { of_its_type(env) } else { env }
        },
    )
}

/// Without the fields that its type does not have, and with those that it must have.
fn of_its_type(mut env: CallEnv) -> CallEnv {
    match env.tx_type {
        Some(0) => (env.priority_fee, env.access_list) = (None, AccessList::default()),
        Some(1) => env.priority_fee = None,
        Some(2) => env.priority_fee = Some(env.priority_fee.unwrap_or(7).min(env.gas_price)),
        _ => {}
    }
    env
}

fn in_evm(state: &Memory, block: &BlockContext, env: &CallEnv) -> (Outcome, WriteSet) {
    let mut access = Access::new(state);
    let outcome = run_in_evm(&mut access, block, env.clone(), Checks::ALL);
    (outcome, access.finish().1)
}

fn without_evm(state: &Memory, block: &BlockContext, env: &CallEnv) -> (Option<TxOutcome>, ReadSet, WriteSet) {
    let mut access = Access::new(state);
    let outcome = attempt_transfer(&mut access, block, env).unwrap();
    let (reads, writes) = access.finish();
    (outcome, reads, writes)
}

pub(super) fn policy() -> impl Strategy<Value = FeePolicy> {
    prop_oneof![Just(FeePolicy::Collector), Just(FeePolicy::Ethereum)]
}

pub(super) fn fork() -> impl Strategy<Value = Fork> {
    prop_oneof![2 => Just(Fork::Prague), 3 => proptest::sample::select(FORKS.to_vec())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    /// Outcome and state are the EVM's; what is left to the EVM has written nothing.
    #[test]
    fn transfers_end_as_in_the_evm(
        policy in policy(), fork in fork(), base_fee in prop_oneof![Just(GWEI), Just(0)], coinbase_left_empty: bool,
        coinbase in prop_oneof![4 => Just(COINBASE), 1 => Just(user(1).address), 1 => Just(RICH)], env in env(),
    ) {
        let mut world = world(policy, fork, coinbase_left_empty);
        (world.block.base_fee, world.block.coinbase) = (base_fee, coinbase);
        let (outcome, _, writes) = without_evm(&world.state, &world.block, &env);
        let Some(outcome) = outcome else {
            prop_assert!(writes.is_empty(), "{writes:?}");
            return Ok(());
        };
        let (expected, expected_writes) = in_evm(&world.state, &world.block, &env);
        prop_assert_eq!(Ok(outcome), expected);
        prop_assert_eq!(resolved(writes, &world.state), resolved(expected_writes, &world.state));
    }

    /// In another state that is the same as far as was read or taken for granted, the same is written.
    #[test]
    fn a_transfer_depends_on_what_it_says_and_no_more(
        policy in policy(), env in env(), whose in 0..4_usize,
        other in prop_oneof![Just(U256::ZERO), Just(U256::from(9)), Just(ether(1) + U256::ONE), Just(U256::MAX)],
    ) {
        let mut world = world(policy, Fork::Prague, false);
        let (outcome, reads, writes) = without_evm(&world.state, &world.block, &env);
        if outcome.is_none() {
            return Ok(());
        }
        let changed = [env.from, env.to.unwrap_or_default(), COINBASE, fees::collector()][whose];
        let key = bank::keys::native(&changed);
        world.set(|state| evm::set_balance(state, &changed, other));
        let value = world.state.pairs.get(&key).map(|value| value.as_slice());
        let holds = |premises: &[(Key, seiza_state::Premise)]| {
            premises.iter().filter(|(at, _)| *at == key).all(|(at, premise)| premise.holds(at, value).unwrap())
        };
        prop_assert!(!reads.points.contains(&key), "an amount is looked at, never read");
        if holds(&reads.premises) {
            let (again, _, written) = without_evm(&world.state, &world.block, &env);
            prop_assert_eq!((outcome, writes), (again, written));
        }
    }
}

#[test]
fn what_is_ordinary_needs_no_evm_and_what_is_not_does() {
    let world = world(FeePolicy::Collector, Fork::Prague, false);
    let plain = || CallEnv { nonce: 5, ..to(&user(1), user(2).address, U256::ONE, []) };
    let absent = Some(Address::repeat_byte(9));
    let list = AccessList(vec![AccessListItem { address: RICH, storage_keys: vec![B256::ZERO] }]);
    let ordinary = [
        plain(),
        CallEnv { to: absent, ..plain() },
        CallEnv { to: absent, value: U256::ZERO, ..plain() },
        CallEnv { to: Some(user(1).address), ..plain() },
        CallEnv { to: Some(fees::collector()), ..plain() },
        CallEnv { to: Some(user(4).address), ..plain() },
        CallEnv { tx_type: Some(1), access_list: list, ..plain() },
        CallEnv { tx_type: Some(2), priority_fee: Some(1), ..plain() },
    ];
    for env in ordinary {
        assert!(without_evm(&world.state, &world.block, &env).0.is_some(), "{env:?}");
    }
    let intricate = [
        CallEnv { input: Bytes::from_static(b"for the coffee"), ..plain() },
        CallEnv { nonce: 6, ..plain() },
        CallEnv { value: ether(2), ..plain() },
        CallEnv { to: Some(user(5).address), ..plain() },
        CallEnv { to: Some(user(6).address), ..plain() },
        CallEnv { to: Some(BANK_ADDRESS), ..plain() },
        CallEnv { to: None, ..plain() },
        CallEnv { signer: Some(user(2)), ..plain() },
        CallEnv { nonce: 5, ..to(&user(4), user(2).address, U256::ONE, []) },
        CallEnv { nonce: 5, ..to(&user(6), user(2).address, U256::ONE, []) },
    ];
    for env in intricate {
        assert!(without_evm(&world.state, &world.block, &env).0.is_none(), "{env:?}");
    }
}
