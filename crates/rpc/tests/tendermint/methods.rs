//! Every method, read by Tendermint's own HTTP client.

use prost::Message as _;
use seiza_types::{CastVote, Evidence, ValueId, VoteKind, vote_sign_bytes};
use serde_json::{Value, json};
use tendermint_rpc::query::{EventType, Query};
use tendermint_rpc::{Client as _, Order, Paging};

use crate::cosmos;
use crate::world::{CHAIN_ID, World};

#[test]
fn the_node() {
    let world = World::lived();
    let client = world.http();
    world.runtime.block_on(async {
        client.health().await.unwrap();
        let status = client.status().await.unwrap();
        assert_eq!(status.node_info.network.as_str(), CHAIN_ID);
        assert!(status.node_info.version.to_string().starts_with("0.38."));
        assert_eq!(status.sync_info.latest_block_height.value(), 3);
        assert_eq!(status.sync_info.earliest_block_height.value(), 1);
        assert_eq!(status.validator_info.power(), 40);
        let net = client.net_info().await.unwrap();
        assert_eq!((net.n_peers, net.peers[0].is_outbound), (1, true));
        let state = client.consensus_state().await.unwrap();
        assert_eq!(state.round_state.height_round_step.height.value(), 4);
        assert_eq!(state.round_state.height_vote_set[0].prevotes.len(), 4);
        let info = client.abci_info().await.unwrap();
        assert_eq!((info.data.as_str(), info.last_block_height.value()), ("seiza", 3));
        // This client keeps the text as it is.
        let app_hash = crate::world::base64(world.chain.head().app_hash);
        assert_eq!(info.last_block_app_hash.as_bytes(), app_hash.as_bytes());
    });
    let dump = world.call("dump_consensus_state", json!({}));
    assert_eq!(dump["round_state"]["height"], "4");
}

#[test]
fn the_founding_document() {
    let world = World::lived();
    let client = world.http();
    world.runtime.block_on(async {
        let genesis: tendermint::Genesis<Value> = client.genesis().await.unwrap();
        assert_eq!((genesis.chain_id.as_str(), genesis.validators.len()), (CHAIN_ID, 4));
        assert_eq!(genesis.app_state["evm_chain_id"], 713_714);
        let params = client.consensus_params(2_u32).await.unwrap();
        assert_eq!(params.consensus_params.block.max_gas, 30_000_000);
        assert_eq!(client.latest_consensus_params().await.unwrap().block_height.value(), 4);
    });
    let chunk = world.call("genesis_chunked", json!({ "chunk": 0 }));
    let document: Value = serde_json::from_slice(&crate::world::unbase64(&chunk["data"])).unwrap();
    assert_eq!((&chunk["chunk"], &chunk["total"]), (&json!("0"), &json!("1")));
    assert_eq!(document, world.call("genesis", json!({}))["genesis"]);
    assert_eq!(world.fails("genesis_chunked", json!({ "chunk": 1 })).0, -32_603);
}

#[test]
fn blocks_and_what_hangs_on_them() {
    let world = World::lived();
    let client = world.http();
    let own = world.chain.storage().block(2).unwrap().unwrap();
    world.runtime.block_on(async {
        let block = client.block(2_u32).await.unwrap();
        assert_eq!(block.block.header, own.block.header);
        assert_eq!(block.block.data.len(), 2);
        assert_eq!(block.block_id.hash.as_bytes(), own.hash.as_slice());
        assert_eq!(block.block.last_commit, own.block.last_commit);
        let hash = block.block_id.hash;
        assert_eq!(client.block_by_hash(hash).await.unwrap().block.unwrap().header, own.block.header);
        assert_eq!(client.header(2_u32).await.unwrap().header, own.block.header);
        assert_eq!(client.header_by_hash(hash).await.unwrap().header.unwrap(), own.block.header);
        assert!(client.block_by_hash(tendermint::Hash::Sha256([9; 32])).await.unwrap().block.is_none());
        assert_eq!(client.latest_block().await.unwrap().block.header.height.value(), 3);
        assert!(client.block(1_u32).await.unwrap().block.last_commit.is_none());
        let commit = client.commit(2_u32).await.unwrap();
        assert!(commit.canonical);
        assert_eq!(commit.signed_header.commit, own.certificate.0);
        let metas = client.blockchain(1_u32, 3_u32).await.unwrap().block_metas;
        assert_eq!(metas.iter().map(|meta| meta.header.height.value()).collect::<Vec<_>>(), [3, 2, 1]);
        let results = client.block_results(2_u32).await.unwrap();
        assert_eq!(results.txs_results.unwrap().len(), 2);
        assert!(client.block_results(1_u32).await.unwrap().txs_results.is_none(), "null, as in CometBFT");
    });
}

#[test]
fn validators_by_pages() {
    let world = World::lived();
    let client = world.http();
    world.runtime.block_on(async {
        let all = client.validators(2_u32, Paging::All).await.unwrap();
        let powers: Vec<u64> = all.validators.iter().map(|one| one.power()).collect();
        assert_eq!((powers, all.total), (vec![40, 30, 20, 10], 4));
        let paging = Paging::Specific { page_number: 2.into(), per_page: 3.into() };
        assert_eq!(client.validators(2_u32, paging).await.unwrap().validators[0].power(), 10);
    });
    assert_eq!(world.call("validators", json!({}))["block_height"], "4", "who decides next");
    let (code, text) = world.fails("validators", json!({ "page": "2" }));
    assert_eq!((code, text.as_str()), (-32_603, "page should be within [1, 1] range, given 2"));
}

#[test]
fn transactions_are_found() {
    let world = World::lived();
    let client = world.http();
    world.runtime.block_on(async {
        let found = client.tx_search(Query::eq("tx.height", 2), true, 1, 10, Order::Ascending).await.unwrap();
        assert_eq!((found.total_count, found.txs.len()), (2, 2));
        for tx in &found.txs {
            let again = client.tx(tx.hash, true).await.unwrap();
            assert_eq!((again.height.value(), again.index, &again.tx), (2, tx.index, &tx.tx));
            assert_eq!(again.proof.unwrap().data, tx.tx);
            assert!(again.tx_result.code.is_ok());
            let by_hash = Query::eq("tx.hash", tx.hash.to_string());
            assert_eq!(client.tx_search(by_hash, false, 1, 10, Order::Descending).await.unwrap().total_count, 1);
        }
        let blocks = client.block_search(Query::gte("block.height", 2), 1, 10, Order::Ascending).await.unwrap();
        assert_eq!(blocks.blocks.iter().map(|one| one.block.header.height.value()).collect::<Vec<_>>(), [2, 3]);
    });
}

#[test]
fn sending_and_waiting() {
    let world = World::new();
    world.mine();
    let client = world.http();
    let raw = |sequence| cosmos::send(3, sequence, [9; 20], 1).to_vec();
    world.runtime.block_on(async {
        assert!(client.broadcast_tx_async(raw(0)).await.unwrap().code.is_ok());
        assert!(client.broadcast_tx_sync(raw(1)).await.unwrap().code.is_ok());
        assert!(client.broadcast_tx_sync(raw(1)).await.is_err(), "the same again");
        let refused = client.broadcast_tx_sync(b"\x0anonsense".to_vec()).await.unwrap();
        assert_eq!((refused.code.value(), refused.codespace.as_str()), (2, "sdk"));
    });
    assert_eq!(world.call("num_unconfirmed_txs", json!({}))["total"], "2");
    let waiting = world.call("unconfirmed_txs", json!({ "limit": "1" }));
    assert_eq!((&waiting["n_txs"], waiting["txs"].as_array().unwrap().len()), (&json!("1"), 1));
    let committed = std::thread::scope(|scope| {
        let sender = scope.spawn(|| world.runtime.block_on(world.http().broadcast_tx_commit(raw(2))).unwrap());
        while world.call("num_unconfirmed_txs", json!({}))["total"] != "3" {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        world.mine();
        sender.join().unwrap()
    });
    assert_eq!(committed.height.value(), 2);
    assert!(committed.tx_result.code.is_ok() && committed.check_tx.code.is_ok());
}

#[test]
fn evidence_is_taken_where_it_proves_something() {
    let world = World::lived();
    let (height, set) = (2, world.chain.validators_at(2).unwrap());
    let time = world.chain.storage().block(height).unwrap().unwrap().block.header.time;
    let vote = |block: u8, key: usize| {
        let value = Some(ValueId { block: [block; 32].into(), time_ns: 7 });
        let key = world.key(key);
        let message = vote_sign_bytes(&CHAIN_ID.parse().unwrap(), VoteKind::Precommit, height, 0, value);
        let (kind, validator, signature) = (VoteKind::Precommit, key.address(), key.sign(&message));
        CastVote { kind, height, round: 0, value, validator, signature }
    };
    let evidence = Evidence::new(vote(1, 0), vote(2, 0), &set, time).unwrap();
    let proto = tendermint_proto::v0_38::types::DuplicateVoteEvidence::decode(evidence.encode().as_slice()).unwrap();
    // By hand: Tendermint's own client writes another power than that of the validator.
    let sent = |value: Value| json!({ "evidence": { "type": "tendermint/DuplicateVoteEvidence", "value": value } });
    let mut value = serde_json::to_value(proto).unwrap();
    let answer = world.call("broadcast_evidence", sent(value.clone()));
    assert_eq!(crate::world::unbase64(&answer["hash"]), evidence.hash().to_vec());
    value["validator_power"] = json!("1");
    let (code, text) = world.fails("broadcast_evidence", sent(value));
    assert!(code == -32_603 && text.contains("validator power"), "{text}");
    assert_eq!(world.fails("broadcast_evidence", json!({})).0, -32_603);
}

/// Tendermint's own query texts are understood.
#[test]
fn query_texts() {
    for query in [Query::from(EventType::Tx), Query::from(EventType::NewBlock).and_exists("block.height")] {
        assert!(World::new().call("block_search", json!({ "query": query.to_string() }))["blocks"].is_array());
    }
}
