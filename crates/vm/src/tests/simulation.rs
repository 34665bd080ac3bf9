//! Calls that clients try out, and inspectors that watch.

use alloy_rpc_types_trace::geth::mux::MuxConfig;
use alloy_rpc_types_trace::geth::{CallConfig, PreStateConfig, PreStateFrame};
use revm::bytecode::opcode::*;
use revm_inspectors::access_list::AccessListInspector;
use revm_inspectors::tracing::{FourByteInspector, MuxInspector, TracingInspector, TracingInspectorConfig};
use seiza_state::Access;
use seiza_types::{Address, Code as ResultCode, U256};

use super::asm::{Code, Kind};
use super::precompiles::send_native;
use super::world::{World, contract, ether, to, user};
use crate::evm::{self, CallEnv, Checks, StateDb};
use crate::precompiles::BANK_ADDRESS;

/// Contract 1 stores 5 in slot 1, then sends 500 wei to user 4 through the bank precompile.
fn busy() -> World {
    let mut world = World::new();
    let input = send_native(&user(4).sei.to_string());
    let code = Code::new().push(5).store(1).call(Kind::Call, BANK_ADDRESS, U256::from(500), &input).op(&[POP]);
    world.install(contract(1), code.bytes());
    world
}

#[test]
fn a_call_needs_neither_funds_nor_nonce_nor_key_and_writes_nothing() {
    let world = busy();
    let poor = Address::repeat_byte(0x99);
    let env = CallEnv { from: poor, to: Some(contract(1)), gas: 1_000_000, value: ether(9), ..CallEnv::default() };
    let done = evm::call(&world.state, &world.block, env, Checks::NONE).unwrap();
    let outcome = done.outcome();
    assert_eq!((outcome.code, outcome.events.len(), done.events.len()), (ResultCode::Ok, 1, 1));
    assert_eq!((world.slot(contract(1), 1), world.balance(user(4).sei.cast())), (U256::ZERO, U256::ZERO));
}

#[test]
fn a_committed_simulation_is_the_transaction() {
    let mut world = busy();
    let env = to(&user(1), contract(1), ether(1), []);
    let done = evm::call(&world.state, &world.block, env.clone(), Checks::ALL).unwrap();
    let mut access = Access::new(&world.state);
    done.commit(&mut access).unwrap();
    let (_, writes) = access.finish();
    let outcome = world.succeed(env);
    assert_eq!((done.outcome(), writes), (outcome, world.writes.clone()));
}

#[test]
fn overrides_are_ordinary_writes() {
    let world = busy();
    let mut access = Access::unrecorded(&world.state);
    evm::set_storage(&mut access, &contract(1), &U256::from(9), U256::ONE);
    evm::clear_storage(&mut access, &contract(1)).unwrap();
    evm::set_storage(&mut access, &contract(1), &U256::from(8), U256::from(80));
    evm::set_code(
        &mut access,
        &contract(1),
        Code::new().push(8).op(&[SLOAD, PUSH0, MSTORE]).push(32).op(&[PUSH0, RETURN]).bytes(),
    );
    let env = CallEnv { to: Some(contract(1)), gas: 100_000, ..CallEnv::default() };
    let done = evm::call(&access, &world.block, env, Checks::NONE).unwrap();
    assert_eq!(U256::from_be_slice(&done.outcome().output), U256::from(80));
    assert_eq!(evm::slots(&access, &contract(1)).unwrap().len(), 1);
}

#[test]
fn inspectors_see_the_same_execution() {
    let world = busy();
    let env = to(&user(1), contract(1), ether(1), []);
    let plain = evm::call(&world.state, &world.block, env.clone(), Checks::ALL).unwrap().outcome();

    let mut tracer = TracingInspector::new(TracingInspectorConfig::all());
    let traced = evm::inspect(&world.state, &world.block, env.clone(), Checks::ALL, &mut tracer).unwrap();
    assert_eq!(traced.outcome(), plain);
    let frame = tracer.geth_builder().geth_call_traces(CallConfig::default(), plain.gas_used);
    let callees: Vec<_> = frame.calls.iter().map(|call| call.to).collect();
    assert_eq!((frame.to, callees), (Some(contract(1)), vec![Some(BANK_ADDRESS)]));

    let diff = PreStateConfig { diff_mode: Some(true), ..PreStateConfig::default() };
    let db = StateDb(&world.state);
    let frame = tracer.geth_builder().geth_prestate_traces(&traced.result, &diff, db).unwrap();
    let PreStateFrame::Diff(diff) = frame else { panic!("a diff was asked for") };
    assert!(diff.post.contains_key(&user(4).sei.cast()), "native effects on balances are in the EVM's own state");

    let mut four = FourByteInspector::default();
    evm::inspect(&world.state, &world.block, env.clone(), Checks::ALL, &mut four).unwrap();
    let mut list = AccessListInspector::default();
    evm::inspect(&world.state, &world.block, env.clone(), Checks::ALL, &mut list).unwrap();
    assert!(list.into_access_list().0.iter().any(|item| item.address == contract(1)));
    let mut mux = MuxInspector::try_from_config(MuxConfig::default()).unwrap();
    evm::inspect(&world.state, &world.block, env, Checks::ALL, &mut mux).unwrap();
}

#[test]
fn a_database_view_answers_like_the_state() {
    use revm::{Database as _, DatabaseRef as _};
    let world = busy();
    let mut db = StateDb(&world.state);
    let info = db.basic_ref(contract(1)).unwrap().unwrap();
    assert_eq!(
        db.code_by_hash(info.code_hash).unwrap().original_bytes(),
        evm::code(&world.state, &contract(1)).unwrap()
    );
    assert_eq!(db.basic(user(1).address).unwrap().unwrap().balance, ether(100));
    assert_eq!(db.basic(Address::repeat_byte(0x99)).unwrap(), None);
    assert_eq!(db.storage(contract(1), U256::ONE).unwrap(), U256::ZERO);
    assert!(db.block_hash(3).unwrap().is_zero());
}

#[test]
fn a_transaction_inside_an_inspectors_callback_does_not_disturb_the_outer_one() {
    struct Nested<'w>(&'w World, usize);
    impl<'a> revm::Inspector<crate::evm::EvmContext<'a>> for Nested<'_> {
        fn call(
            &mut self,
            _: &mut crate::evm::EvmContext<'a>,
            _: &mut revm::interpreter::CallInputs,
        ) -> Option<revm::interpreter::CallOutcome> {
            let env = to(&user(2), contract(1), ether(1), []);
            self.1 += evm::call(&self.0.state, &self.0.block, env, Checks::ALL).unwrap().events.len();
            None
        }
    }
    let world = busy();
    let env = to(&user(1), contract(1), ether(1), []);
    let plain = evm::call(&world.state, &world.block, env.clone(), Checks::ALL).unwrap().outcome();
    let mut nested = Nested(&world, 0);
    let watched = evm::inspect(&world.state, &world.block, env, Checks::ALL, &mut nested).unwrap();
    assert_eq!((watched.outcome(), nested.1), (plain, 2));
}
