//! State proofs: verified by `ics23` against the next header's app hash.

use ics23::{
    CommitmentProof, HostFunctionsManager, iavl_spec, tendermint_spec, verify_membership, verify_non_membership,
};
use prost::Message as _;
use seiza_chain::modules::bank;
use serde_json::{Value, json};

use crate::cosmos;
use crate::world::{World, unbase64};

fn query(world: &World, path: &[u8], height: u64) -> Value {
    let data = alloy_primitives::hex::encode(path);
    let params = json!({ "path": "/store/bank/key", "data": data, "height": height.to_string(), "prove": true });
    world.call("abci_query", params)["response"].take()
}

fn operators(response: &Value) -> [CommitmentProof; 2] {
    let ops = response["proofOps"]["ops"].as_array().unwrap();
    assert_eq!((&ops[0]["type"], &ops[1]["type"]), (&json!("ics23:iavl"), &json!("ics23:simple")));
    [0, 1].map(|index| CommitmentProof::decode(unbase64(&ops[index]["data"]).as_slice()).unwrap())
}

/// The app hash after a height: what the next header says.
fn app_hash(world: &World, height: u64) -> Vec<u8> {
    let header = world.call("header", json!({ "height": (height + 1).to_string() }));
    alloy_primitives::hex::decode(header["header"]["app_hash"].as_str().unwrap()).unwrap()
}

fn store_root(proof: &CommitmentProof, app_hash: &Vec<u8>) -> Vec<u8> {
    let Some(ics23::commitment_proof::Proof::Exist(exist)) = &proof.proof else { panic!("the store exists") };
    let root = exist.value.clone();
    assert!(verify_membership::<HostFunctionsManager>(proof, &tendermint_spec(), app_hash, b"bank", &root));
    root
}

#[test]
fn a_balance_is_proven_against_the_next_header() {
    let world = World::lived();
    let key = bank::keys::native(&cosmos::signer(2).address);
    let response = query(&world, key.path(), 2);
    assert_eq!((&response["code"], &response["height"]), (&json!(0), &json!("2")));
    let value = unbase64(&response["value"]);
    let [in_store, in_app] = operators(&response);
    let root = store_root(&in_app, &app_hash(&world, 2));
    assert!(verify_membership::<HostFunctionsManager>(&in_store, &iavl_spec(), &root, key.path(), &value));
    let mut other = value.clone();
    other[31] ^= 1;
    assert!(!verify_membership::<HostFunctionsManager>(&in_store, &iavl_spec(), &root, key.path(), &other));
}

#[test]
fn absence_is_proven_and_the_default_height_has_a_header() {
    let world = World::lived();
    let key = bank::keys::native(&alloy_primitives::Address::repeat_byte(0x42));
    let response = query(&world, key.path(), 0);
    assert_eq!((&response["height"], &response["value"]), (&json!("2"), &Value::Null));
    let [in_store, in_app] = operators(&response);
    let root = store_root(&in_app, &app_hash(&world, 2));
    assert!(verify_non_membership::<HostFunctionsManager>(&in_store, &iavl_spec(), &root, key.path()));
}

#[test]
fn what_cannot_be_proven_is_said() {
    let world = World::new();
    (0..40).for_each(|_| world.mine());
    let key = bank::keys::native(&cosmos::signer(2).address);
    assert!(query(&world, key.path(), 99)["log"].as_str().unwrap().contains("height in the future"));
    let without = json!({ "path": "/store/bank/key", "data": "00", "height": "0", "prove": false });
    assert_eq!(world.call("abci_query", without)["response"]["value"], Value::Null);
    let table = [("/store/nothing/key", 18), ("/store/bank/subspace", 18), ("/x.y.Query/Z", 6)];
    for (path, code) in table {
        assert_eq!(world.call("abci_query", json!({ "path": path, "data": "00" }))["response"]["code"], code, "{path}");
    }
}
