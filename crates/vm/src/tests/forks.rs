//! Rules that differ from fork to fork, under Ethereum's own policies; and delegations (EIP-7702).

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_eips::eip7702::Authorization;
use alloy_primitives::{B256, Signature};
use revm::bytecode::opcode::*;
use seiza_modules::auth;
use seiza_types::{Address, Bytes, Code as ResultCode, Fork, U256};

use super::asm::{Code, Kind};
use super::world::{CHAIN_ID, GWEI, World, contract, ether, idle, secret, to, user};
use crate::evm::{self, AccountView, BlockHashes, CallEnv, FeePolicy};

fn ethereum(fork: Fork) -> World {
    let mut world = World::new();
    world.block.fork = fork;
    world.block.fees = FeePolicy::Ethereum;
    world.block.base_fee = if fork >= Fork::London { GWEI } else { 0 };
    world.block.block_hashes = BlockHashes::Fixed(Arc::new(BTreeMap::from([(6, B256::repeat_byte(6))])));
    world.set(|state| evm::set_balance(state, &user(1).address, ether(100)));
    world
}

/// Runs without the bank's invariant: Ethereum burns and rewards outside the bank's supply.
fn run(world: &mut World, env: CallEnv) -> evm::TxOutcome {
    let nonce = world.nonce(env.from);
    world.run_unaudited(CallEnv { nonce, ..env }).unwrap()
}

#[test]
fn ethereums_policy_tips_the_coinbase_and_burns_the_base_fee() {
    let table = [(Fork::Frontier, 2 * GWEI), (Fork::Berlin, 2 * GWEI), (Fork::London, GWEI), (Fork::Prague, GWEI)];
    for (fork, tip) in table {
        let mut world = ethereum(fork);
        run(&mut world, to(&user(1), user(2).address, U256::ONE, []));
        assert_eq!(world.balance(world.block.coinbase), U256::from(21_000 * tip), "{fork:?}");
        assert_eq!(world.balance(user(1).address), ether(100) - U256::from(21_000 * 2 * GWEI) - U256::ONE);
        assert_eq!(auth::linked(&world.state, &user(1).sei).unwrap(), None, "nothing is linked there");
    }
}

#[test]
fn an_empty_account_is_left_behind_before_eip_158_only() {
    let nobody = Address::repeat_byte(0xee);
    for (fork, left) in [(Fork::TangerineWhistle, true), (Fork::SpuriousDragon, false)] {
        let mut world = ethereum(fork);
        let free = CallEnv { gas_price: 0, chain_id: None, ..to(&user(1), nobody, U256::ZERO, []) };
        run(&mut world, free);
        let empty = AccountView { nonce: 0, balance: U256::ZERO, code_hash: revm::primitives::KECCAK_EMPTY };
        let expected = left.then_some(empty);
        assert_eq!(evm::account(&world.state, &nobody).unwrap(), expected, "{fork:?}");
        assert_eq!(evm::account(&world.state, &world.block.coinbase).unwrap(), expected, "touched by a fee of 0");
    }
}

#[test]
fn touching_an_empty_account_removes_it_after_eip_158() {
    let nobody = Address::repeat_byte(0xee);
    for (fork, left) in [(Fork::Homestead, true), (Fork::Byzantium, false)] {
        let mut world = ethereum(fork);
        world.set(|state| evm::set_nonce(state, &nobody, 0).unwrap());
        assert!(evm::account(&world.state, &nobody).unwrap().is_some());
        run(&mut world, CallEnv { chain_id: None, ..to(&user(1), nobody, U256::ZERO, []) });
        assert_eq!(evm::account(&world.state, &nobody).unwrap().is_some(), left, "{fork:?}");
    }
}

#[test]
fn self_destruction_wipes_an_old_contract_before_eip_6780_only() {
    for (fork, left) in [(Fork::Shanghai, false), (Fork::Cancun, true)] {
        let mut world = ethereum(fork);
        world.install(contract(1), Code::new().op(&[CALLER, SELFDESTRUCT]).bytes());
        world.set(|state| (0..40).for_each(|slot| evm::set_storage(state, &contract(1), &U256::from(slot), U256::ONE)));
        run(&mut world, to(&user(1), contract(1), ether(1), []));
        assert_eq!(evm::account(&world.state, &contract(1)).unwrap().is_some(), left, "{fork:?}");
        assert_eq!(evm::slots(&world.state, &contract(1)).unwrap().len(), if left { 40 } else { 0 });
        assert_eq!(world.balance(contract(1)), U256::ZERO);
    }
}

#[test]
fn a_wiped_contract_can_be_made_again_with_clean_storage() {
    let mut world = ethereum(Fork::London);
    let body = Code::new().op(&[PUSH0, SLOAD]).push(1).op(&[ADD]).store(0).op(&[CALLER, SELFDESTRUCT]);
    // PUSH0 is newer than London.
    let body: Bytes =
        body.bytes().iter().flat_map(|op| if *op == PUSH0 { vec![PUSH1, 0] } else { vec![*op] }).collect();
    let made = contract(5);
    for _ in 0..2 {
        world.install(made, body.clone());
        assert_eq!(world.slot(made, 0), U256::ZERO);
        run(&mut world, to(&user(1), made, U256::ZERO, []));
        assert!(evm::account(&world.state, &made).unwrap().is_none());
    }
}

#[test]
fn no_contract_is_made_over_storage() {
    let mut world = ethereum(Fork::Cancun);
    let place = user(1).address.create(0);
    world.set(|state| evm::set_storage(state, &place, &U256::ONE, U256::ONE));
    world.set(|state| evm::set_balance(state, &place, U256::from(5)));
    let init = Code::new().op(&[STOP]).deployer();
    let outcome = run(&mut world, super::world::creation(&user(1), U256::ZERO, init));
    assert_eq!((outcome.code, outcome.contract_address), (ResultCode::Halted, None), "EIP-7610");
    assert_eq!(world.slot(place, 1), U256::ONE);
    assert_eq!((world.nonce(place), world.balance(place)), (0, U256::from(5)));
}

#[test]
fn native_precompiles_are_no_part_of_ethereum() {
    let mut world = ethereum(Fork::Prague);
    world.set(|state| evm::set_code(state, &crate::precompiles::BANK_ADDRESS, Bytes::new()));
    let outcome = run(&mut world, to(&user(1), crate::precompiles::BANK_ADDRESS, U256::ZERO, [1, 2, 3, 4]));
    assert_eq!((outcome.code, outcome.output), (ResultCode::Ok, Bytes::new()), "an address without code");
}

pub(super) fn authorization(n: u8, delegate: Address, nonce: u64) -> alloy_eips::eip7702::SignedAuthorization {
    let plain = Authorization { chain_id: U256::from(CHAIN_ID), address: delegate, nonce };
    let digest = secp256k1::Message::from_digest(plain.signature_hash().0);
    let (id, rs) = secp256k1::SECP256K1.sign_ecdsa_recoverable(digest, &secret(n)).serialize_compact();
    let parity = i32::from(id) == 1;
    plain.into_signed(Signature::from_bytes_and_parity(&rs, parity))
}

#[test]
fn a_delegated_account_runs_its_delegates_code_and_still_sends() {
    let mut world = World::new();
    world.install(contract(1), Code::new().push(7).store(3).bytes());
    let authorizations = vec![authorization(2, contract(1), 0), authorization(3, contract(1), 9)];
    let env = CallEnv { authorizations, priority_fee: Some(1), ..to(&user(1), user(2).address, U256::ZERO, []) };
    world.succeed(env);
    let delegated = user(2).address;
    let designation = [&[0xef, 0x01, 0x00], contract(1).as_slice()].concat();
    assert_eq!(evm::code(&world.state, &delegated).unwrap(), designation);
    assert_eq!((world.slot(delegated, 3), world.nonce(delegated)), (U256::from(7), 1));
    assert!(evm::code(&world.state, &user(3).address).unwrap().is_empty(), "wrong nonce: passed over");

    world.succeed(to(&user(2), user(1).address, U256::ONE, []));
    assert_eq!(world.nonce(delegated), 2, "EIP-3607 lets delegated senders pass");
    let record = auth::account(&world.state, &delegated).unwrap().unwrap();
    assert_eq!(record.public_key, Some(user(2).public_key));

    let revoke = vec![authorization(2, Address::ZERO, 2)];
    let env = CallEnv { authorizations: revoke, priority_fee: Some(1), ..to(&user(1), contract(2), U256::ZERO, []) };
    world.succeed(env);
    assert!(evm::code(&world.state, &delegated).unwrap().is_empty());
    assert!(!world.state.pairs.contains_key(&evm::keys::code_hash(&delegated)));
}

#[test]
fn a_delegation_outlives_the_failure_of_its_transaction() {
    let mut world = World::new();
    world.install(contract(1), idle());
    world.install(contract(2), Code::new().revert().bytes());
    let authorizations = vec![authorization(2, contract(1), 0)];
    let env = CallEnv { authorizations, priority_fee: Some(1), ..to(&user(1), contract(2), U256::ZERO, []) };
    world.revert(env);
    assert_eq!(evm::code(&world.state, &user(2).address).unwrap().len(), 23);
}

#[test]
fn an_associated_account_that_never_acted_counts_as_new_for_delegations() {
    // The refund of EIP-7702 is for authorities that exist in state; a link alone is no existence.
    let used = |linked: bool| {
        let mut world = World::new();
        world.install(contract(1), idle());
        if linked {
            world.set(|state| {
                auth::link(state, &user(9)).unwrap();
            });
        }
        let authorizations = vec![authorization(9, contract(1), 0)];
        let env = CallEnv { authorizations, priority_fee: Some(1), ..to(&user(1), contract(1), U256::ZERO, []) };
        world.succeed(env).gas_used
    };
    assert_eq!(used(true), used(false));
}

#[test]
fn blob_fees_exist_where_ethereums_tests_need_them() {
    let mut world = ethereum(Fork::Cancun);
    let code = Code::new().push(0).op(&[BLOBHASH]).store(0).op(&[BLOBBASEFEE]).store(1);
    world.install(contract(1), code.bytes());
    let mut hash = B256::repeat_byte(9);
    hash[0] = 1;
    let env = CallEnv {
        blob_hashes: vec![hash],
        max_fee_per_blob_gas: 5,
        priority_fee: Some(0),
        ..to(&user(1), contract(1), U256::ZERO, [])
    };
    let outcome = run(&mut world, env);
    assert_eq!(outcome.code, ResultCode::Ok);
    assert_eq!([0, 1].map(|slot| world.slot(contract(1), slot)), [hash.into(), U256::ONE]);
    let gas = U256::from(outcome.gas_used) * U256::from(outcome.effective_gas_price);
    assert_eq!(world.balance(user(1).address), ether(100) - gas - U256::from(131_072), "one blob at 1 wei a gas");
}

#[test]
fn a_sub_call_in_an_old_fork_leaves_touched_precompiles_as_geth_does() {
    let mut world = ethereum(Fork::Byzantium);
    let identity = Address::with_last_byte(4);
    let code = Code::new().call(Kind::Call, identity, U256::ZERO, &[1, 2, 3]).store(0).bytes();
    let code: Bytes = code.iter().flat_map(|op| if *op == PUSH0 { vec![PUSH1, 0] } else { vec![*op] }).collect();
    world.install(contract(1), code);
    run(&mut world, to(&user(1), contract(1), U256::ZERO, []));
    assert_eq!(world.slot(contract(1), 0), U256::ONE);
    assert!(evm::account(&world.state, &identity).unwrap().is_none());
}
