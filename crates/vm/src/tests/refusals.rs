//! What cannot run: the sender's faults, unreadable state, and that neither writes anything.

use alloy_primitives::keccak256;
use revm::bytecode::opcode::*;
use seiza_modules::{auth, bank};
use seiza_state::{Key, Premise, StateError, StateWrite as _};
use seiza_types::{Address, Denom, U256};

use super::asm::{Code, Kind};
use super::world::{GWEI, World, contract, creation, ether, idle, to, user};
use crate::evm::{self, CallEnv, EvmError, Invalid};
use crate::precompiles::BANK_ADDRESS;

fn plain() -> CallEnv {
    to(&user(1), user(2).address, ether(1), [])
}

#[test]
fn a_transaction_that_does_not_fit_is_refused_and_writes_nothing() {
    let cost = ether(200) + U256::from(1_000_000) * U256::from(2 * GWEI);
    let table = [
        (CallEnv { nonce: 1, ..plain() }, Invalid::NonceTooHigh { tx: 1, state: 0 }),
        (CallEnv { value: ether(200), ..plain() }, Invalid::Funds { have: ether(100), want: cost }),
        (CallEnv { gas_price: u128::from(GWEI) - 1, ..plain() }, Invalid::FeeBelowBase),
        (CallEnv { priority_fee: Some(u128::from(3 * GWEI)), ..plain() }, Invalid::TipAboveCap),
        (CallEnv { gas: 100_000_001, gas_price: u128::from(GWEI), ..plain() }, Invalid::BlockGas),
        (CallEnv { gas: 20_999, ..plain() }, Invalid::IntrinsicGas { have: 20_999, want: 21_000 }),
        (CallEnv { chain_id: Some(1), ..plain() }, Invalid::ChainId),
        (creation(&user(1), U256::ZERO, vec![0; 49_153].into()), Invalid::InitcodeSize),
    ];
    for (env, reason) in table {
        // World::run_as_is asserts that nothing is written, linking included.
        assert_eq!(World::new().run_as_is(env), Err(EvmError::Invalid(reason)));
    }
    let mut world = World::new();
    world.succeed(plain());
    let late = world.run_as_is(plain());
    assert_eq!(late, Err(EvmError::Invalid(Invalid::NonceTooLow { tx: 0, state: 1 })));
}

#[test]
fn a_contract_sends_no_transactions() {
    let mut world = World::new();
    world.set(|state| evm::set_code(state, &user(1).address, idle()));
    assert_eq!(world.run(plain()), Err(EvmError::Invalid(Invalid::SenderNotEoa)), "EIP-3607");
}

#[test]
fn swept_funds_stay_where_they_are_when_the_transaction_is_refused() {
    let mut world = World::new();
    world.mint(user(4).sei.cast(), "usei", ether(1));
    let refused = world.run(to(&user(4), user(2).address, ether(2), []));
    assert!(matches!(refused, Err(EvmError::Invalid(Invalid::Funds { .. }))), "{refused:?}");
    assert_eq!(world.balance(user(4).sei.cast()), ether(1));
    assert_eq!(auth::linked(&world.state, &user(4).sei).unwrap(), None);
}

/// Every key that a transaction reads may be blocked: it always comes out as `Blocked`, never as a revert.
#[test]
fn a_blocked_read_comes_out_as_it_was() {
    let mut world = World::new();
    let native = Denom::native();
    let send = super::precompiles::send_native(&user(3).sei.to_string());
    let code = Code::new().call(Kind::Call, BANK_ADDRESS, U256::ONE, &send).op(&[POP]);
    let code = code.push(U256::ONE).store(1).push_address(user(2).address).op(&[BALANCE, PUSH0, BLOCKHASH]);
    world.install(contract(1), code.bytes());
    world.succeed(plain());
    world.succeed(to(&user(1), contract(1), ether(1), []));
    // Code is content-addressed and comes from a cache: whether its key is read at all is no property of the transaction.
    let read = world.reads.points.iter().filter(|key| evm::keys::hash_of_code(key).is_none());
    let read: Vec<Key> = read.cloned().collect();
    assert!(read.len() > 10, "{read:?}");
    for key in read {
        world.state.blocked = Some(key.clone());
        let outcome = world.try_run(to(&user(1), contract(1), ether(1), []));
        assert_eq!(outcome, Err(EvmError::State(StateError::Blocked(3))), "{key:?}");
    }
    world.state.blocked = None;
    world.succeed(to(&user(1), contract(1), ether(1), []));
    assert_eq!(bank::balance(&world.state, &user(3).address, &native).unwrap(), U256::from(100_000_000));
    assert_eq!(world.balance(user(3).sei.cast()), U256::from(2), "user 3 has not linked: both sends lie at the cast");
}

#[test]
fn a_blocked_read_leaves_no_trace_in_the_next_transaction() {
    let mut world = World::new();
    world.state.blocked = Some(bank::keys::native(&user(2).address));
    for _ in 0..3 {
        let blocked = world.try_run(plain());
        assert_eq!(blocked, Err(EvmError::State(StateError::Blocked(3))));
    }
    world.state.blocked = None;
    assert_eq!(world.succeed(plain()).gas_used, 21_000);
    assert_eq!(world.balance(user(2).address), ether(101));
}

/// Claims of what others write may put anything into a state that is looked at, and the cache of codes outlives it.
#[test]
fn code_that_is_not_what_its_hash_says_is_damage_and_is_not_remembered() {
    let mut world = World::new();
    let code = Code::new().push(41_u64).store(1).bytes();
    world.install(contract(1), code.clone());
    let key = evm::keys::code(&keccak256(&code));
    world.set(|state| state.put(key.clone(), idle().0.into()));
    let call = to(&user(1), contract(1), U256::ZERO, []);
    let damaged = world.try_run(call.clone());
    assert!(matches!(damaged, Err(EvmError::State(StateError::Damaged(..)))), "{damaged:?}");
    world.set(|state| state.put(key, code.0.into()));
    world.succeed(call);
    assert_eq!(world.slot(contract(1), 1), U256::from(41));
}

/// Where sums may exceed 256 bits, what comes of it depends on the balance that was met.
#[test]
fn a_payment_that_overflows_depends_on_the_recipients_balance() {
    let mut world = World::new();
    let payee = Address::repeat_byte(0x55);
    world.set(|state| evm::set_balance(state, &payee, U256::MAX - U256::from(9)));
    world.install(contract(1), Code::new().call(Kind::Call, payee, U256::from(10), &[]).store(1).bytes());
    world.run_unaudited(to(&user(1), contract(1), U256::from(10), [])).unwrap();
    assert_eq!(world.slot(contract(1), 1), U256::ZERO);
    let exactly = (bank::keys::native(&payee), Premise::exactly(U256::MAX - U256::from(9)));
    assert!(world.reads.premises.contains(&exactly), "{:?}", world.reads.premises);
}

#[test]
fn contract_code_has_its_limits() {
    let sized = |size: u64| Code::new().push(size).op(&[PUSH0, RETURN]).bytes();
    let mut world = World::new();
    let rich = |code| CallEnv { gas: 10_000_000, ..creation(&user(1), U256::ZERO, code) };
    let fits = world.run(rich(sized(24_576))).unwrap();
    assert_eq!(fits.code, seiza_types::Code::Ok);
    let too_large = world.run(rich(sized(24_577))).unwrap();
    assert_eq!(too_large.code, seiza_types::Code::Halted, "EIP-170");
    assert_eq!(too_large.contract_address, None);
    let reserved = Code::new().push(0xef_u64).op(&[PUSH0, MSTORE8]).push(1_u64).op(&[PUSH0, RETURN]).bytes();
    assert_eq!(world.run(rich(reserved)).unwrap().code, seiza_types::Code::Halted, "EIP-3541");
    assert_ne!(Address::ZERO, fits.contract_address.unwrap());
}
