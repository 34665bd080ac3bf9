//! The bounds of one clearing: whatever a book holds and whoever placed it, a batch costs no more than these allow.

/// How far a batch may go. The defaults are what a chain agrees on; all that clear the same book need the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Resting orders that one batch reads from one side of the book, live or expired. What lies deeper waits for the
    /// next batch; an arrival that would cross it does not rest, it is cancelled ([`crate::EndReason::TooDeep`]).
    pub resting_read: usize,
    /// Triggers of one direction that one batch looks at. Those that remain are looked at by the next batch.
    pub triggers: usize,
    /// Times that a batch is priced anew because a fill-or-kill order did not fit or an owner met themselves. After that
    /// all that could ask for another round is cancelled at once.
    pub rounds: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { resting_read: 65_536, triggers: 1_024, rounds: 64 }
    }
}
