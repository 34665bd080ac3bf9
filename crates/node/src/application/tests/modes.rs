//! The same blocks on nodes that execute them in different modes, with and without what was learned of the transactions.

use alloy_consensus::{SignableTransaction as _, TxLegacy};
use alloy_primitives::{Address, Bytes, Signature, TxKind, U256, bytes};
use secp256k1::{Message, SECP256K1, SecretKey};
use seiza_types::{Code, Receipt, Tx, VerifiedTx};

use super::*;
use crate::keys::{DEVNET_WORDS, Words};

const SENDERS: u32 = 8;
/// Transactions of one sender in a block: together enough that a block is worth running in parallel.
const EACH: u64 = 40;
/// Adds one to slot 0: every call conflicts with every other one.
const COUNTER: Bytes = bytes!("675f546001015f55005f5260086018f3");
const STRANGER: Address = Address::repeat_byte(0x99);

struct Sender {
    key: SecretKey,
    address: Address,
}

fn senders() -> Vec<Sender> {
    let accounts = Words::parse(DEVNET_WORDS).unwrap().accounts(SENDERS).unwrap();
    let sender = |account: crate::keys::Account| Sender {
        key: SecretKey::from_byte_array(account.secret()).unwrap(),
        address: account.address(),
    };
    accounts.into_iter().map(sender).collect()
}

impl Sender {
    /// A call without data, or a creation of the counter.
    fn sign(&self, world: &World, nonce: u64, to: TxKind, wei: U256, gas_limit: u64) -> VerifiedTx {
        let chain_id = Some(world.genesis.evm_chain_id);
        let input = if to == TxKind::Create { COUNTER } else { Bytes::new() };
        let tx = TxLegacy { chain_id, nonce, gas_price: 10_000_000_000, gas_limit, to, value: wei, input };
        let message = Message::from_digest(tx.signature_hash().0);
        let (recovery, compact) = SECP256K1.sign_ecdsa_recoverable(message, &self.key).serialize_compact();
        let signature = Signature::from_bytes_and_parity(&compact, i32::from(recovery) == 1);
        let mut raw = Vec::new();
        tx.into_signed(signature).rlp_encode(&mut raw);
        Tx::decode(&raw).unwrap().verify(&world.genesis.rules()).unwrap()
    }
}

/// The nodes under test: the first one is the specification.
fn nodes(world: &World) -> Vec<Application> {
    let workers = |count: usize| count.try_into().unwrap();
    let modes = [
        Mode::Sequential,
        Mode::Declared { workers: workers(2) },
        Mode::Declared { workers: workers(4) },
        Mode::Optimistic { workers: workers(2) },
        Mode::Optimistic { workers: workers(4) },
    ];
    modes.iter().enumerate().map(|(index, mode)| world.node_in(&format!("node-{index}"), *mode)).collect()
}

/// A block in which senders pay strangers, each other and themselves, fight over the counter, run out of gas and of money.
/// Which of these a transaction does depends on `salt`. The last sender's nonces have a gap: all of it is skipped.
fn busy_block(world: &World, senders: &[Sender], counter: Address, round: u64) -> Vec<VerifiedTx> {
    let nonces = round * EACH..(round + 1) * EACH;
    let pairs = nonces.flat_map(|nonce| (0..senders.len()).map(move |index| (nonce, index)));
    pairs.flat_map(|(nonce, index)| acts(world, senders, counter, (nonce, index, round))).collect()
}

/// What a sender does with one nonce: a transaction that cannot be paid for leaves it to the next one.
fn acts(world: &World, senders: &[Sender], counter: Address, at: (u64, usize, u64)) -> Vec<VerifiedTx> {
    let (nonce, index, round) = at;
    let (sender, next) = (&senders[index], TxKind::Call(senders[(index + 1) % senders.len()].address));
    let nonce = nonce + u64::from(index == 0 || index + 1 == senders.len());
    let (call, fresh) = (TxKind::Call(counter), TxKind::Call(Address::left_padding_from(&nonce.to_be_bytes())));
    let act = |to, wei: u64, gas| sender.sign(world, nonce, to, U256::from(wei), gas);
    match (nonce + index as u64 * (round + 1)) % 7 {
        0 => vec![act(TxKind::Call(STRANGER), 5, 21_000)],
        1 => vec![act(next, nonce, 21_000)],
        2 => vec![act(TxKind::Call(sender.address), 7, 21_000)],
        3 => vec![act(call, 0, 100_000)],
        4 => vec![act(call, 0, 22_000)],
        5 => vec![sender.sign(world, nonce, next, U256::MAX >> 8, 21_000), act(next, 1, 21_000)],
        _ => vec![act(fresh, 1, 30_000)],
    }
}

/// Lets every node but the first and the last learn what the transactions touch, as the threads that admit do.
fn learn(nodes: &[Application], txs: &[VerifiedTx]) {
    for node in &nodes[2..nodes.len() - 1] {
        let footprints = node.shared.footprints.as_ref().unwrap();
        for tx in txs {
            node.shared.chain.learn(tx).into_iter().for_each(|footprint| footprints.keep(tx.hash, footprint));
        }
    }
}

#[test]
fn every_mode_gives_the_same_app_hashes_and_receipts() {
    let (world, senders) = (World::with(SENDERS), senders());
    let mut nodes = nodes(&world);
    let counter = senders[0].address.create(0);
    let mut txs = vec![senders[0].sign(&world, 0, TxKind::Create, U256::ZERO, 200_000)];
    for height in 1..=5u64 {
        learn(&nodes, &txs);
        let block = nodes[0].shared.chain.build(txs, crate::clock::now(), world.key.address(), vec![]);
        let certificate = world.certificate(&block);
        let heads: Vec<_> = nodes.iter_mut().map(|node| decide(node, &block, &certificate)).collect();
        for head in &heads {
            assert_eq!((head.height, head.app_hash), (height, heads[0].app_hash));
            assert_eq!(receipts(head), receipts(&heads[0]));
        }
        txs = busy_block(&world, &senders, counter, height - 1);
    }
    check_variety(&nodes[0]);
    check_ways(&nodes);
}

/// The blocks were what they should have been: most transactions took effect, some were skipped, the counter was fought over.
fn check_variety(node: &Application) {
    let head = node.shared.chain.head();
    let (all, skipped) = (receipts(&head).len(), receipts(&head).iter().filter(|r| r.code == Code::Skipped).count());
    assert!(all >= 300 && skipped > 40 && skipped < all / 3, "{skipped} of {all} skipped");
    assert!(receipts(&head).iter().any(|receipt| receipt.code == Code::Ok && receipt.gas_used > 25_000));
}

/// Each node ran the last block in its own mode, and did say so; those that had learned something used it.
fn check_ways(nodes: &[Application]) {
    let last = |node: &Application| node.shared.executions.of(node.next_height() - 1).unwrap();
    let names = nodes.iter().map(|node| last(node).mode_name()).collect::<Vec<_>>();
    assert_eq!(names, ["sequential", "declared", "declared", "optimistic", "optimistic"]);
    let learned = nodes.iter().map(|node| last(node).learned > 0).collect::<Vec<_>>();
    assert_eq!(learned, [false, false, true, true, false]);
    for how in nodes.iter().map(last) {
        assert_eq!(how.stats.sequential + how.stats.parallel, how.txs);
    }
    assert_eq!(last(&nodes[0]).stats.parallel, 0);
}

fn receipts(head: &Head) -> Vec<Receipt> {
    head.block.as_ref().unwrap().results.as_ref().unwrap().receipts.clone()
}

fn decide(node: &mut Application, block: &VerifiedBlock, certificate: &Certificate) -> Arc<Head> {
    assert!(matches!(node.received(block.block().as_ref().clone()), Validity::Valid(_)));
    node.speculate(&block.hash(), &Cancel::default()).unwrap();
    node.decided(certificate).unwrap()
}
