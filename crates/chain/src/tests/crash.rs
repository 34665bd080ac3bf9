//! Stories of stopping and starting: what was decided is executed again, and another chain's home is refused.

use seiza_storage::{Options, Storage};
use seiza_types::{Address, U256, ValidatorKey};

use super::wallet::Wallet;
use super::{World, genesis};
use crate::{Chain, ChainError, Genesis};

const STRANGER: Address = Address::repeat_byte(0x99);

#[test]
fn a_chain_goes_on_where_it_stopped() {
    let mut world = World::new();
    world.block(vec![Wallet::new(1).transfer(0, STRANGER, 1)]);
    let head = world.chain.head();
    let mut world = world.restart();
    assert_eq!(world.chain.head().app_hash, head.app_hash);
    world.block(vec![Wallet::new(1).transfer(1, STRANGER, 1)]);
    assert_eq!((world.chain.head().height, world.wei(&STRANGER)), (2, U256::from(2)));
}

#[test]
fn a_block_that_was_decided_but_not_committed_is_executed_at_the_next_start() {
    let mut world = World::new();
    world.block(vec![Wallet::new(1).transfer(0, STRANGER, 1)]);
    let executed = world.execute(vec![Wallet::new(1).transfer(1, STRANGER, 1)]);
    world.decide(&executed);
    let world = world.restart();
    assert_eq!((world.chain.head().height, world.chain.head().app_hash), (2, executed.app_hash));
    assert_eq!(world.wei(&STRANGER), U256::from(2));
}

#[test]
fn an_executed_block_that_is_dropped_leaves_no_trace() {
    let mut world = World::new();
    let before = world.chain.head().app_hash;
    drop(world.execute(vec![Wallet::new(1).transfer(0, STRANGER, 1)]));
    assert_eq!((world.chain.head().app_hash, world.wei(&STRANGER)), (before, U256::ZERO));
}

#[test]
fn a_block_executed_on_an_older_head_is_refused() {
    let mut world = World::new();
    let stale = world.execute(vec![Wallet::new(1).transfer(0, STRANGER, 1)]);
    world.block(vec![]);
    assert!(matches!(world.chain.commit(stale), Err(ChainError::Stale { block: 1, parent: 0, head: 1 })));
}

#[test]
fn a_home_of_another_chain_is_refused() {
    let world = World::new();
    let (folder, key) = (world.folder, ValidatorKey::from_seed([7; 32]));
    drop(world.chain);
    let other = Genesis { evm_chain_id: 1, ..genesis(&key) };
    let storage = Storage::open(folder.path(), Options::without_fsync()).unwrap();
    assert!(matches!(Chain::open(storage, other), Err(ChainError::OtherChain { .. })));
}

#[test]
fn a_genesis_that_cannot_found_a_chain_says_which_field() {
    let good = genesis(&ValidatorKey::from_seed([7; 32]));
    let json = good.to_json();
    assert_eq!(Genesis::from_json(&json).unwrap(), good);
    let table = [
        (json.replace("\"chain_id\"", "\"chainid\""), "chainid"),
        (json.replace("\"block_gas_max\": 30000000", "\"block_gas_max\": 5"), "block_gas_max"),
        (json.replace("\"power\": 10", "\"power\": 0"), "validators"),
        (json[..json.len() / 2].to_owned(), "line"),
    ];
    for (text, word) in table {
        let error = Genesis::from_json(&text).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}
