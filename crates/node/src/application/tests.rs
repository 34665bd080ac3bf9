//! Stories of two nodes: one proposes, the other receives, both decide.

mod modes;

use std::time::Duration;

use seiza_chain::Genesis;
use seiza_mempool::Limits;
use seiza_storage::{Options, Storage};
use seiza_types::{ValidatorKey, sign_commit};
use tempfile::TempDir;

use super::*;
use crate::args::ChainFlags;
use crate::founding::{Founding, read_genesis, read_key};
use crate::home::Home;

/// A chain's founding, and applications on it.
struct World {
    folder: TempDir,
    genesis: Genesis,
    key: ValidatorKey,
}

impl World {
    fn new() -> Self {
        Self::with(1)
    }

    /// A world whose first devnet accounts are funded.
    fn with(accounts: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("home"));
        Founding::of(&ChainFlags::default(), accounts, None).unwrap().write(&home).unwrap();
        Self { genesis: read_genesis(&home).unwrap(), key: read_key(&home).unwrap(), folder }
    }

    fn node(&self, name: &str) -> Application {
        self.node_in(name, Mode::Sequential)
    }

    fn node_in(&self, name: &str, mode: Mode) -> Application {
        let storage = Storage::open(&self.folder.path().join(name), Options::without_fsync()).unwrap();
        let chain = Arc::new(Chain::open(storage, self.genesis.clone()).unwrap());
        let (pool, notifier) = (Arc::new(Mutex::new(Pool::new(Limits::default()))), Notifier::new(0));
        let (executions, footprints) = (Executions::default(), Some(Footprints::default()));
        Application::new(Shared { chain, pool, notifier, executions, footprints }, self.key.address(), mode)
    }

    fn certificate(&self, block: &VerifiedBlock) -> Certificate {
        sign_commit(block.block(), 0, &block.header.chain_id, &self.key)
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

#[test]
fn what_one_proposes_the_other_accepts_and_both_decide_the_same() {
    let world = World::new();
    let (mut a, mut b) = (world.node("a"), world.node("b"));
    for height in 1..=3 {
        assert_eq!((a.next_height(), b.next_height()), (height, height));
        let block = a.propose(height, 0, soon()).unwrap();
        let Validity::Valid(hash) = b.received(block.block().as_ref().clone()) else { panic!("refused") };
        assert_eq!(hash, block.hash());
        assert!(b.known(&hash).is_some());
        b.speculate(&hash, &Cancel::default()).unwrap();
        let certificate = world.certificate(&block);
        let heads = [a.decided(&certificate).unwrap(), b.decided(&certificate).unwrap()];
        assert_eq!(heads[0].app_hash, heads[1].app_hash);
        assert_eq!(heads[0].block_hash, hash);
        assert_eq!(b.decided_block(height).unwrap().unwrap().1, certificate);
    }
    assert_eq!((a.history_min_height(), a.validators().validators().len()), (1, 1));
}

#[test]
fn a_height_and_round_is_proposed_once() {
    let world = World::new();
    let mut node = world.node("a");
    let block = node.propose(1, 0, soon()).unwrap();
    assert_eq!(node.propose(1, 0, soon()).unwrap().hash(), block.hash());
    assert_ne!(node.propose(1, 1, soon()).unwrap().hash(), block.hash(), "another round has another time");
    node.decided(&world.certificate(&block)).unwrap();
    assert_eq!(node.propose(2, 0, soon()).unwrap().height(), 2);
}

#[test]
fn a_block_that_lies_is_its_proposers_fault() {
    let world = World::new();
    let (mut a, mut b) = (world.node("a"), world.node("b"));
    let mut block = a.propose(1, 0, soon()).unwrap().block().as_ref().clone();
    block.header.app_hash = tendermint::AppHash::try_from(vec![7; 32]).unwrap();
    assert!(matches!(b.received(block), Validity::Invalid(InvalidBlock::Header { field: "app_hash", .. })));
    assert_eq!(b.next_height(), 1);
}

#[test]
fn what_nobody_showed_cannot_be_decided_here() {
    let world = World::new();
    let (mut a, mut b) = (world.node("a"), world.node("b"));
    let block = a.propose(1, 0, soon()).unwrap();
    assert!(matches!(b.decided(&world.certificate(&block)), Err(ChainError::Height(1))));
    assert_eq!(b.next_height(), 1, "nothing was written");
}

#[test]
fn dropping_an_execution_changes_nothing() {
    let world = World::new();
    let mut node = world.node("a");
    let (first, second) = (node.propose(1, 0, soon()).unwrap(), node.propose(1, 1, soon()).unwrap());
    for block in [&first, &second] {
        node.speculate(&block.hash(), &Cancel::default()).unwrap();
    }
    let head = node.decided(&world.certificate(&second)).unwrap();
    assert_eq!((head.height, head.block_hash), (1, second.hash()));
}
