//! What may be known of a block before it runs, found out beforehand and not counted.

use rayon::prelude::*;
use seiza_chain::evm::BlockContext;
use seiza_chain::state::Overlay;
use seiza_chain::{Footprint, Hints, learn};
use seiza_types::VerifiedTx;

use crate::ways::Hint;

/// The hints for one block.
pub struct Knowledge {
    learned: Vec<Option<Footprint>>,
}

impl Knowledge {
    /// Tries every transaction out on the parent's state, as admission does.
    pub fn of(state: &Overlay, context: &BlockContext, txs: &[VerifiedTx]) -> Self {
        Self { learned: txs.par_iter().map(|tx| learn(state, context, tx)).collect() }
    }

    /// The hints of that kind.
    pub fn hints(&self, hint: Hint) -> Hints<'_> {
        match hint {
            Hint::Nothing => Hints::None,
            Hint::Learned => Hints::Learned(&self.learned),
        }
    }
}
