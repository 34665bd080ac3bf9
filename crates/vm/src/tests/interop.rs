//! Native effects inside EVM transactions: seen by both sides, and undone by every EVM revert, at any depth.

use revm::bytecode::opcode::*;
use seiza_modules::{auth, bank};
use seiza_state::{Delta, StateRead as _, StateWrite as _};
use seiza_types::{Address, Denom, U256};

use super::asm::{Code, Kind};
use super::precompiles::{associate_pub_key, balance_of, send_native};
use super::world::{World, contract, ether, to, user};
use crate::evm;
use crate::precompiles::{ADDR_ADDRESS, BANK_ADDRESS};

/// Code that sends `wei` to user `n` by the bank precompile and leaves the success flag on the stack.
fn send(code: Code, n: u8, wei: u64) -> Code {
    code.call(Kind::Call, BANK_ADDRESS, U256::from(wei), &send_native(&user(n).sei.to_string()))
}

/// Code that links user `n` by the addr precompile.
fn link(code: Code, n: u8) -> Code {
    code.call(Kind::Call, ADDR_ADDRESS, U256::ZERO, &associate_pub_key(&user(n).public_key))
}

fn call(code: Code, n: u8) -> Code {
    code.call(Kind::Call, contract(n), U256::ZERO, &[])
}

fn linked(world: &World, n: u8) -> bool {
    auth::linked(&world.state, &user(n).sei).unwrap().is_some()
}

#[test]
fn a_native_send_is_seen_by_the_evm_and_counts_in_the_end() {
    let mut world = World::new();
    let cast = user(4).sei.cast();
    let code = send(Code::new(), 4, 500).store(0).push_address(cast).op(&[BALANCE]).store(1);
    world.install(contract(1), code.op(&[SELFBALANCE]).store(2).bytes());
    let outcome = world.succeed(to(&user(1), contract(1), U256::from(700), []));
    assert_eq!([0, 1, 2].map(|slot| world.slot(contract(1), slot)), [1, 500, 200].map(U256::from));
    assert_eq!((world.balance(cast), world.balance(BANK_ADDRESS)), (U256::from(500), U256::ZERO));
    assert_eq!(outcome.events.len(), 1);
    assert_eq!(outcome.events[0].kind, "transfer");
    assert!(
        !world.writes.iter().any(|(key, _)| *key == bank::keys::native(&BANK_ADDRESS)),
        "what came and went is not written"
    );
}

#[test]
fn an_evm_transfer_is_seen_by_native_code() {
    let mut world = World::new();
    let query = balance_of(contract(2), "usei");
    let code = Code::new().call(Kind::Call, contract(2), ether(3), &[]).op(&[POP]);
    let code = code.call(Kind::Static, BANK_ADDRESS, U256::ZERO, &query).op(&[POP]);
    world.install(contract(1), code.return_answer().bytes());
    let outcome = world.succeed(to(&user(1), contract(1), ether(3), []));
    assert_eq!(U256::from_be_slice(&outcome.output), U256::from(3_000_000), "3 SEI in usei");
}

#[test]
fn a_transaction_straight_to_a_precompile_has_its_effect() {
    let mut world = World::new();
    let outcome = world.succeed(to(&user(1), BANK_ADDRESS, ether(1), send_native(&user(4).sei.to_string())));
    assert_eq!(world.balance(user(4).sei.cast()), ether(1));
    assert_eq!(U256::from_be_slice(&outcome.output), U256::ONE);
    assert!(outcome.gas_used > 21_000 + 35_000);
}

#[test]
fn a_reverting_transaction_undoes_native_effects_but_not_the_senders_link() {
    let mut world = World::new();
    world.install(contract(1), link(send(Code::new(), 4, 500), 4).revert().bytes());
    let outcome = world.run(to(&user(1), contract(1), ether(1), [])).unwrap();
    assert_eq!((outcome.code, outcome.events.len()), (seiza_types::Code::Reverted, 0));
    assert_eq!(world.balance(user(4).sei.cast()), U256::ZERO);
    assert!(!linked(&world, 4));
    assert!(linked(&world, 1), "the sender's own link is older than the frame that reverted");
}

#[test]
fn an_inner_revert_undoes_its_own_effects_and_leaves_the_outer_ones() {
    let mut world = World::new();
    // contract 2 links 4 and reverts; contract 1 links 5 before, catches, and links 6 after.
    world.install(contract(2), link(Code::new(), 4).revert().bytes());
    let code = link(call(link(Code::new(), 5).store(5), 2).store(2), 6).store(6);
    world.install(contract(1), code.bytes());
    let outcome = world.succeed(to(&user(1), contract(1), U256::ZERO, []));
    assert_eq!([5, 2, 6].map(|slot| world.slot(contract(1), slot)), [1, 0, 1].map(U256::from));
    assert_eq!([4, 5, 6].map(|n| linked(&world, n)), [false, true, true]);
    assert_eq!(outcome.code, seiza_types::Code::Ok);
}

#[test]
fn an_outer_revert_undoes_what_inner_frames_had_finished() {
    let mut world = World::new();
    // 3 links 4 and returns; 2 calls 3, links 5, then reverts; 1 catches and links 6.
    world.install(contract(3), link(Code::new(), 4).op(&[STOP]).bytes());
    world.install(contract(2), link(call(Code::new(), 3), 5).revert().bytes());
    world.install(contract(1), link(call(Code::new(), 2).op(&[POP]), 6).op(&[STOP]).bytes());
    world.succeed(to(&user(1), contract(1), U256::ZERO, []));
    assert_eq!([4, 5, 6].map(|n| linked(&world, n)), [false, false, true]);
}

#[test]
fn what_was_reverted_can_be_done_again_in_the_same_transaction() {
    let mut world = World::new();
    world.mint(user(4).sei.cast(), "usei", ether(2));
    world.mint(user(4).sei.cast(), "factory/atom", U256::from(9));
    world.install(contract(2), link(Code::new(), 4).revert().bytes());
    world.install(contract(1), link(call(Code::new(), 2).op(&[POP]), 4).store(0).bytes());
    world.succeed(to(&user(1), contract(1), U256::ZERO, []));
    assert_eq!(world.slot(contract(1), 0), U256::ONE, "not \"already associated\": the first link never happened");
    assert!(linked(&world, 4));
    assert_eq!((world.balance(user(4).address), world.balance(user(4).sei.cast())), (ether(2), U256::ZERO));
    let atom: Denom = "factory/atom".parse().unwrap();
    assert_eq!(bank::balance(&world.state, &user(4).address, &atom).unwrap(), U256::from(9));
}

#[test]
fn events_of_reverted_calls_are_dropped() {
    let mut world = World::new();
    world.install(contract(2), send(Code::new(), 5, 2).revert().bytes());
    let code = send(Code::new(), 4, 1).op(&[POP]).call(Kind::Call, contract(2), U256::from(2), &[]).op(&[POP]);
    world.install(contract(1), send(code, 6, 3).op(&[STOP]).bytes());
    let outcome = world.succeed(to(&user(1), contract(1), U256::from(6), []));
    let amounts: Vec<_> = outcome.events.iter().map(|event| event.attributes[3].value.clone()).collect();
    assert_eq!(amounts, ["1", "3"]);
    assert_eq!(world.balance(contract(1)), U256::from(2), "what the reverted call was given came back");
}

#[test]
fn a_frame_out_of_gas_takes_its_native_effects_along() {
    let mut world = World::new();
    world.install(contract(2), link(Code::new(), 4).op(&[JUMPDEST]).push(0).op(&[POP, INVALID]).bytes());
    world.install(contract(1), call(Code::new(), 2).store(0).bytes());
    world.succeed(to(&user(1), contract(1), U256::ZERO, []));
    assert!(!linked(&world, 4));
}

#[test]
fn a_creation_that_fails_undoes_native_effects_of_its_constructor() {
    let mut world = World::new();
    let init = link(Code::new(), 4).revert().bytes();
    let maker = |tail: Code| tail.push(init.len()).op(&[PUSH0, PUSH0, CREATE]).store(0).bytes();
    let copied = Code::new().memory(&init);
    world.install(contract(1), maker(copied));
    world.succeed(to(&user(1), contract(1), U256::ZERO, []));
    assert_eq!(world.slot(contract(1), 0), U256::ZERO);
    assert!(!linked(&world, 4));
}

/// The bridge by itself: native code may read and write any key of the EVM's accounts in the middle of a transaction.
#[test]
fn the_bridge_serves_every_kind_of_key_from_the_journal() {
    let mut world = World::new();
    world.install(contract(1), Code::new().op(&[STOP]).bytes());
    let state = world.state.clone();
    evm::with_context(&state, &world.block, |ctx| {
        let mut bridge = crate::interop::Bridge::open(ctx);
        let (account, slot) = (contract(1), U256::from(7));
        evm::set_storage(&mut bridge, &account, &slot, U256::from(70));
        evm::set_balance(&mut bridge, &account, U256::from(10));
        bridge.add(bank::keys::native(&account), Delta::credit(U256::from(5))).unwrap();
        evm::set_nonce(&mut bridge, &account, 3).unwrap();
        evm::set_code(&mut bridge, &account, vec![ADDRESS].into());
        assert_eq!(evm::storage(&bridge, &account, &slot).unwrap(), U256::from(70));
        assert_eq!(bank::native_balance(&bridge, &account).unwrap(), U256::from(15));
        assert_eq!(auth::nonce(&bridge, &account).unwrap(), 3);
        assert_eq!(evm::code(&bridge, &account).unwrap().as_ref(), [ADDRESS]);
        let dump = &evm::accounts(&bridge).unwrap()[&account];
        assert_eq!((dump.nonce, dump.balance, dump.code.len()), (3, U256::from(15), 1));
        assert_eq!(dump.storage[&slot], U256::from(70), "scans see the journal too");
        bridge.delete(evm::keys::slot(&account, &slot));
        bridge.delete(evm::keys::code_hash(&account));
        assert_eq!(bridge.get(&evm::keys::slot(&account, &slot)).unwrap(), None);
        assert!(evm::code(&bridge, &account).unwrap().is_empty());
        assert_eq!(evm::slots(&bridge, &account).unwrap().len(), 0);
        assert_ne!(Address::ZERO, account);
    });
}
