//! The pool's rules in the most obvious form: a list, recomputed for every question.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use seiza_types::{Address, B256, U256, VerifiedTx};

use crate::{Admission, InsertError, LaneUpdate, Limits, SelectLimits};

#[derive(Clone)]
struct Item {
    lane: Address,
    tx: VerifiedTx,
    arrival: u64,
    at_ms: u64,
}

/// Executable, covers the base fee, what remains, the earlier arrival.
type Worth = (bool, bool, u128, Reverse<u64>);

#[derive(Clone)]
pub(super) struct Naive {
    limits: Limits,
    accounts: BTreeMap<Address, (u64, U256)>,
    items: Vec<Item>,
    arrivals: u64,
}

impl Naive {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, accounts: BTreeMap::new(), items: Vec::new(), arrivals: 0 }
    }

    fn of_lane(&self, lane: Address) -> Vec<&Item> {
        let mut items: Vec<&Item> = self.items.iter().filter(|item| item.lane == lane).collect();
        items.sort_by_key(|item| item.tx.nonce);
        items
    }

    /// A lane's transactions by nonce, and how many of them can run.
    pub(super) fn lane(&self, lane: Address) -> (Vec<B256>, usize) {
        let items = self.of_lane(lane);
        let Some((mut nonce, mut funds)) = self.accounts.get(&lane).copied() else { return (Vec::new(), 0) };
        let mut run = 0;
        for item in &items {
            let Some(rest) = funds.checked_sub(item.tx.cost_max) else { break };
            if item.tx.nonce != nonce || run == self.limits.lane_executable {
                break;
            }
            (nonce, funds, run) = (nonce + 1, rest, run + 1);
        }
        (items.iter().map(|item| item.tx.hash).collect(), run)
    }

    fn run(&self, lane: Address) -> Vec<&Item> {
        let len = self.lane(lane).1;
        self.of_lane(lane).into_iter().take(len).collect()
    }

    fn worth(&self, item: &Item, base_fee: u128) -> Worth {
        let executable = self.run(item.lane).iter().any(|other| other.tx.nonce == item.tx.nonce);
        let before = self.items.iter().filter(|other| other.lane == item.lane && other.tx.nonce <= item.tx.nonce);
        let (mut fee, mut tip) = (u128::MAX, u128::MAX);
        for other in before {
            fee = fee.min(other.tx.fee.max_fee_per_gas);
            tip = tip.min(other.tx.fee.max_priority_fee_per_gas);
        }
        match fee.checked_sub(base_fee) {
            Some(room) => (executable, true, room.min(tip), Reverse(item.arrival)),
            None => (executable, false, fee, Reverse(item.arrival)),
        }
    }

    /// The position of the worst tail. No transaction of the pool, tail or not, may be worth less.
    fn worst(&self, base_fee: u128) -> Option<usize> {
        let is_tail = |item: &Item| self.of_lane(item.lane).last().is_some_and(|last| last.arrival == item.arrival);
        let worth = |at: &usize| self.worth(&self.items[*at], base_fee);
        let tails = (0..self.items.len()).filter(|at| is_tail(&self.items[*at]));
        let worst = tails.min_by_key(worth)?;
        let (a, b, c, _) = (0..self.items.len()).map(|at| worth(&at)).min()?;
        assert_eq!((a, b, c), (worth(&worst).0, worth(&worst).1, worth(&worst).2), "a tail is never worth more");
        Some(worst)
    }

    /// The newcomer enters, then the worst leave; it must not be one of them.
    pub(super) fn insert(
        &mut self,
        tx: &VerifiedTx,
        admission: Admission,
        base_fee: u128,
        now_ms: u64,
    ) -> Result<(), InsertError> {
        if self.items.iter().any(|item| item.tx.hash == tx.hash) {
            return Err(InsertError::AlreadyKnown);
        }
        if tx.raw.len() > self.limits.bytes {
            return Err(InsertError::Full);
        }
        let Admission { lane, state_nonce, balance } = admission;
        self.included(&[LaneUpdate { lane, nonce: state_nonce, balance }], &[]);
        let mut after = self.clone();
        after.accounts.entry(lane).or_insert((state_nonce, balance));
        after.check(tx, lane)?;
        after.items.retain(|item| (item.lane, item.tx.nonce) != (lane, tx.nonce));
        after.items.push(Item { lane, tx: tx.clone(), arrival: after.arrivals, at_ms: now_ms });
        while after.is_over() {
            let worst = after.worst(base_fee).unwrap();
            if after.items.remove(worst).arrival == after.arrivals {
                self.arrivals += 1;
                return Err(InsertError::Underpriced);
            }
        }
        after.arrivals += 1;
        *self = after;
        self.settle();
        Ok(())
    }

    fn is_over(&self) -> bool {
        let bytes: usize = self.items.iter().map(|item| item.tx.raw.len()).sum();
        self.items.len() > self.limits.txs || bytes > self.limits.bytes
    }

    fn check(&self, tx: &VerifiedTx, lane: Address) -> Result<(), InsertError> {
        let (next, have) = self.accounts[&lane];
        let (nonce, limit) = (tx.nonce, self.limits.nonce_ahead);
        if nonce < next {
            return Err(InsertError::NonceTooLow { next, nonce });
        }
        if nonce > next + limit {
            return Err(InsertError::NonceTooHigh { next, nonce, limit });
        }
        let items = self.of_lane(lane);
        let old = items.iter().find(|item| item.tx.nonce == nonce);
        if let Some(old) = old {
            // Exact tenths; the rule rounds down.
            let outbids = |new: u128, old: u128| new > old && new >= old * 11 / 10;
            let (new, old) = (tx.fee, old.tx.fee);
            if !outbids(new.max_fee_per_gas, old.max_fee_per_gas)
                || !outbids(new.max_priority_fee_per_gas, old.max_priority_fee_per_gas)
            {
                return Err(InsertError::ReplacementUnderpriced);
            }
        }
        let run = self.run(lane);
        let end = next + run.len() as u64;
        let others = run.iter().filter(|item| item.tx.nonce != nonce).map(|item| item.tx.cost_max);
        let others = if nonce <= end { others.fold(U256::ZERO, |sum, cost| sum + cost) } else { U256::ZERO };
        let want = others + tx.cost_max;
        if want > have {
            return Err(InsertError::InsufficientFunds { address: lane, have, want });
        }
        let executable = nonce < end || (nonce == end && run.len() < self.limits.lane_executable);
        if !executable && old.is_none() && items.len() - run.len() >= self.limits.lane_queued {
            return Err(InsertError::LaneFull { address: lane, limit: self.limits.lane_queued });
        }
        Ok(())
    }

    /// Lanes' queues are cut to their bound, and accounts of which nothing waits are forgotten.
    fn settle(&mut self) {
        for lane in self.accounts.keys().copied().collect::<Vec<_>>() {
            while {
                let (items, run) = self.lane(lane);
                items.len() - run > self.limits.lane_queued
            } {
                let last = self.of_lane(lane).last().unwrap().arrival;
                self.items.retain(|item| item.arrival != last);
            }
        }
        let lanes: BTreeSet<Address> = self.items.iter().map(|item| item.lane).collect();
        self.accounts.retain(|lane, _| lanes.contains(lane));
    }

    pub(super) fn included(&mut self, updates: &[LaneUpdate], hashes: &[B256]) {
        for update in updates {
            let Some(account) = self.accounts.get_mut(&update.lane).filter(|(nonce, _)| *nonce <= update.nonce) else {
                continue;
            };
            *account = (update.nonce, update.balance);
            self.items.retain(|item| item.lane != update.lane || item.tx.nonce >= update.nonce);
            self.settle();
        }
        self.items.retain(|item| !hashes.contains(&item.tx.hash));
        self.settle();
    }

    pub(super) fn expire(&mut self, now_ms: u64) {
        let expired: Vec<u64> = self.items.iter().filter(|item| self.is_old(item, now_ms)).map(|i| i.arrival).collect();
        self.items.retain(|item| !expired.contains(&item.arrival));
        self.settle();
    }

    fn is_old(&self, item: &Item, now_ms: u64) -> bool {
        let executable = self.run(item.lane).iter().any(|other| other.arrival == item.arrival);
        let limits = &self.limits;
        now_ms - item.at_ms >= if executable { limits.executable_lifetime_ms } else { limits.queued_lifetime_ms }
    }

    pub(super) fn select(&self, base_fee: u128, mut room: SelectLimits) -> Vec<B256> {
        let mut runs: Vec<Vec<&Item>> = self.accounts.keys().map(|lane| self.run(*lane)).collect();
        let mut selected = Vec::new();
        while room.count > 0 {
            let tip = |run: &Vec<&Item>| run.first().and_then(|item| item.tx.fee.tip_above(base_fee));
            runs.retain(|run| tip(run).is_some());
            let Some(best) = (0..runs.len()).max_by_key(|at| (tip(&runs[*at]), Reverse(runs[*at][0].arrival))) else {
                break;
            };
            let item = runs[best].remove(0);
            if item.tx.gas_limit > room.gas || item.tx.raw.len() > room.bytes {
                runs.remove(best);
                continue;
            }
            room.gas -= item.tx.gas_limit;
            room.bytes -= item.tx.raw.len();
            room.count -= 1;
            selected.push(item.tx.hash);
        }
        selected
    }
}
