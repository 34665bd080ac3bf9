//! What the engine's write-ahead log does, in memory: entries of one height, durable up to the last flush.
//!
//! A crash keeps all that was flushed, and of the rest as many of the first entries as chance lets reach the disk.

use malachitebft_core_consensus::Input;
use seiza_engine::context::Seiza;
use seiza_types::Height;

/// The log of one validator.
#[derive(Default)]
pub struct Wal {
    height: Height,
    entries: Vec<Input<Seiza>>,
    durable: usize,
}

impl Wal {
    /// The log serves `height` from now on: what it holds of it already is to be replayed; what it holds of another goes.
    pub fn start(&mut self, height: Height) -> Vec<Input<Seiza>> {
        if self.height != height {
            *self = Self { height, ..Self::default() };
        }
        self.entries.clone()
    }

    /// Adds an entry, unless it is of another height.
    pub fn append(&mut self, height: Height, entry: Input<Seiza>) {
        if self.height == height {
            self.entries.push(entry);
        }
    }

    /// Makes all entries durable.
    pub fn flush(&mut self) {
        self.durable = self.entries.len();
    }

    /// The process dies: `kept` is asked how many of the entries that were not flushed had reached the disk.
    pub fn crash(&mut self, kept: impl FnOnce(usize) -> usize) {
        let unflushed = self.entries.len() - self.durable;
        self.entries.truncate(self.durable + kept(unflushed).min(unflushed));
        self.durable = self.entries.len();
    }

    /// Loses everything: what no log may do. For tests of the checker.
    pub fn burn(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use malachitebft_core_types::{Round, Timeout};

    use super::*;

    fn entry(round: u32) -> Input<Seiza> {
        Input::TimeoutElapsed(Timeout::propose(Round::new(round)))
    }

    #[test]
    fn what_was_flushed_survives_and_another_height_begins_empty() {
        let mut wal = Wal::default();
        assert!(wal.start(5).is_empty());
        (0..3).for_each(|round| wal.append(5, entry(round)));
        wal.flush();
        (3..6).for_each(|round| wal.append(5, entry(round)));
        wal.append(6, entry(9));
        wal.crash(|unflushed| unflushed - 2);
        assert_eq!(wal.start(5), (0..4).map(entry).collect::<Vec<_>>());
        assert!(wal.start(6).is_empty() && wal.start(5).is_empty());
    }
}
