//! Transfers, creations, calls, failures, self-destruction.

use revm::bytecode::opcode::*;
use seiza_modules::{auth, bank, fees};
use seiza_state::Write;
use seiza_types::{Address, Bytes, Code as ResultCode, Denom, U256};

use super::asm::{Code, Kind};
use super::world::{GWEI, World, contract, creation, ether, idle, to, user};
use crate::evm;

const TRANSFER_FEE: u64 = 21_000 * 2 * GWEI;

#[test]
fn a_transfer_moves_value_and_pays_the_collector_alone() {
    let mut world = World::new();
    let outcome = world.succeed(to(&user(1), user(2).address, ether(1), []));
    assert_eq!((outcome.gas_used, outcome.effective_gas_price), (21_000, u128::from(2 * GWEI)));
    assert_eq!(world.balance(user(1).address), ether(99) - U256::from(TRANSFER_FEE));
    assert_eq!(world.balance(user(2).address), ether(101));
    assert_eq!(world.balance(fees::collector()), U256::from(TRANSFER_FEE));
    assert_eq!(world.balance(world.block.coinbase), U256::ZERO);
    assert_eq!((world.nonce(user(1).address), world.nonce(user(2).address)), (1, 0));
}

#[test]
fn a_transfer_depends_on_its_senders_record_and_on_no_balance() {
    let mut world = World::new();
    world.succeed(to(&user(1), user(2).address, ether(1), []));
    world.succeed(to(&user(1), user(2).address, ether(1), []));
    let [from, to] = [user(1).address, user(2).address];
    let (record, payer, collector) =
        (auth::keys::account(&from), bank::keys::native(&from), bank::keys::native(&fees::collector()));
    let written = [record.clone(), payer.clone(), bank::keys::native(&to), collector];
    assert_eq!(world.writes.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>(), sorted(written));
    let puts = world.writes.iter().filter(|(_, write)| !matches!(write, Write::Add(_)));
    assert_eq!(puts.map(|(key, _)| key.clone()).collect::<Vec<_>>(), [record], "all but the nonce commutes");
    let native = |key: &seiza_state::Key| [from, to].iter().any(|address| bank::keys::native(address) == *key);
    assert!(!world.reads.points.iter().any(native), "{:?}", world.reads);
    assert_eq!(world.reads.premises.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>(), [payer], "it is enough");
    assert_eq!(world.reads.ranges, [], "linked already: nothing to sweep");
}

fn sorted(keys: impl IntoIterator<Item = seiza_state::Key>) -> Vec<seiza_state::Key> {
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort();
    keys
}

#[test]
fn the_first_transaction_links_and_sweeps_the_cast() {
    let mut world = World::new();
    let (sender, cast) = (user(4), user(4).sei.cast());
    world.mint(cast, "usei", ether(5));
    world.mint(cast, "factory/atom", U256::from(77));
    world.succeed(to(&sender, user(2).address, ether(4), []));
    let account = auth::account(&world.state, &sender.address).unwrap().unwrap();
    assert_eq!(account, auth::Account { nonce: 1, public_key: Some(sender.public_key) });
    assert_eq!(auth::linked(&world.state, &sender.sei).unwrap(), Some(sender.address));
    assert_eq!(world.balance(cast), U256::ZERO);
    assert_eq!(world.balance(sender.address), ether(1) - U256::from(TRANSFER_FEE), "the cast's funds paid for it");
    let atom: Denom = "factory/atom".parse().unwrap();
    assert_eq!(bank::balance(&world.state, &sender.address, &atom).unwrap(), U256::from(77));

    world.succeed(to(&sender, user(2).address, U256::ONE, []));
    let account = auth::account(&world.state, &sender.address).unwrap().unwrap();
    assert_eq!(account, auth::Account { nonce: 2, public_key: Some(sender.public_key) }, "the key outlives nonces");
}

#[test]
fn a_failing_first_transaction_links_all_the_same() {
    let mut world = World::new();
    world.install(contract(1), Code::new().revert().bytes());
    world.revert(to(&user(1), contract(1), U256::ZERO, []));
    assert_eq!(auth::linked(&world.state, &user(1).sei).unwrap(), Some(user(1).address));
}

#[test]
fn a_creation_stores_code_and_storage() {
    let mut world = World::new();
    let body = Code::new().push(U256::from(5)).store(1).op(&[STOP]);
    let outcome = world.succeed(creation(&user(1), ether(1), body.clone().deployer()));
    let made = outcome.contract_address.unwrap();
    assert_eq!(made, user(1).address.create(0));
    assert_eq!(evm::code(&world.state, &made).unwrap(), body.bytes());
    assert_eq!((world.nonce(made), world.balance(made)), (1, ether(1)));
    world.succeed(to(&user(1), made, U256::ZERO, []));
    assert_eq!(world.slot(made, 1), U256::from(5));
    let dump = &evm::accounts(&world.state).unwrap()[&made];
    assert_eq!((dump.nonce, dump.balance, dump.storage.len()), (1, ether(1), 1));
}

#[test]
fn a_cleared_slot_leaves_no_key() {
    let mut world = World::new();
    world.install(contract(1), Code::new().op(&[PUSH0, CALLDATALOAD]).store(0).bytes());
    world.succeed(to(&user(1), contract(1), U256::ZERO, U256::from(0x0102).to_be_bytes_vec()));
    let key = evm::keys::slot(&contract(1), &U256::ZERO);
    assert_eq!(world.state.pairs[&key].as_slice(), [1, 2], "big-endian without leading zeros");
    world.succeed(to(&user(1), contract(1), U256::ZERO, [0; 32]));
    assert!(!world.state.pairs.contains_key(&key));
}

#[test]
fn failures_keep_nonce_and_fee_and_nothing_else() {
    let revert = Code::new().push(U256::from(5)).store(1).revert();
    let invalid = Code::new().push(U256::from(5)).store(1).op(&[INVALID]);
    let endless = Code::new().op(&[JUMPDEST, PUSH0, JUMP]);
    for (code, expected) in
        [(revert, ResultCode::Reverted), (invalid, ResultCode::Halted), (endless, ResultCode::OutOfGas)]
    {
        let mut world = World::new();
        world.install(contract(1), code.bytes());
        let outcome = world.run(to(&user(1), contract(1), ether(1), [])).unwrap();
        assert_eq!(outcome.code, expected);
        assert_eq!(outcome.gas_used == 1_000_000, expected != ResultCode::Reverted, "{expected:?}");
        let fee = U256::from(outcome.gas_used) * U256::from(2 * GWEI);
        assert_eq!(world.balance(user(1).address), ether(100) - fee);
        assert_eq!((world.balance(contract(1)), world.slot(contract(1), 1)), (U256::ZERO, U256::ZERO));
        assert_eq!((world.nonce(user(1).address), outcome.logs.len()), (1, 0));
    }
}

#[test]
fn gas_left_is_given_back_at_the_price_paid() {
    let mut world = World::new();
    let env = evm::CallEnv { priority_fee: Some(u128::from(GWEI / 2)), ..to(&user(1), user(2).address, U256::ONE, []) };
    let outcome = world.succeed(env);
    assert_eq!(outcome.effective_gas_price, u128::from(GWEI + GWEI / 2), "base fee plus tip, below the cap");
    assert_eq!(world.balance(fees::collector()), U256::from(21_000 * (GWEI + GWEI / 2)));
}

fn destroys_itself(heir: Address) -> Code {
    Code::new().push_address(heir).op(&[SELFDESTRUCT])
}

#[test]
fn self_destruction_of_an_old_contract_moves_its_funds_only() {
    let mut world = World::new();
    world.install(contract(1), destroys_itself(user(2).address).bytes());
    world.succeed(to(&user(1), contract(1), ether(3), []));
    assert_eq!((world.balance(contract(1)), world.balance(user(2).address)), (U256::ZERO, ether(103)));
    assert!(!evm::code(&world.state, &contract(1)).unwrap().is_empty(), "EIP-6780");
}

#[test]
fn self_destruction_in_the_creating_transaction_removes_everything() {
    let mut world = World::new();
    let code = Code::new().push(U256::from(5)).store(1).op(&[CALLER, SELFDESTRUCT]);
    let made = user(1).address.create(0);
    world.succeed(creation(&user(1), ether(1), code.bytes()));
    assert!(evm::account(&world.state, &made).unwrap().is_none());
    assert!(!world.state.pairs.keys().any(|key| evm::keys::slot_of(key).is_some_and(|(address, _)| address == made)));
}

#[test]
fn what_self_destruction_burns_leaves_the_supply() {
    let mut world = World::new();
    let before = bank::supply(&world.state, &Denom::native()).unwrap();
    let to_itself = Code::new().op(&[ADDRESS, SELFDESTRUCT]);
    world.succeed(creation(&user(1), ether(1), to_itself.bytes()));
    assert_eq!(bank::supply(&world.state, &Denom::native()).unwrap(), before - U256::from(1_000_000));

    // Destroyed first, paid afterwards: a factory makes a contract that destroys itself, then sends it money.
    let child = Code::new().op(&[CALLER, SELFDESTRUCT]).bytes();
    let factory = Code::new().memory(&child).push(child.len() as u64).op(&[PUSH0, PUSH0, CREATE]).store(0);
    let factory = factory.op(&[PUSH0, PUSH0, PUSH0, PUSH0]).push(ether(2)).op(&[PUSH0, SLOAD, GAS, CALL]).store(1);
    world.install(contract(1), factory.bytes());
    world.succeed(to(&user(1), contract(1), ether(2), []));
    assert_eq!(world.slot(contract(1), 1), U256::ONE, "the payment went through");
    assert_eq!(bank::supply(&world.state, &Denom::native()).unwrap(), before - U256::from(3_000_000));
}

#[test]
fn a_reverted_self_destruction_burns_nothing() {
    let mut world = World::new();
    let before = bank::supply(&world.state, &Denom::native()).unwrap();
    let child = Code::new().op(&[ADDRESS, SELFDESTRUCT]).bytes();
    let maker = Code::new().memory(&child).push(child.len() as u64).push(U256::ZERO).push(ether(1)).op(&[CREATE]);
    world.install(contract(1), maker.op(&[POP]).revert().bytes());
    world.install(contract(2), Code::new().call(Kind::Call, contract(1), ether(1), &[]).store(0).bytes());
    world.succeed(to(&user(1), contract(2), ether(1), []));
    assert_eq!((world.slot(contract(2), 0), world.balance(contract(2))), (U256::ZERO, ether(1)));
    assert_eq!(bank::supply(&world.state, &Denom::native()).unwrap(), before);
}

#[test]
fn logs_come_in_order_and_only_from_frames_that_stand() {
    let mut world = World::new();
    let log = |topic: u64| Code::new().push(U256::from(topic)).op(&[PUSH0, PUSH0, LOG1]);
    world.install(contract(1), log(9).revert().bytes());
    let code = log(1).call(Kind::Call, contract(1), U256::ZERO, &[]).push(U256::from(2)).op(&[PUSH0, PUSH0, LOG1]);
    world.install(contract(2), code.bytes());
    let outcome = world.succeed(to(&user(1), contract(2), U256::ZERO, []));
    let topics: Vec<_> = outcome.logs.iter().map(|log| U256::from_be_bytes(log.topics()[0].0)).collect();
    assert_eq!(topics, [U256::from(1), U256::from(2)]);
}

#[test]
fn equal_code_is_kept_while_any_account_has_it() {
    let mut world = World::new();
    world.install(contract(1), idle());
    let outcome = world.succeed(creation(&user(1), U256::ZERO, Code::new().op(&[STOP]).deployer()));
    let made = outcome.contract_address.unwrap();
    assert_eq!(evm::code_hash(&world.state, &made).unwrap(), evm::code_hash(&world.state, &contract(1)).unwrap());
    world.set(|state| evm::set_code(state, &made, Bytes::new()));
    assert_eq!(evm::code(&world.state, &contract(1)).unwrap(), idle());
}
