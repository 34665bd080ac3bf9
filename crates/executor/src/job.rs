//! What is executed: a job, and what it may say of itself beforehand.

use seiza_state::{Access, Key, StateError, StateRead, WriteSet};

/// Reads are foreseen about so many at once: enough that they wait for memory together, few enough to be still in the
/// caches when their turn comes.
const FORESEEN: usize = 96;

/// One unit of execution: a transaction, or a market's batch at the end of a block.
pub trait Job: Sync {
    /// What it yields beside its writes.
    type Output: Send;

    /// Does the work. It may be run more than once, so it must have no effect but on `access`. In a parallel mode it may meet
    /// states that never were, in runs that are thrown away: it must come to an end in any state, a panic included.
    ///
    /// # Errors
    /// State errors only: a transaction that fails is an output.
    fn run(&self, access: &mut Access<'_>) -> Result<Self::Output, StateError>;

    /// How many transactions it stands for: what counts and costs are told by.
    fn size(&self) -> usize {
        1
    }

    /// How long it may take, in any unit (a transaction's gas limit): by it blocks are told apart, and nothing else.
    fn weight(&self) -> u64 {
        1
    }

    /// Keys it expects to touch, each as [`Intent::Change`]. A wrong or missing declaration costs time, never correctness.
    fn declared(&self) -> Option<&[Key]> {
        None
    }

    /// Tells `declare` what it expects to do with which key, more exactly than [`Job::declared`] does. Saying nothing means
    /// nothing is known.
    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        self.declared().unwrap_or_default().iter().for_each(|key| declare(key, Intent::Change));
    }

    /// Adds the hashes ([`Key::hash64`]) of keys that it is bound to read, so that memory is asked for them in time.
    fn foresee(&self, hashes: &mut Vec<u64>) {
        let _ = hashes;
    }

    /// What somebody claims that it writes: a block's proposer who has run it before (the idea of EIP-7928). Later jobs read
    /// the claim instead of waiting for the run; what the run writes takes its place. A wrong claim costs time, never
    /// correctness.
    fn shipped(&self) -> Option<&WriteSet> {
        None
    }
}

/// How many transactions `jobs` stand for.
pub(crate) fn size<J: Job>(jobs: &[J]) -> usize {
    jobs.iter().map(Job::size).sum()
}

/// How many of `jobs` stand for about so many transactions; one at least.
pub(crate) fn jobs_of<J: Job>(jobs: &[J], txs: usize) -> usize {
    (txs * jobs.len()).checked_div(size(jobs)).unwrap_or(txs).max(1)
}

/// Has memory asked for what the first of `jobs` are bound to read; answers how many those are.
pub(crate) fn foresee<J: Job>(base: &(dyn StateRead + Sync), jobs: &[J], hashes: &mut Vec<u64>) -> usize {
    hashes.clear();
    let told = jobs.iter().take_while(|job| {
        let goes_on = hashes.len() < FORESEEN;
        if goes_on {
            job.foresee(hashes);
        }
        goes_on
    });
    let told = told.take(FORESEEN).count();
    if !hashes.is_empty() {
        base.warm(hashes);
    }
    told
}

/// What a job expects to do with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Read it.
    Read,
    /// Look at the amount there and rely on no more than a premise (`StateRead::rely`): credits and debits of others need
    /// not be waited for.
    Rely,
    /// Put or delete it without reading it.
    Write,
    /// Credit or debit it without reading it.
    Add,
    /// Read it and write it.
    Change,
}
