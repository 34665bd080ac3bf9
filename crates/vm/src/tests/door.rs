//! Calls from native code, through the door.

use revm::bytecode::opcode::*;
use seiza_modules::{Call, Ctx, Dispatch as _, GasMeter, ModuleError, auth};
use seiza_state::Access;
use seiza_types::tx::Message;
use seiza_types::{Bytes, Coin, Denom, SeiAddress, U256};

use super::asm::Code;
use super::precompiles::send_native;
use super::world::{World, contract, ether, user};
use crate::evm;
use crate::interop::Door;
use crate::precompiles::BANK_ADDRESS;

/// What a call in the name of user 1 came to.
struct Done {
    answer: Result<Bytes, ModuleError>,
    gas: u64,
    events: usize,
}

fn dispatch(world: &mut World, limit: u64, inside_evm: bool, call: Call) -> Done {
    let (block, mut gas, mut events) = (world.block.clone(), GasMeter::new(limit), Vec::new());
    let mut answer = Ok(Bytes::new());
    world.set(|state: &mut Access<'_>| {
        let checkpoint = state.checkpoint();
        let info = block.info();
        let mut door = if inside_evm { Door::inside_evm(&block) } else { Door::new(&block) };
        let mut ctx = Ctx { state, block: &info, place: Default::default(), gas: &mut gas, events: &mut events };
        answer = door.dispatch(&mut ctx, user(1).address, call);
        if answer.is_err() {
            state.revert(checkpoint);
        }
    });
    Done { answer, gas: gas.used(), events: events.len() }
}

fn call(n: u8, value: U256) -> Call {
    Call::Evm { to: contract(n), value, input: Bytes::new() }
}

#[test]
fn native_code_calls_native_code() {
    let mut world = World::new();
    let amount = vec![Coin { denom: Denom::native(), amount: U256::from(2_000_000) }];
    let from = SeiAddress::cast_from(user(1).address);
    let message = Message::Send { from, to: user(4).sei, amount };
    let done = dispatch(&mut world, 100_000, true, Call::Native(message));
    assert_eq!((done.answer, done.gas, done.events), (Ok(Bytes::new()), 35_000, 4));
    assert_eq!(world.balance(user(4).sei.cast()), ether(2));
}

#[test]
fn native_code_calls_a_contract_with_value_and_pays_by_its_meter() {
    let mut world = World::new();
    world.install(
        contract(1),
        Code::new().op(&[CALLVALUE]).store(1).op(&[CALLER, PUSH0, MSTORE]).push(32).op(&[PUSH0, RETURN]).bytes(),
    );
    let done = dispatch(&mut world, 100_000, false, call(1, ether(3)));
    assert_eq!(U256::from_be_slice(&done.answer.unwrap()), U256::from_be_slice(user(1).address.as_slice()));
    assert!((21_000..100_000).contains(&done.gas), "{}", done.gas);
    assert_eq!((world.slot(contract(1), 1), world.balance(contract(1))), (ether(3), ether(3)));
    assert_eq!(world.balance(user(1).address), ether(97), "no fee in coin");
    assert_eq!(world.nonce(user(1).address), 0, "the call is no transaction of its own");
}

#[test]
fn a_callers_record_survives_the_call() {
    let mut world = World::new();
    world.install(contract(1), Code::new().op(&[STOP]).bytes());
    world.set(|state| {
        auth::begin_tx(state, &user(1), 0).unwrap();
    });
    dispatch(&mut world, 100_000, false, call(1, U256::ZERO)).answer.unwrap();
    let record = auth::account(&world.state, &user(1).address).unwrap();
    assert_eq!(record, Some(auth::Account { nonce: 1, public_key: Some(user(1).public_key) }));
}

#[test]
fn a_contract_called_by_native_code_may_call_precompiles() {
    let mut world = World::new();
    let input = send_native(&user(4).sei.to_string());
    let done =
        dispatch(&mut world, 200_000, false, Call::Evm { to: BANK_ADDRESS, value: ether(1), input: input.into() });
    assert!(done.answer.is_ok());
    assert_eq!((world.balance(user(4).sei.cast()), done.events), (ether(1), 1));
}

#[test]
fn what_fails_leaves_nothing_and_says_why() {
    let reverting = Code::new().push(1).store(1).revert();
    let endless = Code::new().op(&[JUMPDEST, PUSH0, JUMP]);
    let table = [
        (1, U256::ZERO, 100_000, ModuleError::Rejected("the called contract failed")),
        (2, U256::ZERO, 100_000, ModuleError::OutOfGas { limit: 100_000 }),
        (3, ether(101), 100_000, ModuleError::Rejected("the contract cannot be called: funds or gas are missing")),
        (3, U256::ZERO, 20_999, ModuleError::Rejected("the contract cannot be called: funds or gas are missing")),
    ];
    for (n, value, gas, why) in table {
        let mut world = World::new();
        world.install(contract(1), reverting.clone().bytes());
        world.install(contract(2), endless.clone().bytes());
        let done = dispatch(&mut world, gas, false, call(n, value));
        assert_eq!(done.answer, Err(why));
        assert_eq!((world.slot(contract(1), 1), world.writes.is_empty()), (U256::ZERO, true));
    }
}

#[test]
fn two_doors_stay_shut() {
    let mut world = World::new();
    world.install(contract(1), Code::new().op(&[STOP]).bytes());
    let nested = dispatch(&mut world, 100_000, true, call(1, U256::ZERO));
    assert_eq!(nested.answer, Err(ModuleError::Rejected("native code called by a contract cannot call contracts")));
    let wasm = Call::Wasm { contract: contract(1), msg: Bytes::new(), funds: Vec::new() };
    let wasm = dispatch(&mut world, 100_000, false, wasm);
    assert_eq!(wasm.answer, Err(ModuleError::Rejected("CosmWasm contracts cannot be called yet")));
    assert!(evm::code(&world.state, &contract(2)).unwrap().is_empty());
}
