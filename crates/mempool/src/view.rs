//! A lane as the outside sees it: what `txpool_content` shows.

use seiza_types::VerifiedTx;

use crate::lane::Lane;

/// One account's waiting transactions.
#[derive(Debug, Clone, Copy)]
pub struct LaneView<'a>(pub(crate) &'a Lane);

impl<'a> LaneView<'a> {
    /// The executable ones, in nonce order, without a gap.
    pub fn pending(self) -> impl Iterator<Item = &'a VerifiedTx> {
        self.0.run().map(|(_, entry)| &entry.tx)
    }

    /// Those that wait for a nonce or for funds, in nonce order.
    pub fn queued(self) -> impl Iterator<Item = &'a VerifiedTx> {
        self.0.queued()
    }

    /// How many are executable.
    #[must_use]
    pub fn pending_len(self) -> usize {
        self.0.run_len()
    }

    /// How many wait.
    #[must_use]
    pub fn queued_len(self) -> usize {
        self.0.queued_len()
    }
}
