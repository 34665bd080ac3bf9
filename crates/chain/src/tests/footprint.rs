//! Stories of footprints: what is learned of a transaction before it is executed.

use std::collections::BTreeMap;

use alloy_primitives::{TxKind, bytes};
use seiza_executor::Intent;
use seiza_modules::{auth, bank};
use seiza_state::Key;
use seiza_types::limits::{FOOTPRINT_KEYS_MAX, LEARN_GAS_MAX};
use seiza_types::{Address, Bytes, SeiAddress, U256, VerifiedTx};
use seiza_vm::evm;

use super::World;
use super::wallet::Wallet;
use crate::declare::by_type;

const STRANGER: Address = Address::repeat_byte(0x99);

fn learned(world: &World, tx: &VerifiedTx) -> BTreeMap<Key, Intent> {
    world.chain.learn(tx).unwrap().iter().cloned().collect()
}

#[test]
fn a_sends_footprint_is_its_nonce_and_what_it_adds() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    world.block(vec![alice.transfer(0, STRANGER, 1)]);
    let keys = learned(&world, &alice.send(1, SeiAddress([8; 20]), &[("usei", 3)], 400_000));
    let sender = alice.signer().address;
    let expected = [
        (auth::keys::account(&sender), Intent::Change),
        (auth::keys::link(&SeiAddress([8; 20])), Intent::Read),
        (bank::keys::native(&sender), Intent::Add),
        (bank::keys::native(&Address::repeat_byte(8)), Intent::Add),
        (bank::keys::native(&seiza_modules::fees::collector()), Intent::Add),
    ];
    assert_eq!(keys, expected.into_iter().collect());
}

#[test]
fn a_contracts_slots_are_learned_as_they_are_used() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    // Runtime: slot 1 is read, slot 2 written, slot 3 counted up:
    // PUSH1 1 SLOAD POP, CALLVALUE PUSH1 2 SSTORE, PUSH1 3 SLOAD PUSH1 1 ADD PUSH1 3 SSTORE
    let creation = bytes!("716001545034600255600354600101600355005f526012600ef3");
    let created = world.block(vec![alice.evm(0, TxKind::Create, U256::ZERO, creation, 200_000)]);
    let contract = created[0].contract_address.unwrap();
    let call = alice.evm(1, TxKind::Call(contract), U256::from(5), Bytes::new(), 200_000);
    let keys = learned(&world, &call);
    let slot = |n: u64| keys.get(&evm::keys::slot(&contract, &U256::from(n))).copied();
    assert_eq!([slot(1), slot(3)], [Some(Intent::Read), Some(Intent::Change)]);
    assert!(matches!(slot(2), Some(Intent::Change)), "SSTORE looks at what was there, for its price");
    assert_eq!(keys.get(&evm::keys::code_hash(&contract)), Some(&Intent::Read));
}

#[test]
fn a_transaction_that_waits_for_earlier_ones_is_learned_as_if_they_had_run() {
    let world = World::new();
    let alice = Wallet::new(1);
    let record = auth::keys::account(&alice.signer().address);
    for tx in [alice.transfer(7, STRANGER, 1), alice.send(7, SeiAddress([8; 20]), &[("usei", 3)], 400_000)] {
        assert_eq!(learned(&world, &tx).get(&record), Some(&Intent::Change));
    }
    assert_eq!(world.nonce(&alice.signer().address), 0, "nothing is kept of a trial");
}

#[test]
fn what_cannot_run_or_costs_too_much_to_try_is_not_learned() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    world.block(vec![alice.transfer(0, STRANGER, 1)]);
    let call = |nonce, gas| alice.evm(nonce, TxKind::Call(STRANGER), U256::ZERO, Bytes::new(), gas);
    let table = [
        ("its nonce is used", alice.transfer(0, STRANGER, 1)),
        ("its sender has nothing", Wallet::new(9).transfer(0, STRANGER, 1)),
        ("it may take long", call(1, LEARN_GAS_MAX + 1)),
    ];
    for (why, tx) in table {
        assert!(world.chain.learn(&tx).is_none(), "{why}");
    }
    assert!(world.chain.learn(&call(1, LEARN_GAS_MAX)).is_some());
}

#[test]
fn a_footprint_is_bounded_and_keeps_what_is_written() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    // Slots CALLVALUE.. are read without end: CALLVALUE JUMPDEST DUP1 SLOAD POP PUSH1 1 ADD PUSH1 1 JUMP
    let creation = bytes!("6a345b8054506001016001565f52600b6015f3");
    let created = world.block(vec![alice.evm(0, TxKind::Create, U256::ZERO, creation, 200_000)]);
    let call = alice.evm(1, TxKind::Call(created[0].contract_address.unwrap()), U256::ZERO, Bytes::new(), 1_000_000);
    let keys = learned(&world, &call);
    assert_eq!(keys.len(), FOOTPRINT_KEYS_MAX);
    assert_eq!(keys.get(&auth::keys::account(&alice.signer().address)), Some(&Intent::Change));
}

#[test]
fn of_whom_nothing_is_known_the_senders_nonce_is_told() {
    let alice = Wallet::new(1);
    let record = auth::keys::account(&alice.signer().address);
    for tx in [alice.transfer(0, STRANGER, 1), alice.send(0, SeiAddress([8; 20]), &[("usei", 3)], 400_000)] {
        let mut told = Vec::new();
        by_type(&tx, &mut |key, intent| told.push((key.clone(), intent)));
        assert_eq!(told, [(record.clone(), Intent::Change)]);
    }
}
