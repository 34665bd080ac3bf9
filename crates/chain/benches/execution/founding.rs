//! The state before a workload: actors with funds, and contracts that their owners deployed and used through our own
//! block rules, one set-up block after the other.

use std::sync::Arc;

use alloy_primitives::U256;
use seiza_chain::evm::{self, BlockContext};
use seiza_chain::modules::fees::FeeParams;
use seiza_chain::modules::{auth, bank};
use seiza_chain::state::{Access, Changeset, Empty, Overlay};
use seiza_chain::{BlockInput, BlockOutput, Cancel, Hints, Mode};
use seiza_types::{Denom, Fork, VerifiedTx};

use crate::actor::{Actor, BASE_FEE, CHAIN_ID, Order, sign};
use crate::workload::Workload;

/// A state in the making.
pub struct Founding {
    changes: Changeset,
    height: u64,
}

impl Founding {
    /// Everybody has funds and is linked already.
    pub fn of<'a>(actors: impl IntoIterator<Item = &'a Actor>) -> Self {
        let mut access = Access::unrecorded(&Empty);
        evm::init_genesis(&mut access);
        for actor in actors {
            bank::mint(&mut access, &actor.address(), &Denom::native(), U256::from(10).pow(U256::from(24))).unwrap();
            auth::link(&mut access, &actor.signer).unwrap();
        }
        let mut changes = Changeset::default();
        changes.absorb(access.finish().1, &Empty).unwrap();
        Self { changes, height: 0 }
    }

    /// One block of these transactions, each of which must succeed.
    pub fn play(&mut self, orders: &[Order]) {
        let txs = sign(orders);
        self.height += 1;
        let context = context(self.height, &txs);
        let parent = Overlay::new(Arc::new(Empty)).with(Arc::new(self.changes.clone()));
        let input = BlockInput {
            context: &context,
            parent_hash: None,
            txs: &txs,
            fees: &FeeParams::default(),
            hints: Hints::None,
            turn: None,
        };
        let BlockOutput { changes, results, .. } = input.run(&parent, Mode::Sequential, &Cancel::default()).unwrap();
        let failed = results.receipts.iter().position(|receipt| !receipt.succeeded());
        assert_eq!(failed, None, "a set-up transaction failed: {:?}", failed.map(|index| &results.receipts[index]));
        self.changes.merge(changes);
    }

    /// The block to be measured, after the set-up.
    pub fn workload(&self, name: &str, orders: &[Order]) -> Workload {
        let txs = sign(orders);
        let context = context(self.height + 1, &txs);
        Workload::new(name, txs, context, &self.changes)
    }
}

/// A block with room for all of the transactions.
fn context(height: u64, txs: &[VerifiedTx]) -> BlockContext {
    BlockContext {
        gas_limit: txs.iter().map(|tx| tx.gas_limit).sum(),
        base_fee: BASE_FEE,
        ..BlockContext::new(CHAIN_ID, Fork::Prague, height, height)
    }
}
