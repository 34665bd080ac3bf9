//! A transaction's way from a client's bytes into the pool: decode, verify, check against the head, learn what it touches
//! where that is wanted, insert, tell the others.

use alloy_consensus::Transaction as _;
use rayon::prelude::*;
use seiza_chain::{CheckError, Footprint};
use seiza_mempool::Inserted;
use seiza_types::tx::Body;
use seiza_types::{Admission, Height, Tx, VerifiedTx};

use super::{Backend, Source};
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

/// What became of a transaction that a peer passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// It waits in the pool now.
    Taken,
    /// It may not wait here at present: known, unpaid, stale, or the pool is full. Nobody's fault.
    Refused,
    /// No honest node passes it on: it does not decode, or breaks the stateless rules.
    Malformed,
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
        self.admit(checked, Source::Client)
    }

    /// Takes in transactions that a peer passed on, by the same door as a client's; on all cores.
    #[must_use]
    pub fn admit_gossip(&self, raws: Vec<Bytes>) -> Vec<Admitted> {
        self.verifiers.install(|| {
            let checked: Vec<_> = raws.into_par_iter().map(|raw| self.verify_gossip(&raw)).collect();
            let (mut answers, mut places, mut sound) = (Vec::new(), Vec::new(), Vec::new());
            for (place, verified) in checked.into_iter().enumerate() {
                answers.push(if verified.is_some() { Admitted::Refused } else { Admitted::Malformed });
                if let Some(checked) = verified {
                    places.push(place);
                    sound.push(checked);
                }
            }
            for (place, answer) in places.into_iter().zip(self.admit(sound, Source::Peer)) {
                if answer.is_ok() {
                    answers[place] = Admitted::Taken;
                }
            }
            answers
        })
    }

    /// `None` where the peer is at fault; an inner error where nobody is.
    fn verify_gossip(&self, raw: &Bytes) -> Option<Answer<Checked>> {
        let tx = Tx::decode(raw).ok()?.verify(self.rules()).ok()?;
        Some(self.checked(tx))
    }

    /// The second half of [`Backend::submit`]: the head may have moved since the first.
    fn admit(&self, checked: Vec<Answer<Checked>>, source: Source) -> Vec<Answer<B256>> {
        let base_fee = match self.next_base_fee() {
            Ok(base_fee) => u128::from(base_fee),
            Err(failure) => return checked.into_iter().map(|_| Err(failure.clone())).collect(),
        };
        let now_ms = u64::try_from(self.now().unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        self.insert(checked, base_fee, now_ms, source)
    }

    fn verify(&self, raw: Answer<Bytes>) -> Answer<Checked> {
        let refused = |text: String| Failure::Rejected(text);
        let tx = Tx::decode(&raw?).map_err(|error| refused(error.to_string()))?;
        self.checked(tx.verify(self.rules()).map_err(|error| refused(error.to_string()))?)
    }

    fn checked(&self, tx: VerifiedTx) -> Answer<Checked> {
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
    fn insert(&self, checked: Vec<Answer<Checked>>, base_fee: u128, now_ms: u64, source: Source) -> Vec<Answer<B256>> {
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
        if !admitted.is_empty() {
            (self.parts.on_admitted)(&admitted, source);
        }
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
