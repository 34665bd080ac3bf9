//! A transaction's way in: checks against its lane, room in the pool, its place.

use seiza_types::tx::FeeOffer;
use seiza_types::{Address, B256, U256, VerifiedTx};

use crate::entry::{Entry, outbids};
use crate::error::InsertError;
use crate::lane::Lane;
use crate::limits::EVICTIONS_MAX;
use crate::pool::Pool;
use crate::rank::{Rank, Score, lower};
use crate::settle::LaneUpdate;

/// What state says of a transaction's account: computed by `chain::check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// The account that signs, pays, and whose nonce is used.
    pub lane: Address,
    /// Its nonce at the published head.
    pub state_nonce: u64,
    /// Wei it owns at the published head.
    pub balance: U256,
}

/// What an insertion did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inserted {
    /// The transaction's hash.
    pub hash: B256,
    /// Whether it can run now; else it waits queued.
    pub executable: bool,
    /// The transaction of the same nonce whose place it took.
    pub replaced: Option<B256>,
    /// Those that became executable through it, in nonce order, itself not among them.
    pub promoted: Vec<B256>,
    /// Those that left for it: worse ones, and stale ones of its lane.
    pub evicted: Vec<B256>,
}

/// Where a transaction would go, all checks of its lane passed.
struct Slot {
    rank: Rank,
    /// Transactions and bytes that its replaced one gives back.
    freed: (usize, usize),
}

impl Pool {
    /// Takes a transaction in. `base_fee` (wei per gas) decides what is worst in a full pool; `now_ms` is when it arrived.
    ///
    /// A refused transaction leaves the pool as it was, but for what `admission` newly says of the lane (see
    /// [`Pool::included`]), which is adopted first.
    ///
    /// # Errors
    /// [`InsertError`].
    pub fn insert(
        &mut self,
        tx: VerifiedTx,
        admission: Admission,
        base_fee: u128,
        now_ms: u64,
    ) -> Result<Inserted, InsertError> {
        self.now_ms = self.now_ms.max(now_ms);
        if self.contains(&tx.hash) {
            return Err(InsertError::AlreadyKnown);
        }
        let mut changes = self.refresh(&admission);
        let slot = self.slot(&tx, &admission, base_fee)?;
        changes.dropped.extend(self.make_room(&tx, admission.lane, &slot, base_fee)?);
        let mut inserted = self.attach(tx, &admission);
        inserted.promoted.splice(0..0, changes.promoted);
        inserted.evicted = changes.dropped;
        Ok(inserted)
    }

    fn refresh(&mut self, admission: &Admission) -> crate::Changes {
        let Admission { lane, state_nonce: nonce, balance } = *admission;
        match self.lanes.get(&lane) {
            Some(held) if (held.nonce(), held.balance()) != (nonce, balance) => {
                self.advance(&LaneUpdate { lane, nonce, balance })
            }
            _ => crate::Changes::default(),
        }
    }

    /// Checks nonce, funds, replacement and the lane's bounds.
    fn slot(&self, tx: &VerifiedTx, admission: &Admission, base_fee: u128) -> Result<Slot, InsertError> {
        let unused = Lane::new(admission.state_nonce, admission.balance);
        let lane = self.lanes.get(&admission.lane).unwrap_or(&unused);
        self.check_nonce(tx, lane)?;
        let old = lane.get(tx.nonce);
        if old.is_some_and(|old| !outbids(tx.fee, old.tx.fee)) {
            return Err(InsertError::ReplacementUnderpriced);
        }
        check_funds(tx, lane, admission.lane)?;
        let joins_run = tx.nonce == lane.next() && lane.run_len() < self.limits.lane_executable;
        let executable = lane.is_executable(tx.nonce) || joins_run;
        if !executable && old.is_none() && lane.queued_len() >= self.limits.lane_queued {
            return Err(InsertError::LaneFull { address: admission.lane, limit: self.limits.lane_queued });
        }
        let rank = Rank { executable, score: Score::of(floor(tx, lane), base_fee) };
        Ok(Slot { rank, freed: old.map_or((0, 0), |old| (1, old.tx.raw.len())) })
    }

    fn check_nonce(&self, tx: &VerifiedTx, lane: &Lane) -> Result<(), InsertError> {
        let (next, nonce, limit) = (lane.nonce(), tx.nonce, self.limits.nonce_ahead);
        match nonce.checked_sub(next) {
            None => Err(InsertError::NonceTooLow { next, nonce }),
            // The last nonce of all has no next one.
            Some(ahead) if ahead > limit || nonce == u64::MAX => Err(InsertError::NonceTooHigh { next, nonce, limit }),
            Some(_) => Ok(()),
        }
    }

    /// Evicts the worst tails until `tx` fits; gives their hashes. Where one that would have to go is not worse than `tx`,
    /// all are put back.
    fn make_room(
        &mut self,
        tx: &VerifiedTx,
        lane: Address,
        slot: &Slot,
        base_fee: u128,
    ) -> Result<Vec<B256>, InsertError> {
        let mut evicted = Vec::new();
        while let Err(full) = self.fits(tx, slot) {
            let victim =
                if evicted.len() < EVICTIONS_MAX { self.victim(tx, lane, slot.rank, base_fee) } else { Err(full) };
            match victim {
                Ok(address) => evicted.push((address, self.evict_tail(address))),
                Err(error) => {
                    self.restore(evicted);
                    return Err(error);
                }
            }
        }
        evicted.iter().filter(|(address, _)| *address != lane).for_each(|(address, _)| self.sweep(*address));
        Ok(evicted.into_iter().map(|(_, entry)| entry.tx.hash).collect())
    }

    fn fits(&self, tx: &VerifiedTx, slot: &Slot) -> Result<(), InsertError> {
        let txs = self.counts.txs() + 1 - slot.freed.0;
        let bytes = self.counts.bytes + tx.raw.len() - slot.freed.1;
        if txs <= self.limits.txs && bytes <= self.limits.bytes { Ok(()) } else { Err(InsertError::Full) }
    }

    /// The lane whose tail is the pool's worst transaction, if it is worth less than `rank`.
    fn victim(&self, tx: &VerifiedTx, lane: Address, rank: Rank, base_fee: u128) -> Result<Address, InsertError> {
        let (tail, worst) = self.tails.worst(base_fee).ok_or(InsertError::Full)?;
        if (tail.lane, tail.nonce) == (lane, tx.nonce) {
            return Err(InsertError::Full); // what it replaces is counted as freed already
        }
        if worst < rank { Ok(tail.lane) } else { Err(InsertError::Underpriced) }
    }

    fn evict_tail(&mut self, address: Address) -> Entry {
        let entry = self.update(address, |lane, _| lane.take_tail()).flatten().expect("a tail names a lane's entry");
        self.forget(&entry);
        entry
    }

    /// Undoes evictions, the latest first, so that each lane grows back from its tail.
    fn restore(&mut self, evicted: Vec<(Address, Entry)>) {
        for (address, entry) in evicted.into_iter().rev() {
            self.remember(address, &entry);
            self.update(address, |lane, limits| {
                lane.put(entry);
                lane.promote(limits.lane_executable);
            });
        }
    }

    fn attach(&mut self, tx: VerifiedTx, admission: &Admission) -> Inserted {
        let (hash, nonce, address) = (tx.hash, tx.nonce, admission.lane);
        let entry = Entry { floor: tx.fee, arrival: self.arrivals, at_ms: self.now_ms, tx };
        self.arrivals += 1;
        self.remember(address, &entry);
        self.lanes.entry(address).or_insert_with(|| Lane::new(admission.state_nonce, admission.balance));
        let change = self.update(address, |lane, limits| {
            let replaced = lane.put(entry);
            let mut promoted = lane.promote(limits.lane_executable);
            promoted.retain(|promoted| *promoted != hash);
            (replaced, promoted, lane.is_executable(nonce))
        });
        let (replaced, promoted, executable) = change.expect("the lane was made if it was not there");
        let replaced = replaced.map(|old| self.forget(&old));
        Inserted { hash, executable, replaced, promoted, evicted: Vec::new() }
    }
}

/// Checks that the account can pay: for this transaction, and where it would be executable also for all of the run.
fn check_funds(tx: &VerifiedTx, lane: &Lane, address: Address) -> Result<(), InsertError> {
    let others = if lane.is_executable(tx.nonce) {
        lane.spent() - lane.get(tx.nonce).map_or(U256::ZERO, Entry::cost)
    } else if tx.nonce == lane.next() {
        lane.spent()
    } else {
        U256::ZERO
    };
    let (have, want) = (lane.balance(), others.saturating_add(tx.cost_max));
    // A sum beyond 256 bits saturates: no balance reaches it, unless it is the very maximum.
    let affordable = others.checked_add(tx.cost_max).is_some_and(|sum| sum <= have);
    if affordable { Ok(()) } else { Err(InsertError::InsufficientFunds { address, have, want }) }
}

/// The transaction's worth behind those before it.
fn floor(tx: &VerifiedTx, lane: &Lane) -> FeeOffer {
    lane.before(tx.nonce).map_or(tx.fee, |before| lower(before.floor, tx.fee))
}
