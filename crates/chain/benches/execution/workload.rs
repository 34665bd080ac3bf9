//! One block to be measured: its transactions, its context, and the state before it in a real storage.

use std::sync::LazyLock;

use seiza_chain::evm::BlockContext;
use seiza_chain::modules::fees::FeeParams;
use seiza_chain::state::{Changeset, Overlay};
use seiza_chain::{BlockInput, BlockOutput, Cancel, Mode};
use seiza_storage::{GenesisRecord, Options, Storage};
use seiza_types::tx::Body;
use seiza_types::{Time, VerifiedTx};

use crate::clock::Clock;
use crate::knowledge::Knowledge;
use crate::plain::Plain;
use crate::ways::Way;

/// How the base fee moves: the default way.
pub static FEES: LazyLock<FeeParams> = LazyLock::new(FeeParams::default);

/// A block, ready to run.
pub struct Workload {
    pub name: String,
    pub txs: Vec<VerifiedTx>,
    pub context: BlockContext,
    pub state: Overlay,
    pub plain: Plain,
    /// Gas that the block uses in our rules.
    pub gas: u64,
    knowledge: Knowledge,
    _folder: tempfile::TempDir,
}

impl Workload {
    /// Puts the state into a storage and prepares all that is not measured: plain revm's database, and the hints.
    pub fn new(name: &str, txs: Vec<VerifiedTx>, context: BlockContext, before: &Changeset) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::open(folder.path(), Options::without_fsync()).unwrap();
        let record = GenesisRecord { time: Time::unix_epoch(), meta: Default::default() };
        storage.init_genesis(record, before).unwrap();
        let state = Overlay::new(std::sync::Arc::new(storage.head().state.clone()));
        let plain = Plain::new(&state, &context, &txs);
        let knowledge = Knowledge::of(&state, &context, &txs);
        let mut workload = Self { name: name.into(), txs, context, state, plain, gas: 0, knowledge, _folder: folder };
        workload.gas = workload.output(&Way::sequential()).results.gas_used;
        let is_evm = workload.txs.iter().all(|tx| matches!(tx.body, Body::Evm(_)));
        assert!(!is_evm || workload.gas == workload.plain.gas, "plain revm does other work in {name}");
        workload
    }

    /// Runs the block.
    pub fn output(&self, way: &Way) -> BlockOutput {
        self.timed(way, Clock::Wall).1
    }

    /// Seconds that the block takes, and what came of it.
    pub fn timed(&self, way: &Way, clock: Clock) -> (f64, BlockOutput) {
        let input = self.input(way);
        let began = clock.now();
        let output = input.run_with(&self.state, way.mode, &Cancel::default(), way.options()).unwrap();
        (clock.since(began), output)
    }

    fn input(&self, way: &Way) -> BlockInput<'_> {
        BlockInput {
            context: &self.context,
            parent_hash: None,
            txs: &self.txs,
            fees: &FEES,
            hints: self.knowledge.hints(way.hint),
            turn: None,
        }
    }

    /// Asserts that every way, forced to be parallel, leaves what sequential execution leaves.
    pub fn assert_equal(&self, ways: &[Way]) {
        let expected = self.output(&Way::sequential());
        for way in ways.iter().filter(|way| way.mode != Mode::Sequential) {
            for forced in [way.forced(), way.in_rounds()] {
                let found = self.output(&forced);
                assert!(found.results == expected.results, "{}: results of {} differ", self.name, way.name());
                assert!(found.changes == expected.changes, "{}: changes of {} differ", self.name, way.name());
            }
        }
    }
}
