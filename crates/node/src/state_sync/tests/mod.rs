//! Nodes in one process: some give a state, one takes it, one lies.

mod headers;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use seiza_chain::modules::bank::{Balance, BankGenesis};
use seiza_chain::{Cancel, Chain, Genesis, GenesisValidator, Hints, Mode};
use seiza_network::{Event, Item, Limits, Network, NetworkConfig, start};
use seiza_storage::sync::SnapshotFile;
use seiza_storage::{Options, Storage};
use seiza_types::{Address, Height, PeerAddress, Time, U256, ValidatorKey, sign_commit};
use tokio::sync::{mpsc, oneshot};

use super::{Pull, SnapshotServer, Trust, download_in, install_file};

const ACCOUNTS: u64 = 40_000;
const PERIOD: Duration = Duration::from_secs(3600);

fn key() -> ValidatorKey {
    ValidatorKey::from_seed([7; 32])
}

fn now() -> Time {
    crate::clock::now()
}

/// A genesis of so many accounts, half an hour old.
fn genesis(accounts: u64) -> Genesis {
    let address = |n: u64| Address::left_padding_from(&(n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let balance = |n| Balance { address: address(n), denom: "usei".into(), amount: U256::from(n + 1) };
    let seconds = now().unix_timestamp() / 60 * 60 - 1800;
    Genesis {
        chain_id: "seiza-test-1".into(),
        evm_chain_id: 713_714,
        time: Time::from_unix_timestamp(seconds, 0).unwrap(),
        block_gas_max: 30_000_000,
        fees: Default::default(),
        bank: BankGenesis { balances: (0..accounts).map(balance).collect() },
        exchange: Default::default(),
        validators: vec![GenesisValidator { public_key: key().public_key(), power: 10 }],
        validator_changes: vec![],
    }
}

/// A chain of so many empty blocks.
fn grown(folder: &std::path::Path, genesis: &Genesis, height: Height) -> Arc<Chain> {
    let chain = Chain::open(Storage::open(folder, Options::without_fsync()).unwrap(), genesis.clone()).unwrap();
    for n in chain.head().height..height {
        let time = (genesis.time + Duration::from_secs(n + 1)).unwrap();
        let block = chain.build(vec![], time, key().address(), vec![]);
        let parent = chain.head_overlay();
        let executed = chain.execute(&parent, &block, Hints::None, Mode::Sequential, &Cancel::default()).unwrap();
        let certificate = sign_commit(&block, 0, &block.header.chain_id, &key());
        chain.decide(&block, &certificate).unwrap();
        chain.commit(executed).unwrap();
    }
    Arc::new(chain)
}

async fn network(number: u8, genesis: &Genesis, peers: &[&Network]) -> (Network, mpsc::Receiver<Event>) {
    let address = |network: &&Network| PeerAddress {
        id: Some(network.id().to_string()),
        host: network.listen_addr().ip().to_string(),
        port: network.listen_addr().port(),
    };
    let config = NetworkConfig {
        chain_id: genesis.chain_id.clone(),
        genesis_hash: genesis.hash(),
        height: 0,
        node_key: [number; 32],
        listen: ([127, 0, 0, 1], 0).into(),
        peers: peers.iter().map(address).collect(),
        peers_max: 20,
        moniker: format!("node-{number}"),
        discovery: true,
        consensus_port: 1,
        validator: None,
        book: None,
        seed: u64::from(number),
        limits: Limits { request_timeout: PERIOD, answer_timeout: PERIOD, ..Limits::default() },
    };
    start(config).await.unwrap()
}

/// Answers with what the chain has; `spoil` may change the bytes of chunks. Answers the network and how many chunks were asked.
async fn giver(number: u8, chain: Arc<Chain>, spoil: fn(&mut [u8])) -> (Network, Arc<AtomicUsize>) {
    let (network, mut events) = network(number, chain.genesis(), &[]).await;
    let (server, asked) = (SnapshotServer::new(chain, true, 0), Arc::new(AtomicUsize::new(0)));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            let Event::SnapshotAsked { item, part, reply, .. } = event else { continue };
            let (inner, answer) = oneshot::channel();
            server.answer(item, part, inner);
            let count = count.clone();
            tokio::spawn(async move {
                let mut piece = answer.await.unwrap();
                if let (Item::Chunk { .. }, Some(piece)) = (item, &mut piece) {
                    count.fetch_add(1, Ordering::Relaxed);
                    let mut bytes = piece.bytes.to_vec();
                    spoil(&mut bytes);
                    piece.bytes = bytes.into();
                }
                let _ = reply.send(piece);
            });
        }
    });
    (network, asked)
}

fn honest(_: &mut [u8]) {}

/// A bit in the middle.
fn lies(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
}

fn pull(network: &Network, data: &std::path::Path, genesis: &Genesis) -> Pull {
    let trust = Trust { block: None, period: PERIOD };
    Pull { network: network.clone(), data: data.to_owned(), genesis: genesis.clone(), trust, quiet: true }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_comes_from_several_peers_and_wrong_chunks_cost_their_sender() {
    let (folder, genesis) = (tempfile::tempdir().unwrap(), genesis(ACCOUNTS));
    let chains: Vec<_> = ["a", "b", "c"].iter().map(|name| grown(&folder.path().join(name), &genesis, 9)).collect();
    let (one, asked_one) = giver(1, chains[0].clone(), honest).await;
    let (two, asked_two) = giver(2, chains[1].clone(), honest).await;
    let (liar, asked_liar) = giver(3, chains[2].clone(), lies).await;
    let (network, events) = network(4, &genesis, &[&one, &two, &liar]).await;
    tokio::spawn(super::answer_nothing(events));
    let data = folder.path().join("new");
    let file = pull(&network, &data, &genesis).fetch().await.unwrap().unwrap();
    let (total, found) = file.progress();
    assert!(total == found && total >= 3, "{found} of {total}");
    assert!(file.check(&mut |_, _| ()).unwrap().keys > ACCOUNTS);
    let asked = [&asked_one, &asked_two, &asked_liar].map(|asked| asked.load(Ordering::Relaxed));
    assert!(asked[0] + asked[1] >= total, "{asked:?} of {total}");
    if asked[2] > 0 {
        assert!(network.figures().faults > 0, "{asked:?}");
        let shown = network.peers().into_iter().find(|peer| peer.id == liar.id());
        assert!(shown.is_none_or(|peer| peer.score < 0), "the liar is scored, or banned already");
    }
    network.stop().await;
    install_file(&data, &file, &genesis, false, true).unwrap();
    assert!(!download_in(&data).exists());
    let height = file.parts().height;
    let taken = grown(&data, &genesis, height);
    assert_eq!(taken.head().height, height);
    drop(taken);
    // It goes on like the others: the same blocks lead to the same state.
    let taken = grown(&data, &genesis, 9);
    assert_eq!(
        (taken.head().block_hash, taken.head().app_hash),
        (chains[0].head().block_hash, chains[0].head().app_hash)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_was_killed_is_gone_on_with() {
    let (folder, genesis) = (tempfile::tempdir().unwrap(), genesis(ACCOUNTS));
    let (one, asked) = giver(1, grown(&folder.path().join("a"), &genesis, 6), honest).await;
    let (network, events) = network(4, &genesis, &[&one]).await;
    tokio::spawn(super::answer_nothing(events));
    let data = folder.path().join("new");
    let file = pull(&network, &data, &genesis).fetch().await.unwrap().unwrap();
    let (bytes, (total, _)) = (file.bytes(), file.progress());
    drop(file);
    std::fs::OpenOptions::new().write(true).open(download_in(&data)).unwrap().set_len(bytes - 100).unwrap();
    assert_eq!(SnapshotFile::open(&download_in(&data)).unwrap().missing().len(), 1);
    asked.store(0, Ordering::Relaxed);
    let file = pull(&network, &data, &genesis).fetch().await.unwrap().unwrap();
    assert_eq!((file.progress(), asked.load(Ordering::Relaxed)), ((total, total), 1), "only the torn one");
    file.check(&mut |_, _| ()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_that_do_not_serve_leave_blocks_to_be_fetched() {
    let (folder, genesis) = (tempfile::tempdir().unwrap(), genesis(1));
    let (one, mut events) = network(1, &genesis, &[]).await;
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    let joining = network(2, &genesis, &[&one]).await;
    let trust = Trust { block: None, period: PERIOD };
    let found = super::run(&folder.path().join("new"), &genesis, trust, joining, true).await.unwrap();
    assert_eq!(found, None);
}
