//! A transaction's way in: checks against its lane, room in the pool, its place.

use seiza_types::{Address, Admission, B256, U256, VerifiedTx};

use crate::entry::{Entry, outbids};
use crate::error::InsertError;
use crate::lane::Lane;
use crate::limits::EVICTIONS_MAX;
use crate::pool::Pool;
use crate::settle::LaneUpdate;

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
        if tx.raw.len() > self.limits.bytes {
            return Err(InsertError::Full);
        }
        let changes = self.refresh(&admission);
        self.check(&tx, &admission)?;
        let slot = (admission.lane, tx.nonce);
        let (mut inserted, replaced) = self.attach(tx, &admission);
        let evicted = self.make_room(slot, base_fee).inspect_err(|_| self.detach(slot, replaced))?;
        inserted.promoted.splice(0..0, changes.promoted);
        inserted.promoted.retain(|hash| self.contains(hash));
        inserted.evicted = [changes.dropped, evicted].concat();
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

    /// Checks nonce, replacement, funds and the lane's bounds.
    fn check(&self, tx: &VerifiedTx, admission: &Admission) -> Result<(), InsertError> {
        let unused = Lane::new(admission.state_nonce, admission.balance);
        let lane = self.lanes.get(&admission.lane).unwrap_or(&unused);
        self.check_nonce(tx, lane)?;
        let old = lane.get(tx.nonce);
        if old.is_some_and(|old| !outbids(tx.fee, old.tx.fee)) {
            return Err(InsertError::ReplacementUnderpriced);
        }
        check_funds(tx, lane, admission.lane)?;
        let joins_run = tx.nonce == lane.next() && lane.run_len() < self.limits.lane_executable;
        if old.is_none() && !joins_run && lane.queued_len() >= self.limits.lane_queued {
            return Err(InsertError::LaneFull { address: admission.lane, limit: self.limits.lane_queued });
        }
        Ok(())
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

    /// Puts a checked transaction into its lane; gives also the one that it replaces.
    fn attach(&mut self, tx: VerifiedTx, admission: &Admission) -> (Inserted, Option<Entry>) {
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
        let (old, promoted, executable) = change.expect("the lane was made if it was not there");
        let replaced = old.as_ref().map(|old| self.forget(old));
        (Inserted { hash, executable, replaced, promoted, evicted: Vec::new() }, old)
    }

    /// Undoes [`Pool::attach`].
    fn detach(&mut self, (address, nonce): (Address, u64), replaced: Option<Entry>) {
        let taken = self.update(address, |lane, _| lane.take(&[nonce])).unwrap_or_default();
        self.forget_all(&taken);
        if let Some(old) = replaced {
            self.put_back(address, old);
        }
        self.sweep(address);
    }

    /// Evicts the worst tails until the pool is within its bounds; gives their hashes. Where the newcomer is itself the
    /// worst of those that remain, all others are put back.
    fn make_room(&mut self, newcomer: (Address, u64), base_fee: u128) -> Result<Vec<B256>, InsertError> {
        let mut evicted = Vec::new();
        while self.is_over() {
            let victim = self.tails.worst(base_fee).expect("a pool beyond its bounds is not empty");
            let fault = if evicted.len() == EVICTIONS_MAX { InsertError::Full } else { InsertError::Underpriced };
            if victim == newcomer || fault == InsertError::Full {
                evicted.into_iter().rev().for_each(|(address, entry)| self.put_back(address, entry));
                return Err(fault);
            }
            evicted.push((victim.0, self.evict_tail(victim.0)));
        }
        evicted.iter().for_each(|(address, _)| self.sweep(*address));
        Ok(evicted.into_iter().map(|(_, entry)| entry.tx.hash).collect())
    }

    fn is_over(&self) -> bool {
        self.counts.txs() > self.limits.txs || self.counts.bytes > self.limits.bytes
    }

    fn evict_tail(&mut self, address: Address) -> Entry {
        let entry = self.update(address, |lane, _| lane.take_tail()).flatten().expect("a tail names a lane's entry");
        self.forget(&entry);
        entry
    }

    /// Undoes an eviction. A lane is a function of what it holds, so it becomes what it was.
    fn put_back(&mut self, address: Address, entry: Entry) {
        self.remember(address, &entry);
        self.update(address, |lane, limits| {
            lane.put(entry);
            lane.promote(limits.lane_executable);
        });
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
