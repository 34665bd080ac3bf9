//! Tokens in custody of the exchange: what arrives is credited, what is debited leaves, and whatever a token does, the
//! wrapped supply of every other token stays covered by what lies there.

use alloy_primitives::hex;
use alloy_sol_types::{SolCall, sol};
use proptest::prelude::*;
use revm::bytecode::opcode::POP;
use seiza_modules::bank;
use seiza_types::{Address, Bytes, Code as ResultCode, U256};

use super::asm::{Code, Kind};
use super::world::{World, contract, reason, to, user};
use crate::precompiles::EXCHANGE_ADDRESS;

sol! {
    function become(uint8 kind) external;
    function mint(address to, uint256 amount) external;
    function balanceOf(address owner) external view returns (uint256 balance);
    function deposit(address token, uint256 amount) external returns (uint256 credited);
    function withdraw(address token, uint256 amount) external;
    function denomOf(address token) external view returns (string denom);
    function creditWrapped(address token, address owner, uint256 amount) external;
}

const TOKEN: u8 = 1;
const OTHER: u8 = 2;

/// What `OddToken.sol` can be.
#[derive(Debug, Clone, Copy)]
enum Odd {
    Honest,
    KeepsFee,
    SaysNo,
    SaysNothing,
    Reverts,
    Boasts,
    ReEnters,
    Grabs,
    Burns,
}

fn token_code() -> Bytes {
    let digits: String = include_str!("solidity/OddToken.hex").split_whitespace().collect();
    hex::decode(digits).unwrap().into()
}

/// Two tokens; user 1 has 1,000 of each, and user 2 has put 500 of each into custody.
fn world() -> World {
    let mut world = World::new();
    for token in [TOKEN, OTHER] {
        world.install(contract(token), token_code());
        for (n, amount) in [(1, 1_000), (2, 500)] {
            let mint = mintCall { to: user(n).address, amount: U256::from(amount) };
            world.succeed(to(&user(1), contract(token), U256::ZERO, mint.abi_encode()));
        }
        world.succeed(to(&user(2), EXCHANGE_ADDRESS, U256::ZERO, deposit(token, 500)));
    }
    world
}

fn deposit(token: u8, amount: u64) -> Vec<u8> {
    depositCall { token: contract(token), amount: U256::from(amount) }.abi_encode()
}

fn withdraw(token: u8, amount: u64) -> Vec<u8> {
    withdrawCall { token: contract(token), amount: U256::from(amount) }.abi_encode()
}

fn make(world: &mut World, kind: Odd) {
    let told = becomeCall { kind: kind as u8 }.abi_encode();
    world.succeed(to(&user(1), contract(TOKEN), U256::ZERO, told));
}

fn tokens(world: &mut World, token: u8, owner: Address) -> U256 {
    let asked = world.succeed(to(&user(3), contract(token), U256::ZERO, balanceOfCall { owner }.abi_encode()));
    U256::from_be_slice(&asked.output)
}

fn wrapped(world: &World, token: u8, n: u8) -> U256 {
    bank::balance(&world.state, &user(n).address, &bank::wrapped_denom(&contract(token))).unwrap()
}

/// The wrapped supply of a token, and what lies in custody.
fn cover(world: &mut World, token: u8) -> (U256, U256) {
    let supply = bank::supply(&world.state, &bank::wrapped_denom(&contract(token))).unwrap();
    (supply, tokens(world, token, EXCHANGE_ADDRESS))
}

#[test]
fn tokens_come_in_and_go_out() {
    let mut world = world();
    let outcome = world.succeed(to(&user(1), EXCHANGE_ADDRESS, U256::ZERO, deposit(TOKEN, 700)));
    assert_eq!(U256::from_be_slice(&outcome.output), U256::from(700));
    assert_eq!((outcome.logs.len(), outcome.logs[0].address), (1, EXCHANGE_ADDRESS));
    assert_eq!(outcome.events[0].kind, "coinbase");
    assert_eq!(wrapped(&world, TOKEN, 1), U256::from(700));
    world.succeed(to(&user(1), EXCHANGE_ADDRESS, U256::ZERO, withdraw(TOKEN, 300)));
    assert_eq!(wrapped(&world, TOKEN, 1), U256::from(400));
    assert_eq!(tokens(&mut world, TOKEN, user(1).address), U256::from(600));
    assert_eq!(cover(&mut world, TOKEN), (U256::from(900), U256::from(900)));
    let denom = denomOfCall { token: contract(TOKEN) }.abi_encode();
    let asked = world.succeed(to(&user(1), EXCHANGE_ADDRESS, U256::ZERO, denom));
    let denom = denomOfCall::abi_decode_returns(&asked.output).unwrap();
    assert_eq!(denom, format!("erc20/0x{}", hex::encode(contract(TOKEN))));
}

#[test]
fn what_cannot_be_moved_is_refused_with_its_reason() {
    let everything = "insufficient funds: 0erc20/0x";
    let table: [(Vec<u8>, &str); 9] = [
        (deposit(TOKEN, 0), "no tokens arrived"),
        (deposit(9, 5), "not a token"),
        (depositCall { token: EXCHANGE_ADDRESS, amount: U256::ONE }.abi_encode(), "not a token"),
        (depositCall { token: user(2).address, amount: U256::ONE }.abi_encode(), "not a token"),
        (withdraw(TOKEN, 0), "nothing to withdraw"),
        (withdraw(TOKEN, 1), everything),
        (withdraw(9, 1), everything),
        (deposit(TOKEN, 5)[..40].to_vec(), ""),
        (creditWrappedCall { token: contract(1), owner: user(1).address, amount: U256::ONE }.abi_encode(), "unknown"),
    ];
    for (input, expected) in table {
        let mut world = world();
        let why = world.revert(to(&user(1), EXCHANGE_ADDRESS, U256::ZERO, input.clone()));
        assert!(why.starts_with(expected), "{}: {why}", hex::encode(input));
        assert_eq!(wrapped(&world, TOKEN, 1), U256::ZERO);
    }
    let mut world = world();
    let paid = world.run(to(&user(1), EXCHANGE_ADDRESS, U256::ONE, deposit(TOKEN, 5))).unwrap();
    assert_eq!(paid.code, ResultCode::Reverted, "no value is taken");
}

/// What each kind of token makes of a deposit of 100 and a withdrawal of 100 (of 150 that were credited before):
/// (credited, paid out), `None` where the call fails.
#[test]
fn an_odd_token_hurts_its_caller_only() {
    let table: [(Odd, Option<u64>, Option<u64>); 9] = [
        (Odd::Honest, Some(100), Some(100)),
        (Odd::KeepsFee, Some(90), Some(90)),
        (Odd::SaysNo, None, None),
        (Odd::SaysNothing, Some(100), Some(100)),
        (Odd::Reverts, None, None),
        (Odd::Boasts, None, None),
        (Odd::ReEnters, None, None),
        (Odd::Grabs, Some(100), None),
        (Odd::Burns, None, None),
    ];
    for (kind, credited, paid) in table {
        let mut world = world();
        world.succeed(to(&user(1), EXCHANGE_ADDRESS, U256::ZERO, deposit(TOKEN, 150)));
        make(&mut world, kind);
        let outcome = world.run(to(&user(1), EXCHANGE_ADDRESS, U256::ZERO, deposit(TOKEN, 100))).unwrap();
        assert_eq!(outcome.code == ResultCode::Ok, credited.is_some(), "{kind:?}: {}", reason(&outcome.output));
        let expected = U256::from(150 + credited.unwrap_or(0));
        assert_eq!(wrapped(&world, TOKEN, 1), expected, "{kind:?}");
        let outcome = world.run(to(&user(1), EXCHANGE_ADDRESS, U256::ZERO, withdraw(TOKEN, 100))).unwrap();
        assert_eq!(outcome.code == ResultCode::Ok, paid.is_some(), "{kind:?}: {}", reason(&outcome.output));
        let debited = if paid.is_some() { 100 } else { 0 };
        assert_eq!(wrapped(&world, TOKEN, 1), expected - U256::from(debited), "{kind:?}");
        make(&mut world, Odd::Honest);
        assert_eq!(cover(&mut world, OTHER), (U256::from(500), U256::from(500)), "{kind:?}");
        let (supply, held) = cover(&mut world, TOKEN);
        assert!(supply <= held, "{kind:?}: {supply} of {held}");
        world.succeed(to(&user(2), EXCHANGE_ADDRESS, U256::ZERO, withdraw(TOKEN, 500)));
    }
}

#[test]
fn calls_that_must_not_write_do_not_reach_a_token() {
    for (kind, expected) in [
        (Kind::Static, "cannot change state in a static call"),
        (Kind::Delegate, "cannot change state in a delegate call"),
    ] {
        for input in [deposit(TOKEN, 5), withdraw(TOKEN, 5)] {
            let mut world = world();
            let code = Code::new().call(kind, EXCHANGE_ADDRESS, U256::ZERO, &input).op(&[POP]).return_answer();
            world.install(contract(7), code.bytes());
            let outcome = world.succeed(to(&user(1), contract(7), U256::ZERO, []));
            assert_eq!(reason(&outcome.output), expected);
        }
    }
}

#[test]
fn a_frame_that_reverts_takes_tokens_and_credit_back() {
    let mut world = world();
    let mint = mintCall { to: contract(7), amount: U256::from(50) }.abi_encode();
    world.succeed(to(&user(1), contract(TOKEN), U256::ZERO, mint));
    let inner = Code::new().call(Kind::Call, EXCHANGE_ADDRESS, U256::ZERO, &deposit(TOKEN, 50)).store(0);
    world.install(contract(7), inner.revert().bytes());
    let outer = Code::new().call(Kind::Call, contract(7), U256::ZERO, &[]).store(0);
    world.install(contract(8), outer.bytes());
    world.succeed(to(&user(1), contract(8), U256::ZERO, []));
    assert_eq!(tokens(&mut world, TOKEN, contract(7)), U256::from(50));
    assert_eq!(cover(&mut world, TOKEN), (U256::from(500), U256::from(500)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever two users do with a token that may keep a fee at times, what is wrapped lies in custody.
    #[test]
    fn custody_covers_the_wrapped_supply(steps in prop::collection::vec((0u8..5, 1u8..3, 0u64..700), 1..16)) {
        let mut world = world();
        for (step, n, amount) in steps {
            match step {
                0 => make(&mut world, Odd::KeepsFee),
                1 => make(&mut world, Odd::Honest),
                2 | 3 => drop(world.run(to(&user(n), EXCHANGE_ADDRESS, U256::ZERO, deposit(TOKEN, amount)))),
                _ => drop(world.run(to(&user(n), EXCHANGE_ADDRESS, U256::ZERO, withdraw(TOKEN, amount)))),
            }
            let (supply, held) = cover(&mut world, TOKEN);
            prop_assert_eq!(supply, held);
            prop_assert_eq!(wrapped(&world, TOKEN, 1) + wrapped(&world, TOKEN, 2), supply);
        }
    }
}
