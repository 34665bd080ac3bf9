//! Block hashes: opcode and history contract answer from one source.

use alloy_primitives::B256;
use revm::bytecode::opcode::*;
use seiza_types::U256;

use super::asm::{Code, Kind};
use super::world::{World, contract, to, user};
use crate::evm::{self, HISTORY_ADDRESS, HISTORY_BLOCKS};

const HEIGHT: u64 = 10_000;

fn hash_of(number: u64) -> B256 {
    B256::from(U256::from(number + 1_000_000))
}

/// A chain that has recorded every parent up to block [`HEIGHT`].
fn recorded() -> World {
    let mut world = World::new();
    world.block.number = HEIGHT;
    world.set(|state| (0..HEIGHT).for_each(|number| evm::record_parent_hash(state, number, hash_of(number))));
    world
}

fn by_opcode(world: &mut World, number: u64) -> U256 {
    world.install(contract(1), Code::new().push(number).op(&[BLOCKHASH]).store(0).bytes());
    world.succeed(to(&user(1), contract(1), U256::ZERO, []));
    world.slot(contract(1), 0)
}

/// The contract's answer; `None` where it reverts.
fn by_contract(world: &mut World, number: u64) -> Option<U256> {
    let input = U256::from(number).to_be_bytes::<32>();
    let code = Code::new().call(Kind::Static, HISTORY_ADDRESS, U256::ZERO, &input).store(0).return_answer();
    world.install(contract(2), code.bytes());
    let outcome = world.succeed(to(&user(1), contract(2), U256::ZERO, []));
    (world.slot(contract(2), 0) == U256::ONE).then(|| U256::from_be_slice(&outcome.output))
}

#[test]
fn opcode_and_contract_agree() {
    let mut world = recorded();
    for number in [HEIGHT - 1, HEIGHT - 2, HEIGHT - 200, HEIGHT - 256] {
        let expected: U256 = hash_of(number).into();
        assert_eq!(by_opcode(&mut world, number), expected, "{number}");
        assert_eq!(by_contract(&mut world, number), Some(expected), "{number}");
    }
    for number in [HEIGHT, HEIGHT + 1, HEIGHT - 257] {
        assert_eq!(by_opcode(&mut world, number), U256::ZERO, "beyond the opcode's 256 blocks: {number}");
    }
}

#[test]
fn the_contract_remembers_8191_blocks() {
    let mut world = recorded();
    let oldest = HEIGHT - HISTORY_BLOCKS;
    assert_eq!(by_contract(&mut world, oldest), Some(hash_of(oldest).into()));
    for number in [oldest - 1, HEIGHT, HEIGHT + 1] {
        assert_eq!(by_contract(&mut world, number), None, "{number}");
    }
}
