//! What clients ask before they sign: accounts, balances, supplies, simulations; by `abci_query`.

use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use cosmos_sdk_proto::cosmos::bank::v1beta1::{
    QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest, QueryBalanceResponse,
    QueryDenomMetadataRequest, QueryDenomMetadataResponse, QueryTotalSupplyRequest, QueryTotalSupplyResponse,
};
use cosmos_sdk_proto::cosmos::base::tendermint::v1beta1::{GetLatestBlockResponse, GetNodeInfoResponse};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{GetTxRequest, GetTxResponse, SimulateRequest, SimulateResponse};
use prost::Message;
use seiza_types::SeiAddress;
use serde_json::{Value, json};

use crate::cosmos;
use crate::world::{World, unbase64};

fn response(world: &World, path: &str, request: &impl Message) -> Value {
    let data = alloy_primitives::hex::encode(request.encode_to_vec());
    world.call("abci_query", json!({ "path": path, "data": data, "prove": false }))["response"].take()
}

fn ask<T: Message + Default>(world: &World, path: &str, request: &impl Message) -> T {
    let response = response(world, path, request);
    assert_eq!(response["code"], 0, "{path}: {response}");
    let value = if response["value"].is_null() { Vec::new() } else { unbase64(&response["value"]) };
    T::decode(value.as_slice()).unwrap()
}

#[test]
fn an_account_has_number_zero_and_its_sequence() {
    let world = World::lived();
    let signer = cosmos::signer(2);
    let request = QueryAccountRequest { address: signer.sei.to_string() };
    let answer: QueryAccountResponse = ask(&world, "/cosmos.auth.v1beta1.Query/Account", &request);
    let any = answer.account.unwrap();
    assert_eq!(any.type_url, "/cosmos.auth.v1beta1.BaseAccount");
    let account = BaseAccount::decode(any.value.as_slice()).unwrap();
    assert_eq!((account.account_number, account.sequence, account.address), (0, 1, request.address));
    assert_eq!(account.pub_key.unwrap().type_url, "/cosmos.crypto.secp256k1.PubKey");
}

#[test]
fn a_stranger_is_not_found_in_the_words_that_clients_look_for() {
    let world = World::lived();
    let request = QueryAccountRequest { address: SeiAddress([0x42; 20]).to_string() };
    let answer = response(&world, "/cosmos.auth.v1beta1.Query/Account", &request);
    assert_eq!(answer["code"], 22);
    assert!(answer["log"].as_str().unwrap().contains("rpc error: code = NotFound"), "{answer}");
    let wrong = QueryAccountRequest { address: "cosmos1xyz".into() };
    assert_eq!(response(&world, "/cosmos.auth.v1beta1.Query/Account", &wrong)["code"], 18);
}

#[test]
fn balances_and_supplies() {
    let world = World::lived();
    let (address, denom) = (SeiAddress([7; 20]).to_string(), "usei".to_owned());
    let request = QueryBalanceRequest { address: address.clone(), denom: denom.clone() };
    let one: QueryBalanceResponse = ask(&world, "/cosmos.bank.v1beta1.Query/Balance", &request);
    assert_eq!(one.balance.unwrap().amount, "3");
    let request = QueryAllBalancesRequest { address, ..QueryAllBalancesRequest::default() };
    let all: QueryAllBalancesResponse = ask(&world, "/cosmos.bank.v1beta1.Query/AllBalances", &request);
    assert_eq!((all.balances.len(), all.balances[0].denom.as_str()), (1, "usei"));
    let supply: QueryTotalSupplyResponse =
        ask(&world, "/cosmos.bank.v1beta1.Query/TotalSupply", &QueryTotalSupplyRequest::default());
    assert_eq!(supply.supply[0].amount, "4000000000");
    let metadata: QueryDenomMetadataResponse =
        ask(&world, "/cosmos.bank.v1beta1.Query/DenomMetadata", &QueryDenomMetadataRequest { denom });
    assert_eq!(metadata.metadata.unwrap().denom_units[1].exponent, 6);
    let unknown = QueryDenomMetadataRequest { denom: "uatom".into() };
    assert_eq!(response(&world, "/cosmos.bank.v1beta1.Query/DenomMetadata", &unknown)["code"], 22);
}

#[test]
fn a_simulation_says_what_the_transaction_then_uses() {
    let world = World::lived();
    let tx_bytes = cosmos::to_simulate(2, 1, [8; 20], 5);
    #[expect(deprecated, reason = "the field is of old clients")]
    let request = |tx_bytes| SimulateRequest { tx: None, tx_bytes };
    let path = "/cosmos.tx.v1beta1.Service/Simulate";
    let answer: SimulateResponse = ask(&world, path, &request(tx_bytes));
    let simulated = answer.gas_info.unwrap().gas_used;
    assert!(answer.result.unwrap().events.iter().any(|event| event.r#type == "transfer"));
    let before = world.chain.head().app_hash;
    let hash = world.broadcast(&cosmos::send(2, 1, [8; 20], 5));
    world.mine();
    assert_ne!(world.chain.head().app_hash, before);
    let used = world.call("tx_search", json!({ "query": format!("tx.hash='{hash}'") }));
    let used: u64 = used["txs"][0]["tx_result"]["gas_used"].as_str().unwrap().parse().unwrap();
    assert!((used..used + 500).contains(&simulated), "{simulated} simulated, {used} used");
    let poor = cosmos::to_simulate(2, 2, [8; 20], 9_999_999_999_999);
    let refused = response(&world, path, &request(poor));
    assert_ne!(refused["code"], 0);
    assert!(refused["log"].as_str().unwrap().contains("insufficient funds"), "{refused}");
    for nonsense in [vec![], vec![1, 2, 3], b"\x0a\x00".to_vec()] {
        assert_ne!(response(&world, path, &request(nonsense))["code"], 0);
    }
}

#[test]
fn an_ethereum_transaction_is_shown_as_seis_message() {
    let world = World::lived();
    let found = world.call("tx_search", json!({ "query": "ethereum_tx.sender EXISTS" }));
    assert_eq!(found["total_count"], "1");
    let hash = found["txs"][0]["hash"].as_str().unwrap().to_owned();
    let answer: GetTxResponse = ask(&world, "/cosmos.tx.v1beta1.Service/GetTx", &GetTxRequest { hash });
    let message = &answer.tx.unwrap().body.unwrap().messages[0];
    assert_eq!(message.type_url, "/seiprotocol.seichain.evm.MsgEVMTransaction");
    assert_eq!(answer.tx_response.unwrap().height, 2);
    let missing = GetTxRequest { hash: "00".repeat(32) };
    let answer = response(&world, "/cosmos.tx.v1beta1.Service/GetTx", &missing);
    assert!(answer["log"].as_str().unwrap().contains("code = NotFound"));
}

#[test]
fn the_node_by_grpc() {
    let world = World::lived();
    let info: GetNodeInfoResponse = ask(&world, "/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo", &());
    assert_eq!(info.default_node_info.unwrap().network, crate::world::CHAIN_ID);
    let latest: GetLatestBlockResponse = ask(&world, "/cosmos.base.tendermint.v1beta1.Service/GetLatestBlock", &());
    assert_eq!(latest.block.unwrap().header.unwrap().height, 3);
}
