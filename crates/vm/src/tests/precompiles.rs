//! Native precompiles: ABI, answers, refusals, gas.

use alloy_primitives::{hex, keccak256};
use alloy_sol_types::{SolCall, sol};
use revm::bytecode::opcode::*;
use seiza_modules::auth;
use seiza_types::{Address, Bytes, Code as ResultCode, U256};

use super::asm::{Code, Kind};
use super::world::{World, contract, ether, reason, secret, to, user};
use crate::evm;
use crate::precompiles::{ADDR_ADDRESS, ADDRESSES, BANK_ADDRESS, JSON_ADDRESS};

sol! {
    struct Coin { uint256 amount; string denom; }
    function send(address fromAddress, address toAddress, string denom, uint256 amount) external returns (bool success);
    function sendNative(string toNativeAddress) external payable returns (bool success);
    function balance(address acc, string denom) external view returns (uint256 amount);
    function all_balances(address acc) external view returns (Coin[] response);
    function name(string denom) external view returns (string response);
    function symbol(string denom) external view returns (string response);
    function decimals(string denom) external view returns (uint8 response);
    function supply(string denom) external view returns (uint256 response);
    function extractAsBytes(bytes input, string key) external view returns (bytes response);
    function extractAsBytesList(bytes input, string key) external view returns (bytes[] response);
    function extractAsUint256(bytes input, string key) external view returns (uint256 response);
    function extractAsBytesFromArray(bytes input, uint16 arrayIndex) external view returns (bytes response);
    function associate(string v, string r, string s, string customMessage)
        external returns (string seiAddr, address evmAddr);
    function associatePubKey(string pubKeyHex) external returns (string seiAddr, address evmAddr);
    function getSeiAddr(address addr) external view returns (string response);
    function getEvmAddr(string addr) external view returns (address response);
}

pub(super) fn send_native(to: &str) -> Vec<u8> {
    sendNativeCall { toNativeAddress: to.into() }.abi_encode()
}

pub(super) fn associate_pub_key(key: &[u8]) -> Vec<u8> {
    associatePubKeyCall { pubKeyHex: hex::encode(key) }.abi_encode()
}

pub(super) fn balance_of(acc: Address, denom: &str) -> Vec<u8> {
    balanceCall { acc, denom: denom.into() }.abi_encode()
}

pub(super) fn all_balances_of(acc: Address) -> Vec<u8> {
    all_balancesCall { acc }.abi_encode()
}

/// Asks a precompile by a transaction of user 1; the answer, or why it reverted.
fn ask<C: SolCall>(world: &mut World, address: Address, call: C) -> Result<C::Return, String> {
    let outcome = world.run(to(&user(1), address, U256::ZERO, call.abi_encode())).unwrap();
    match outcome.code {
        ResultCode::Ok => Ok(C::abi_decode_returns(&outcome.output).unwrap()),
        _ => Err(reason(&outcome.output)),
    }
}

/// The selectors of the ABI that npm's `@sei-js/precompiles` 2.1.2 publishes, written out from its JSON.
#[test]
fn selectors_are_those_of_the_published_abi() {
    let table: [(&str, [u8; 4]); 16] = [
        ("send(address,address,string,uint256)", sendCall::SELECTOR),
        ("sendNative(string)", sendNativeCall::SELECTOR),
        ("balance(address,string)", balanceCall::SELECTOR),
        ("all_balances(address)", all_balancesCall::SELECTOR),
        ("name(string)", nameCall::SELECTOR),
        ("symbol(string)", symbolCall::SELECTOR),
        ("decimals(string)", decimalsCall::SELECTOR),
        ("supply(string)", supplyCall::SELECTOR),
        ("extractAsBytes(bytes,string)", extractAsBytesCall::SELECTOR),
        ("extractAsBytesList(bytes,string)", extractAsBytesListCall::SELECTOR),
        ("extractAsUint256(bytes,string)", extractAsUint256Call::SELECTOR),
        ("extractAsBytesFromArray(bytes,uint16)", extractAsBytesFromArrayCall::SELECTOR),
        ("associate(string,string,string,string)", associateCall::SELECTOR),
        ("associatePubKey(string)", associatePubKeyCall::SELECTOR),
        ("getSeiAddr(address)", getSeiAddrCall::SELECTOR),
        ("getEvmAddr(string)", getEvmAddrCall::SELECTOR),
    ];
    for (signature, selector) in table {
        assert_eq!(keccak256(signature)[..4], selector, "{signature}");
        let mut world = World::new();
        for address in ADDRESSES {
            let outcome = world.run(to(&user(1), address, U256::ZERO, selector)).unwrap();
            let known = !reason(&outcome.output).contains("unknown function selector");
            let place = match signature {
                _ if signature.starts_with("extract") => JSON_ADDRESS,
                _ if signature.starts_with("associate") || signature.contains("Addr(") => ADDR_ADDRESS,
                _ => BANK_ADDRESS,
            };
            assert_eq!(known, address == place, "{signature} at {address}");
        }
    }
}

#[test]
fn bank_answers_in_the_denoms_own_units() {
    let mut world = World::new();
    let holder = contract(9);
    world.mint(holder, "usei", ether(2) + U256::from(1_999_999_999_999_u64));
    world.mint(holder, "factory/atom", U256::from(77));
    let mut balance = |denom: &str| ask(&mut world, BANK_ADDRESS, balanceCall { acc: holder, denom: denom.into() });
    assert_eq!(balance("usei"), Ok(U256::from(2_000_001)), "dust is not shown");
    assert_eq!(balance("factory/atom"), Ok(U256::from(77)));
    assert_eq!(balance("factory/none"), Ok(U256::ZERO));
    assert_eq!(balance("x"), Err("invalid denom \"x\"".into()));

    let coins = ask(&mut world, BANK_ADDRESS, all_balancesCall { acc: holder }).unwrap();
    let coins: Vec<_> = coins.into_iter().map(|coin| (coin.denom, coin.amount)).collect();
    assert_eq!(coins, [("factory/atom".into(), U256::from(77)), ("usei".into(), U256::from(2_000_001))]);
    let nobody = ask(&mut world, BANK_ADDRESS, all_balancesCall { acc: Address::ZERO });
    assert_eq!(nobody.map(|coins| coins.len()), Err("invalid addr".into()));

    let supply = |denom: &str| supplyCall { denom: denom.into() };
    assert_eq!(ask(&mut world, BANK_ADDRESS, supply("usei")), Ok(U256::from(302_000_001)));
    assert_eq!(ask(&mut world, BANK_ADDRESS, supply("factory/atom")), Ok(U256::from(77)));
}

#[test]
fn bank_names_what_exists() {
    let mut world = World::new();
    world.mint(contract(9), "factory/atom", U256::from(77));
    let table = [("usei", Ok("SEI")), ("factory/atom", Ok("factory/atom")), ("uatom", Err("denom uatom not found"))];
    for (denom, expected) in table {
        let expected = expected.map(String::from).map_err(String::from);
        assert_eq!(ask(&mut world, BANK_ADDRESS, nameCall { denom: denom.into() }), expected);
        assert_eq!(ask(&mut world, BANK_ADDRESS, symbolCall { denom: denom.into() }), expected);
        let decimals = ask(&mut world, BANK_ADDRESS, decimalsCall { denom: denom.into() });
        assert_eq!(decimals, expected.map(|_| 0), "amounts are whole numbers of the smallest unit, as on Sei");
    }
}

#[test]
fn send_is_for_pointers_only() {
    let mut world = World::new();
    let call = sendCall {
        fromAddress: user(2).address,
        toAddress: user(1).address,
        denom: "usei".into(),
        amount: U256::from(1),
    };
    assert_eq!(ask(&mut world, BANK_ADDRESS, call), Err("only the pointer of usei may call send".into()));
}

#[test]
fn send_native_needs_value_and_a_cosmos_address() {
    let mut world = World::new();
    let linked = user(2).sei.to_string();
    world.succeed(to(&user(2), user(3).address, U256::ONE, []));
    let before = world.balance(user(2).address);
    let no_value = world.revert(to(&user(1), BANK_ADDRESS, U256::ZERO, send_native(&linked)));
    assert_eq!(no_value, "set `value` field to non-zero to send");
    let evm_form = world.revert(to(&user(1), BANK_ADDRESS, ether(1), send_native(&user(2).address.to_string())));
    assert!(evm_form.starts_with("address is no bech32 text"), "{evm_form}");
    world.succeed(to(&user(1), BANK_ADDRESS, U256::from(12_345), send_native(&linked)));
    assert_eq!(world.balance(user(2).address), before + U256::from(12_345), "to the linked account, to the wei");
}

#[test]
fn what_writes_refuses_static_and_delegate_calls() {
    let key = associate_pub_key(&user(4).public_key);
    let table = [
        (BANK_ADDRESS, send_native(&user(4).sei.to_string()), Kind::Static),
        (BANK_ADDRESS, send_native(&user(4).sei.to_string()), Kind::Delegate),
        (ADDR_ADDRESS, key.clone(), Kind::Static),
        (ADDR_ADDRESS, key, Kind::Delegate),
    ];
    for (address, input, kind) in table {
        let mut world = World::new();
        let code = Code::new().call(kind, address, U256::ZERO, &input).store(0);
        world.install(contract(1), code.return_answer().bytes());
        let outcome = world.succeed(to(&user(1), contract(1), ether(1), []));
        assert_eq!(world.slot(contract(1), 0), U256::ZERO);
        let expected = if kind == Kind::Static { "static call" } else { "delegate call" };
        assert!(reason(&outcome.output).contains(expected), "{}", reason(&outcome.output));
    }
}

#[test]
fn what_only_reads_answers_in_any_kind_of_call() {
    for kind in [Kind::Call, Kind::Static, Kind::Delegate] {
        let mut world = World::new();
        let code = Code::new().call(kind, BANK_ADDRESS, U256::ZERO, &balance_of(user(2).address, "usei")).op(&[POP]);
        world.install(contract(1), code.return_answer().bytes());
        let outcome = world.succeed(to(&user(1), contract(1), U256::ZERO, []));
        assert_eq!(U256::from_be_slice(&outcome.output), U256::from(100_000_000), "{kind:?}");
    }
}

#[test]
fn what_is_not_payable_refuses_value_and_gives_it_back() {
    let json = extractAsBytesCall { input: Bytes::from_static(b"{}"), key: "a".into() }.abi_encode();
    let views = [
        (BANK_ADDRESS, balance_of(user(2).address, "usei")),
        (ADDR_ADDRESS, associate_pub_key(&user(4).public_key)),
        (JSON_ADDRESS, json),
    ];
    for (address, input) in views {
        let mut world = World::new();
        assert_eq!(world.revert(to(&user(1), address, ether(1), input)), "function is not payable");
        assert_eq!(world.balance(address), U256::ZERO);
    }
}

#[test]
fn garbage_reverts_with_a_reason() {
    let mut world = World::new();
    for address in ADDRESSES {
        let mut why = |input: &[u8]| world.revert(to(&user(1), address, U256::ZERO, input.to_vec()));
        assert_eq!(why(&[]), "no function selector");
        assert_eq!(why(&[1, 2, 3]), "no function selector");
        assert_eq!(why(&[1, 2, 3, 4]), "unknown function selector 0x01020304");
    }
    let cut = &balance_of(user(2).address, "usei")[..40];
    let why = world.revert(to(&user(1), BANK_ADDRESS, U256::ZERO, cut.to_vec()));
    assert!(why.starts_with("invalid arguments"), "{why}");
}

#[test]
fn too_little_gas_takes_all_of_it_and_changes_nothing() {
    let mut world = World::new();
    let env =
        evm::CallEnv { gas: 50_000, ..to(&user(1), BANK_ADDRESS, ether(1), send_native(&user(4).sei.to_string())) };
    let outcome = world.run(env).unwrap();
    assert_eq!((outcome.code, outcome.gas_used), (ResultCode::OutOfGas, 50_000));
    assert_eq!(world.balance(user(4).sei.cast()), U256::ZERO);
}

#[test]
fn gas_is_what_the_specification_says() {
    let mut world = World::new();
    let query = balance_of(user(2).address, "usei");
    let intrinsic = |input: &[u8]| 21_000 + input.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum::<u64>();
    let used = world.succeed(to(&user(1), BANK_ADDRESS, U256::ZERO, query.clone())).gas_used;
    assert_eq!(used, intrinsic(&query) + 2_600 + 3 * query.len() as u64);
    let send = send_native(&user(4).sei.to_string());
    assert_eq!(world.succeed(to(&user(1), BANK_ADDRESS, U256::ONE, send.clone())).gas_used, intrinsic(&send) + 35_000);
    let link = associate_pub_key(&user(4).public_key);
    assert_eq!(world.succeed(to(&user(1), ADDR_ADDRESS, U256::ZERO, link.clone())).gas_used, intrinsic(&link) + 50_000);
    let json = extractAsBytesCall { input: Bytes::from_static(b"{\"a\":1}"), key: "a".into() }.abi_encode();
    let used = world.succeed(to(&user(1), JSON_ADDRESS, U256::ZERO, json.clone())).gas_used;
    assert_eq!(used, intrinsic(&json) + 100 * json.len() as u64);
}

#[test]
fn json_fields_come_out_as_they_are_written() {
    let text = r#" {"s":"a\"b","n":12,"o":{"x":[1, 2]},"l":["p",{"q":1}, 3],"e":"","d":1,"d":2,"u":null,"t":true} "#;
    let table = [
        ("s", Ok(r#"a\"b"#)),
        ("n", Ok("12")),
        ("o", Ok(r#"{"x":[1, 2]}"#)),
        ("l", Ok(r#"["p",{"q":1}, 3]"#)),
        ("e", Ok("")),
        ("d", Ok("2")),
        ("u", Ok("null")),
        ("t", Ok("true")),
        ("x", Err("input does not contain key x")),
    ];
    let mut world = World::new();
    for (key, expected) in table {
        let call = extractAsBytesCall { input: Bytes::from(text.as_bytes()), key: key.into() };
        let answer = ask(&mut world, JSON_ADDRESS, call).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
        assert_eq!(answer, expected.map(String::from).map_err(String::from), "{key}");
    }
    let list = extractAsBytesListCall { input: Bytes::from(text.as_bytes()), key: "l".into() };
    let list = ask(&mut world, JSON_ADDRESS, list).unwrap();
    assert_eq!(list, [&b"\"p\""[..], b"{\"q\":1}", b"3"].map(Bytes::copy_from_slice), "elements keep their quotes");
    for (key, expected) in [("n", "expected a sequence"), ("o", "expected a sequence"), ("x", "does not contain")] {
        let call = extractAsBytesListCall { input: Bytes::from(text.as_bytes()), key: key.into() };
        let why = ask(&mut world, JSON_ADDRESS, call).unwrap_err();
        assert!(why.contains(expected), "{key}: {why}");
    }
}

#[test]
fn json_numbers_are_decimal_and_fit_a_word() {
    let max = U256::MAX.to_string();
    let table = [
        ("12", Some(U256::from(12))),
        ("\"34\"", Some(U256::from(34))),
        (&max, Some(U256::MAX)),
        ("0", Some(U256::ZERO)),
        ("-1", None),
        ("1.5", None),
        ("1e3", None),
        ("\"\"", None),
        ("\"0x10\"", None),
        ("115792089237316195423570985008687907853269984665640564039457584007913129639936", None),
        ("[1]", None),
        ("null", None),
    ];
    let mut world = World::new();
    for (value, expected) in table {
        let input = Bytes::from(format!("{{\"v\":{value}}}").into_bytes());
        let answer = ask(&mut world, JSON_ADDRESS, extractAsUint256Call { input, key: "v".into() });
        assert_eq!(answer.ok(), expected, "{value}");
    }
}

#[test]
fn json_arrays_and_bad_texts() {
    let mut world = World::new();
    let mut at = |text: &str, index: u16| {
        let input = Bytes::copy_from_slice(text.as_bytes());
        ask(&mut world, JSON_ADDRESS, extractAsBytesFromArrayCall { input, arrayIndex: index })
    };
    assert_eq!(at("[\"a\", [2], {\"b\":3}]", 0).unwrap().as_ref(), b"a");
    assert_eq!(at("[\"a\", [2], {\"b\":3}]", 2).unwrap().as_ref(), b"{\"b\":3}");
    assert_eq!(at("[1]", 1), Err("index 1 is out of bounds".into()));
    assert_eq!(at("[]", 0), Err("index 0 is out of bounds".into()));
    for text in ["", "{", "[1", "[1]x", "{\"a\":1}", "\u{feff}[]"] {
        assert!(at(text, 0).unwrap_err().starts_with("invalid JSON"), "{text:?}");
    }
    let deep = format!("[{}{}]", "[".repeat(9_000), "]".repeat(9_000));
    let env = evm::CallEnv {
        gas: 50_000_000,
        ..to(&user(1), JSON_ADDRESS, U256::ZERO, {
            let input = Bytes::from(deep.into_bytes());
            extractAsBytesFromArrayCall { input, arrayIndex: 0 }.abi_encode()
        })
    };
    assert_eq!(world.run(env).unwrap().code, ResultCode::Ok, "depth costs no stack");
}

#[test]
fn addr_tells_the_two_forms_apart_once_they_are_linked() {
    let mut world = World::new();
    let (evm_form, sei_form) = (user(4).address, user(4).sei.to_string());
    let sei = |addr| getSeiAddrCall { addr };
    let evm = |addr: &str| getEvmAddrCall { addr: addr.into() };
    let unlinked = format!("EVM address {evm_form} is not associated");
    assert_eq!(ask(&mut world, ADDR_ADDRESS, sei(evm_form)), Err(unlinked));
    let unlinked = format!("sei address {sei_form} is not associated");
    assert_eq!(ask(&mut world, ADDR_ADDRESS, evm(&sei_form)), Err(unlinked));
    assert!(ask(&mut world, ADDR_ADDRESS, evm("sei1nonsense")).is_err());

    let call = associatePubKeyCall { pubKeyHex: hex::encode(user(4).public_key) };
    let linked = ask(&mut world, ADDR_ADDRESS, call.clone()).unwrap();
    assert_eq!((linked.seiAddr, linked.evmAddr), (sei_form.clone(), evm_form));
    assert_eq!(ask(&mut world, ADDR_ADDRESS, sei(evm_form)), Ok(sei_form.clone()));
    assert_eq!(ask(&mut world, ADDR_ADDRESS, evm(&sei_form)), Ok(evm_form));
    let again = ask(&mut world, ADDR_ADDRESS, call).err();
    assert_eq!(again, Some(format!("address {sei_form} is already associated with evm address {evm_form}")));
    let record = auth::account(&world.state, &evm_form).unwrap();
    assert_eq!(record, Some(auth::Account { nonce: 0, public_key: Some(user(4).public_key) }));
    assert!(evm::account(&world.state, &evm_form).unwrap().is_none(), "linked, but it never acted");
}

fn signed(message: &str, n: u8) -> associateCall {
    let digest = secp256k1::Message::from_digest(keccak256(message).0);
    let (id, rs) = secp256k1::SECP256K1.sign_ecdsa_recoverable(digest, &secret(n)).serialize_compact();
    let v = format!("0x{:x}", i32::from(id));
    let (r, s) = (hex::encode(&rs[..32]), format!("0x{}", hex::encode(&rs[32..])));
    associateCall { v, r, s, customMessage: message.into() }
}

#[test]
fn a_signature_links_its_signer() {
    let mut world = World::new();
    let call = signed("\u{19}Ethereum Signed Message:\n5hello", 4);
    let linked = ask(&mut world, ADDR_ADDRESS, call.clone()).unwrap();
    assert_eq!((linked.seiAddr, linked.evmAddr), (user(4).sei.to_string(), user(4).address));
    let bad = [
        associateCall { v: "0x1b".into(), ..call.clone() },
        associateCall { v: "zz".into(), ..call.clone() },
        associateCall { r: "0x0".into(), ..call.clone() },
        associateCall { s: "f".repeat(64), ..call.clone() },
        associateCall { s: "1".repeat(66), ..call.clone() },
        associateCall { v: String::new(), r: String::new(), s: String::new(), ..call },
    ];
    for call in bad {
        let text = format!("{:?}", (&call.v, &call.r, &call.s));
        assert!(ask(&mut world, ADDR_ADDRESS, call).is_err(), "{text}");
    }
    for key in ["", "02", &"00".repeat(33), "nothex"] {
        assert!(ask(&mut world, ADDR_ADDRESS, associatePubKeyCall { pubKeyHex: key.into() }).is_err(), "{key}");
    }
}

#[test]
fn precompiles_look_like_contracts_and_are_warm() {
    let mut world = World::new();
    let code = ADDRESSES
        .iter()
        .enumerate()
        .fold(Code::new(), |code, (n, address)| code.push_address(*address).op(&[EXTCODESIZE]).store(n as u64));
    world.install(contract(1), code.bytes());
    world.succeed(to(&user(1), contract(1), U256::ZERO, []));
    assert_eq!([0, 1, 2].map(|slot| world.slot(contract(1), slot)), [U256::ONE; 3]);
    let timed = Code::new().op(&[GAS]).push_address(BANK_ADDRESS).op(&[BALANCE, POP, GAS, SWAP1, SUB]).store(0);
    world.install(contract(2), timed.bytes());
    world.succeed(to(&user(1), contract(2), U256::ZERO, []));
    assert!(world.slot(contract(2), 0) < U256::from(200), "warm from the start");
}
