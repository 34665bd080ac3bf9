//! A transaction's way from a client's bytes into the pool: decode, verify, check against the head, learn what it touches
//! where that is wanted, insert, tell the others.

use alloy_consensus::Transaction as _;
use rayon::prelude::*;
use seiza_chain::{CheckError, Footprint};
use seiza_mempool::Inserted;
use seiza_types::tx::Body;
use seiza_types::{Admission, Height, Tx, VerifiedTx};

use super::Backend;
use crate::methods::Answer;
use crate::{B256, Bytes, Failure};

#[cfg(test)]
mod tests;

/// A transaction, what the head at `height` says of its sender, and what it touched when it was run on that head.
struct Checked {
    tx: VerifiedTx,
    admission: Admission,
    height: Height,
    footprint: Option<Footprint>,
}

/// Whether a trial run may teach more than the transaction's type tells: Cosmos messages and payments hide nothing.
fn calls_code(tx: &VerifiedTx) -> bool {
    matches!(&tx.body, Body::Evm(tx) if !tx.input().is_empty())
}

impl Backend {
    /// Takes in raw transactions: verified and checked on all cores of the calling pool, inserted in the order given.
    pub(crate) fn submit(&self, raws: Vec<Answer<Bytes>>) -> Vec<Answer<B256>> {
        let checked: Vec<_> = match raws.len() {
            1 => raws.into_iter().map(|raw| self.verify(raw)).collect(),
            _ => raws.into_par_iter().map(|raw| self.verify(raw)).collect(),
        };
        self.admit(checked)
    }

    /// The second half of [`Backend::submit`]: the head may have moved since the first.
    fn admit(&self, checked: Vec<Answer<Checked>>) -> Vec<Answer<B256>> {
        let base_fee = match self.next_base_fee() {
            Ok(base_fee) => u128::from(base_fee),
            Err(failure) => return checked.into_iter().map(|_| Err(failure.clone())).collect(),
        };
        let now_ms = u64::try_from(self.now().unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        let answers = self.insert(checked, base_fee, now_ms);
        if answers.iter().any(Result::is_ok) {
            (self.parts.on_admitted)();
        }
        answers
    }

    fn verify(&self, raw: Answer<Bytes>) -> Answer<Checked> {
        let refused = |text: String| Failure::Rejected(text);
        let tx = Tx::decode(&raw?).map_err(|error| refused(error.to_string()))?;
        let tx = tx.verify(self.rules()).map_err(|error| refused(error.to_string()))?;
        // Read before the check: should the head move in between, the check counts as old and is made again.
        let height = self.parts.chain.head().height;
        let admission = self.check(&tx)?;
        let footprint = self.learn(&tx);
        Ok(Checked { tx, admission, height, footprint })
    }

    fn learn(&self, tx: &VerifiedTx) -> Option<Footprint> {
        let footprints = self.parts.footprints.as_ref()?;
        (calls_code(tx) && footprints.has_room()).then(|| self.parts.chain.learn(tx)).flatten()
    }

    pub(super) fn check(&self, tx: &VerifiedTx) -> Answer<Admission> {
        self.parts.chain.check(tx).map_err(|error| match error {
            CheckError::State(error) => Failure::from(error),
            other => Failure::Rejected(other.to_string()),
        })
    }

    /// Inserts under one lock. After a commit the pool looks once at the lanes that the block touched; what was checked
    /// against an older head and comes in later would keep a nonce from the past, so it is checked again under the lock.
    fn insert(&self, checked: Vec<Answer<Checked>>, base_fee: u128, now_ms: u64) -> Vec<Answer<B256>> {
        let mut admitted = Vec::with_capacity(checked.len());
        let mut pool = self.parts.pool.lock();
        let head = self.parts.chain.head().height;
        let mut one = |Checked { tx, admission, height, footprint }: Checked| {
            let admission = if height == head { admission } else { self.check(&tx)? };
            let inserted = pool.insert(tx.clone(), admission, base_fee, now_ms);
            let inserted = inserted.map_err(|error| Failure::Rejected(error.to_string()))?;
            self.keep(footprint, &inserted);
            admitted.push(tx);
            Ok(inserted.hash)
        };
        let answers = checked.into_iter().map(|checked| checked.and_then(&mut one)).collect();
        drop(pool);
        admitted.iter().for_each(|tx| self.parts.notifier.admitted(tx));
        answers
    }

    /// Keeps what was learned of a transaction, and forgets those that left for it. Called under the pool's lock, so that
    /// nobody takes the transaction out in between.
    fn keep(&self, footprint: Option<Footprint>, inserted: &Inserted) {
        let Some(footprints) = &self.parts.footprints else { return };
        if let Some(footprint) = footprint {
            footprints.keep(inserted.hash, footprint);
        }
        footprints.forget(inserted.evicted.iter().chain(&inserted.replaced));
    }
}
