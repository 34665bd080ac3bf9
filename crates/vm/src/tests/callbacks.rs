//! Settlement call-backs: each stands or falls alone, pays for itself, and the exchange takes nothing while one runs.

use alloy_sol_types::SolCall as _;
use revm::bytecode::opcode::*;
use seiza_modules::{Ctx, GasMeter, Place, bank, exchange};
use seiza_types::exchange::{EXCHANGE_ADDRESS, MarketOutcome, RegisterVenue, VenueCall};
use seiza_types::limits::{CALLBACK_FILLS_MAX, CALLBACK_GAS_MAX, CALLBACKS_GAS_MAX};
use seiza_types::{Bytes, Denom, U256};

use super::asm::{Code, Kind};
use super::exchange::{end_block, order, world};
use super::world::{GWEI, World, contract, ether, to, user};
use crate::callback;
use crate::evm::CallEnv;
use crate::precompiles::exchange::abi::IExchange::{Order, Side, placeOrdersCall};

/// Installs `code` as contract `n`, gives it `wei`, and has it register itself as a venue.
fn venue(world: &mut World, n: u8, code: Bytes, gas: u64, wei: U256) -> u32 {
    world.install(contract(n), code);
    world.set(|state| bank::mint(state, &contract(n), &Denom::native(), wei).unwrap());
    let (name, fee_recipient, callback) = (format!("Venue {n}"), user(3).address, Some(contract(n)));
    let wish = RegisterVenue { name, fee_bps: 10, fee_recipient, callback, callback_gas: gas };
    let mut id = None;
    let (block, mut events) = (world.block.info(), Vec::new());
    let mut gas = GasMeter::new(1_000_000);
    world.set(|state| {
        let place = Place::default();
        let mut ctx = Ctx { state, block: &block, place, gas: &mut gas, events: &mut events };
        id = Some(exchange::register_venue(&mut ctx, contract(n), &wish).unwrap());
    });
    id.unwrap().0
}

/// User 1 sells through each venue, user 2 buys all of it; the block's outcome.
fn trade(world: &mut World, venues: &[u32]) -> MarketOutcome {
    let sales: Vec<Order> =
        venues.iter().map(|venue| Order { venue: *venue, quantity: 100_000, ..order(Side::Sell) }).collect();
    let bought = Order { quantity: 100_000 * sales.len() as u128, price: 3_000_000, ..order(Side::Buy) };
    for (n, orders) in [(1, sales), (2, vec![bought])] {
        let input = placeOrdersCall { orders }.abi_encode();
        world.succeed(CallEnv {
            gas: 20_000_000,
            index: n.into(),
            ..to(&user(n), EXCHANGE_ADDRESS, U256::ZERO, input)
        });
    }
    end_block(world)
}

fn call_back(world: &mut World, outcome: &MarketOutcome) -> Vec<VenueCall> {
    let (outcomes, block, mut told) = (std::slice::from_ref(outcome), world.block.clone(), Vec::new());
    let due = callback::due(&world.state, outcomes).unwrap();
    world.set(|state| told = due.iter().map(|call| call.run(state, &block).unwrap()).collect());
    told
}

/// Adds one to slot 0 and goes on with `code`.
fn counting(code: Code) -> Bytes {
    let count = Code::new().push(U256::ZERO).op(&[SLOAD]).push(U256::ONE).op(&[ADD]).store(0);
    [count.bytes(), code.bytes()].concat().into()
}

fn looping() -> Code {
    // The count of `counting` is 33 + 1 + 33 + 1 + 33 + 1 bytes.
    Code::new().op(&[JUMPDEST]).push(U256::from(102)).op(&[JUMP])
}

#[test]
fn each_call_back_stands_or_falls_alone_and_pays_for_itself() {
    let placing = placeOrdersCall { orders: vec![order(Side::Buy)] }.abi_encode();
    let re_entering = Code::new().call(Kind::Call, EXCHANGE_ADDRESS, U256::ZERO, &placing).store(1);
    let mut world = world();
    let plain = counting(Code::new().push(U256::ZERO).push(U256::ZERO).op(&[LOG0, STOP]));
    let table: [(Bytes, U256, bool, u64); 5] = [
        (plain.clone(), ether(1), true, 1),
        (counting(Code::new().revert()), ether(1), false, 0),
        (counting(looping()), ether(1), false, 0),
        (counting(re_entering), ether(1), true, 1),
        (plain, U256::from(GWEI), false, 0),
    ];
    let mut ids = Vec::new();
    for (n, (code, wei, ..)) in (1..).zip(&table) {
        ids.push(venue(&mut world, n, code.clone(), 200_000, *wei));
    }
    let outcome = trade(&mut world, &ids);
    let supply = bank::supply(&world.state, &Denom::native()).unwrap();
    let told = call_back(&mut world, &outcome);
    assert_eq!(told.iter().map(|call| call.venue.0).collect::<Vec<_>>(), ids, "in the venues' order");
    for ((n, (_, wei, ok, count)), call) in (1..).zip(&table).zip(&told) {
        assert_eq!((call.ok, world.slot(contract(n), 0)), (*ok, U256::from(*count)), "venue {n}");
        let paid = U256::from(call.gas_used) * U256::from(GWEI);
        assert_eq!(world.balance(contract(n)), *wei - paid, "venue {n}");
    }
    assert_eq!(told[0].logs.len(), 1);
    assert!(told[0].gas_used > 21_000 && told[0].gas_used < 200_000);
    assert_eq!(
        (told[2].gas_used, told[4].gas_used),
        (200_000, 0),
        "all of it where it loops, nothing where it is poor"
    );
    assert_eq!(world.slot(contract(4), 1), U256::ZERO, "the order it tried to place was refused");
    assert_eq!(bank::supply(&world.state, &Denom::native()).unwrap(), supply);
    assert_eq!(world.nonce(EXCHANGE_ADDRESS), 1, "call-backs are no transactions of the exchange");
}

#[test]
fn call_backs_tell_of_some_fills_at_a_time_and_have_bounded_gas() {
    let mut world = world();
    let id = venue(&mut world, 1, counting(Code::new()), CALLBACK_GAS_MAX, ether(90));
    let outcome = trade(&mut world, &vec![id; CALLBACK_FILLS_MAX + 1]);
    let told = call_back(&mut world, &outcome);
    assert_eq!(told.iter().map(|call| call.ok).collect::<Vec<_>>(), [true, true]);
    assert_eq!(world.slot(contract(1), 0), U256::from(2));
    let often = usize::try_from(CALLBACKS_GAS_MAX / CALLBACK_GAS_MAX).unwrap();
    let outcomes = vec![outcome; often];
    let due = callback::due(&world.state, &outcomes).unwrap();
    assert_eq!(due.len(), 2 * often);
    let (mut ran, block) = (Vec::new(), world.block.clone());
    world.set(|state| ran = due.iter().map(|call| call.run(state, &block).unwrap().ok).collect());
    assert_eq!(ran.iter().filter(|ok| **ok).count(), often, "those beyond the block's bound are not made");
}

#[test]
fn a_venue_without_a_contract_or_with_too_little_gas_is_not_called() {
    let mut world = world();
    let small = venue(&mut world, 1, counting(Code::new()), 20_000, ether(1));
    let outcome = trade(&mut world, &[small, 0]);
    let told = call_back(&mut world, &outcome);
    assert_eq!(told.iter().map(|call| (call.ok, call.gas_used)).collect::<Vec<_>>(), [(false, 0)]);
    assert_eq!(world.balance(contract(1)), ether(1));
}

#[test]
fn a_contract_that_was_only_named_never_pays() {
    let mut world = world();
    let id = venue(&mut world, 1, counting(Code::new()), 100_000, ether(1));
    let (block, mut events, mut gas) = (world.block.info(), Vec::new(), GasMeter::new(1_000_000));
    world.set(|state| {
        let (name, fee_recipient) = ("Parasite".to_owned(), user(3).address);
        let wish =
            RegisterVenue { name, fee_bps: 0, fee_recipient, callback: Some(contract(1)), callback_gas: 100_000 };
        let place = Place::default();
        let mut ctx = Ctx { state, block: &block, place, gas: &mut gas, events: &mut events };
        exchange::register_venue(&mut ctx, contract(2), &wish).unwrap();
    });
    let outcome = trade(&mut world, &[id + 1]);
    let told = call_back(&mut world, &outcome);
    assert_eq!(told.iter().map(|call| call.ok).collect::<Vec<_>>(), [false], "its owner has nothing");
    assert_eq!((world.balance(contract(1)), world.slot(contract(1), 0)), (ether(1), U256::ZERO));
}
