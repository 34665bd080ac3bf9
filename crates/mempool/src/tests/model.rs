//! Random histories: after every step the pool holds what the naive model holds, answers as it does, and its invariants
//! stand.

use std::collections::HashMap;

use proptest::prelude::*;
use seiza_types::{B256, U256, VerifiedTx};

use super::forge::{Forge, GAS, account};
use super::naive::Naive;
use super::{BASE_FEE, invariants};
use crate::{Admission, LaneUpdate, Limits, Pool, SelectLimits};

const SENDERS: u16 = 4;

#[derive(Debug, Clone)]
enum Step {
    /// A sender's transaction, its nonce counted from the account's (below it at 0).
    Insert { sender: u16, ahead: u64, fee: u128, tip: u128, value: u64, input: usize, base_fee: u128 },
    /// A block of the first so many selected.
    Commit { count: usize, balance: u64 },
    /// An account's own way, outside the pool.
    Drift { sender: u16, nonces: u64, balance: u64 },
    /// A transaction that the caller drops: the so-manyth selected.
    Remove { at: usize },
    /// Time passes.
    Wait { ms: u64 },
}

fn balance() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 0..400 * GAS, Just(u64::MAX)]
}

fn step() -> impl Strategy<Value = Step> {
    let fees = (1u128..40, 1u128..40).prop_map(|(a, b)| (a.max(b), a.min(b)));
    let value = prop_oneof![3 => Just(0), 1 => 0..100 * GAS];
    let input = prop_oneof![3 => Just(0), 1 => 0usize..300];
    let base_fee = prop_oneof![Just(BASE_FEE), 1u128..40];
    let insert = (0..SENDERS, 0u64..9, fees, value, input, base_fee).prop_map(
        |(sender, ahead, (fee, tip), value, input, base_fee)| Step::Insert {
            sender,
            ahead,
            fee,
            tip,
            value,
            input,
            base_fee,
        },
    );
    prop_oneof![
        12 => insert,
        1 => (0usize..6, balance()).prop_map(|(count, balance)| Step::Commit { count, balance }),
        1 => (0..SENDERS, 0u64..3, balance()).prop_map(|(sender, nonces, balance)| Step::Drift { sender, nonces, balance }),
        1 => (0usize..6).prop_map(|at| Step::Remove { at }),
        1 => (0u64..60).prop_map(|ms| Step::Wait { ms }),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    (1usize..14, 300usize..2_000, 1usize..6, 0usize..4).prop_map(|(txs, bytes, lane_executable, lane_queued)| Limits {
        txs,
        bytes,
        lane_executable,
        lane_queued,
        nonce_ahead: 6,
        executable_lifetime_ms: 200,
        queued_lifetime_ms: 120,
    })
}

struct History {
    pool: Pool,
    naive: Naive,
    /// What state says of each sender: nonce and wei.
    accounts: HashMap<u16, (u64, U256)>,
    now_ms: u64,
}

impl History {
    fn new(limits: Limits) -> Self {
        let accounts = (0..SENDERS).map(|sender| (sender, (2, U256::from(1_000 * GAS)))).collect();
        Self { pool: Pool::new(limits.clone()), naive: Naive::new(limits), accounts, now_ms: 0 }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Insert { sender, ahead, fee, tip, value, input, base_fee } => {
                let (nonce, _) = self.accounts[&sender];
                let tx = Forge::of(sender, nonce + ahead - 1).caps(fee, tip).value(value).input(input).sign();
                self.insert(sender, &tx, base_fee);
            }
            Step::Commit { count, balance } => self.commit(count, U256::from(balance)),
            Step::Drift { sender, nonces, balance } => {
                let (nonce, _) = self.accounts[&sender];
                let update = LaneUpdate { lane: account(sender), nonce: nonce + nonces, balance: U256::from(balance) };
                self.accounts.insert(sender, (update.nonce, update.balance));
                self.included(&[update], &[]);
            }
            Step::Remove { at } => {
                let Some(tx) = self.pool.select(BASE_FEE, SelectLimits::default()).get(at).cloned() else { return };
                self.pool.remove(&tx.hash).unwrap();
                self.naive.included(&[], &[tx.hash]);
            }
            Step::Wait { ms } => {
                self.now_ms += ms;
                self.pool.expire(self.now_ms);
                self.naive.expire(self.now_ms);
            }
        }
    }

    fn insert(&mut self, sender: u16, tx: &VerifiedTx, base_fee: u128) {
        let (state_nonce, balance) = self.accounts[&sender];
        let admission = Admission { lane: account(sender), state_nonce, balance };
        let answer = self.pool.insert(tx.clone(), admission, base_fee, self.now_ms);
        assert_eq!(answer.clone().map(drop), self.naive.insert(tx, admission, base_fee, self.now_ms));
        let Ok(inserted) = answer else { return };
        let lane = self.pool.lane(&admission.lane).unwrap();
        let pending: Vec<B256> = lane.pending().map(|tx| tx.hash).collect();
        assert_eq!(inserted.executable, pending.contains(&tx.hash));
        assert!(inserted.promoted.iter().all(|hash| pending.contains(hash) && *hash != tx.hash));
        assert!(inserted.evicted.iter().chain(&inserted.replaced).all(|hash| !self.pool.contains(hash)));
    }

    /// A block of the best, whose senders then own `balance`.
    fn commit(&mut self, count: usize, balance: U256) {
        let txs = self.pool.select(BASE_FEE, SelectLimits { count, ..SelectLimits::default() });
        let mut updates = Vec::new();
        for sender in 0..SENDERS {
            let lane = account(sender);
            let Some(last) = txs.iter().rfind(|tx| tx.signer.address == lane) else { continue };
            updates.push(LaneUpdate { lane, nonce: last.nonce + 1, balance });
            self.accounts.insert(sender, (last.nonce + 1, balance));
        }
        let hashes: Vec<B256> = txs.iter().map(|tx| tx.hash).collect();
        self.included(&updates, &hashes);
    }

    fn included(&mut self, updates: &[LaneUpdate], hashes: &[B256]) {
        let changes = self.pool.included(updates, hashes);
        assert!(changes.dropped.iter().all(|hash| !self.pool.contains(hash)));
        self.naive.included(updates, hashes);
    }

    fn compare(&self) {
        invariants::check(&self.pool);
        for sender in 0..SENDERS {
            let lane = self.pool.lane(&account(sender));
            let held: Vec<B256> =
                lane.map_or(vec![], |lane| lane.pending().chain(lane.queued()).map(|tx| tx.hash).collect());
            let run = lane.map_or(0, |lane| lane.pending_len());
            assert_eq!((held, run), self.naive.lane(account(sender)), "lane of {sender}");
        }
        for (base_fee, gas) in [(BASE_FEE, u64::MAX), (20, 5 * GAS)] {
            let limits = SelectLimits { gas, bytes: 900, count: 9 };
            let selected: Vec<B256> = self.pool.select(base_fee, limits).iter().map(|tx| tx.hash).collect();
            assert_eq!(selected, self.naive.select(base_fee, limits));
        }
    }
}

proptest! {
    #[test]
    fn the_pool_does_what_the_naive_model_does(
        limits in limits(),
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let mut history = History::new(limits);
        for step in steps {
            history.take(step);
            history.compare();
        }
    }
}
