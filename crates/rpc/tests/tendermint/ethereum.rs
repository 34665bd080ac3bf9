//! `eth_getProof`, verified as somebody does who trusts the validators and not the node: the example does it.

use alloy_primitives::{Address, U256, hex};
use serde_json::{Value, json};

use crate::cosmos;
use crate::verify_balance::{Question, balance, check};
use crate::wire;
use crate::world::World;

fn question(world: &World, trust: Option<(u64, String)>, address: Address) -> Question {
    let (ethereum, tendermint) = (world.ethereum().to_string(), format!("http://{}", world.address()));
    Question { ethereum, tendermint, trust, address }
}

fn get_proof(world: &World, params: Value) -> Result<Value, String> {
    wire::call(&world.ethereum().to_string(), "eth_getProof", &params)
}

fn app_hash(world: &World, height: u64) -> Vec<u8> {
    let header = world.call("header", json!({ "height": height.to_string() }));
    hex::decode(header["header"]["app_hash"].as_str().unwrap()).unwrap()
}

#[test]
fn a_balance_is_verified_from_a_trusted_block() {
    let world = World::lived();
    (0..5).for_each(|_| world.mine());
    let head = world.height();
    // The header of the next block is still to come: whoever asks waits for it.
    let (paid, sender) = (Address::repeat_byte(0x99), cosmos::signer(2).address);
    let first = world.call("block", json!({ "height": "1" }))["block_id"]["hash"].as_str().unwrap().to_owned();
    let asked = |trust: Option<(u64, String)>, address| {
        let question = question(&world, trust, address);
        std::thread::scope(|scope| {
            let answer = scope.spawn(|| balance(&question));
            while !answer.is_finished() {
                std::thread::sleep(std::time::Duration::from_millis(20));
                if world.height() < head + 40 {
                    world.mine();
                }
            }
            answer.join().unwrap()
        })
    };
    assert_eq!(asked(Some((1, first.clone())), paid).unwrap().wei, U256::from(5));
    let sent = asked(None, sender).unwrap();
    assert_eq!(sent.nonce, 1);
    assert!(sent.wei > U256::ZERO);
    assert_eq!(asked(None, Address::repeat_byte(0x42)).unwrap().wei, U256::ZERO, "absence is proven");
    let wrong = asked(Some((1, first.replace(&first[..4], "0000"))), paid).unwrap_err();
    assert!(wrong.contains("hash") || wrong.contains("trust"), "{wrong}");
}

#[test]
fn whatever_is_changed_in_an_answer_is_noticed() {
    let world = World::lived();
    let (address, height) = (Address::repeat_byte(0x99), world.height() - 1);
    let root = app_hash(&world, height + 1);
    let honest = get_proof(&world, json!([address, ["0x0"], format!("0x{height:x}")])).unwrap();
    assert_eq!(check(&honest, address, &root).unwrap().wei, U256::from(5));
    assert_eq!(honest["appHash"], json!(hex::encode_prefixed(&root)));
    assert_eq!(
        honest["accountProof"].as_array().unwrap().len(),
        honest["proofs"].as_object().unwrap().values().map(|key| key["proof"].as_array().unwrap().len()).sum::<usize>()
    );
    let slot = &honest["storageProof"][0];
    assert_eq!((&slot["key"], &slot["value"]), (&json!("0x0"), &json!("0x0")));
    let other = Address::repeat_byte(0x98);
    let others = get_proof(&world, json!([other, [], format!("0x{height:x}")])).unwrap();
    let forged = |change: &dyn Fn(&mut Value)| {
        let mut answer = honest.clone();
        change(&mut answer);
        check(&answer, address, &root)
    };
    let balance = "balance";
    assert!(forged(&|answer| answer["proofs"][balance]["value"] = json!(format!("0x{:064x}", 6))).is_err());
    assert!(forged(&|answer| answer["proofs"][balance]["value"] = Value::Null).is_err());
    assert!(forged(&|answer| answer["proofs"][balance]["proof"] = json!([])).is_err());
    assert!(forged(&|answer| answer["proofs"][balance] = others["proofs"][balance].clone()).is_err());
    assert!(forged(&|answer| answer["proofs"][balance] = answer["proofs"]["nonce"].clone()).is_err());
    assert!(forged(&|answer| drop(answer["proofs"][balance]["proof"].as_array_mut().unwrap().remove(0))).is_err());
    assert!(check(&honest, address, &app_hash(&world, height)).is_err(), "another header's app hash");
    assert!(check(&honest, other, &root).is_err(), "another account");
}

#[test]
fn what_has_no_proof_is_said() {
    let world = World::new();
    (0..100).for_each(|_| world.mine());
    let address = Address::repeat_byte(1);
    // Old trees are let go beside the commits.
    for _ in 0..600 {
        if get_proof(&world, json!([address, [], "0x1"])).is_err() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let slots: Vec<String> = (0..2_000).map(|slot| format!("0x{slot:x}")).collect();
    let table = [
        (json!([address, [], "0x1"]), "ask for one of the newest heights"),
        (json!([address, [], "pending"]), "no proofs"),
        (json!([address, [], "0x999"]), "header not found"),
        (json!([address, slots, "latest"]), "at most 1024"),
        (json!([address, ["0xzz"], "latest"]), "hex string invalid"),
        (json!([]), "missing value"),
    ];
    for (params, expected) in table {
        let error = get_proof(&world, params.clone()).unwrap_err();
        assert!(error.contains(expected), "{params}: {error}");
    }
}
