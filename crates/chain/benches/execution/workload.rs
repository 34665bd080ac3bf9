//! One block to be measured: its transactions, its context, and the state before it in a real storage.

use std::time::Instant;

use seiza_chain::evm::BlockContext;
use seiza_chain::modules::fees::FeeParams;
use seiza_chain::state::{Changeset, Overlay};
use seiza_chain::{BlockInput, BlockOutput, Cancel, Hints, Mode};
use seiza_storage::{GenesisRecord, Options, Storage};
use seiza_types::{Time, VerifiedTx};

use crate::pre_state::World;

/// A block, ready to run.
pub struct Workload {
    pub name: String,
    pub txs: Vec<VerifiedTx>,
    pub context: BlockContext,
    pub state: Overlay,
    _folder: tempfile::TempDir,
}

impl Workload {
    pub fn new(name: &str, txs: Vec<VerifiedTx>, context: BlockContext, before: &Changeset) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::open(folder.path(), Options::without_fsync()).unwrap();
        let record = GenesisRecord { time: Time::unix_epoch(), meta: Default::default() };
        storage.init_genesis(record, before).unwrap();
        let state = Overlay::new(std::sync::Arc::new(storage.head().state.clone()));
        Self { name: name.into(), txs, context, state, _folder: folder }
    }

    pub fn mainnet(world: &World) -> Vec<Self> {
        let block = |number: u64| {
            let block = world.block(number);
            let context = block.context(world.block_hashes());
            let before = world.state(number).layers()[0].clone();
            Self::new(&format!("block {number}"), block.verified(), context, &before)
        };
        world.numbers().into_iter().map(block).collect()
    }

    /// Seconds that the block takes, and the gas it uses.
    pub fn run(&self, mode: Mode) -> (f64, u64) {
        let input = BlockInput {
            context: &self.context,
            parent_hash: None,
            txs: &self.txs,
            fees: &FeeParams::default(),
            hints: Hints::None,
        };
        let start = Instant::now();
        let BlockOutput { changes, results, .. } = input.run(&self.state, mode, &Cancel::default()).unwrap();
        let seconds = start.elapsed().as_secs_f64();
        drop(changes);
        (seconds, results.gas_used)
    }
}
