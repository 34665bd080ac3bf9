//! What may be known of a block before it runs, found out beforehand and not counted.

use rayon::prelude::*;
use seiza_chain::evm::BlockContext;
use seiza_chain::state::{Overlay, WriteSet};
use seiza_chain::{BlockInput, Cancel, Footprint, Hints, Mode, Options, learn};
use seiza_types::VerifiedTx;

use crate::ways::Hint;
use crate::workload::FEES;

/// The hints for one block.
pub struct Knowledge {
    learned: Vec<Option<Footprint>>,
    shipped: Vec<WriteSet>,
}

impl Knowledge {
    /// Tries every transaction out on the parent's state, as admission does, and runs the block once, as its proposer does.
    pub fn of(state: &Overlay, context: &BlockContext, txs: &[VerifiedTx]) -> Self {
        let learned = txs.par_iter().map(|tx| learn(state, context, tx)).collect();
        Self { learned, shipped: proposed(state, context, txs) }
    }

    /// The hints of that kind.
    pub fn hints(&self, hint: Hint) -> Hints<'_> {
        match hint {
            Hint::Nothing => Hints::None,
            Hint::Learned => Hints::Learned(&self.learned),
            Hint::Shipped => Hints::Shipped(&self.shipped),
        }
    }
}

/// What each transaction writes in the block.
fn proposed(state: &Overlay, context: &BlockContext, txs: &[VerifiedTx]) -> Vec<WriteSet> {
    let input = BlockInput { context, parent_hash: None, txs, fees: &FEES, hints: Hints::None, turn: None };
    let options = Options { keeps_writes: true, ..Options::default() };
    input.run_with(state, Mode::Sequential, &Cancel::default(), options).unwrap().writes
}
