//! The pool's tests: stories of one rule each, and random histories against a naive model.

mod evicting;
mod forge;
mod inserting;
mod invariants;
mod model;
mod naive;
mod replacing;
mod selecting;
mod settling;

use seiza_types::{Address, U256, VerifiedTx};

use crate::{Admission, InsertError, Inserted, Limits, Pool};
use forge::{Forge, account};

/// A base fee that every offer of the stories covers unless it says otherwise.
const BASE_FEE: u128 = 1;

/// A pool of whose accounts everyone has nonce 0 and the same balance.
struct World {
    pool: Pool,
    balance: U256,
    now_ms: u64,
}

impl World {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        Self { pool: Pool::new(limits), balance: U256::from(u64::MAX), now_ms: 0 }
    }

    fn insert(&mut self, tx: &VerifiedTx) -> Result<Inserted, InsertError> {
        let admission = Admission { lane: tx.signer.address, state_nonce: 0, balance: self.balance };
        let answer = self.pool.insert(tx.clone(), admission, BASE_FEE, self.now_ms);
        invariants::check(&self.pool);
        answer
    }

    /// Inserts a transfer of `sender` with that nonce and equal caps; it must be accepted.
    fn give(&mut self, sender: u16, nonce: u64, price: u128) -> VerifiedTx {
        let tx = Forge::of(sender, nonce).price(price).sign();
        self.insert(&tx).unwrap();
        tx
    }

    fn pending(&self, sender: u16) -> Vec<u64> {
        self.pool.lane(&account(sender)).map_or(vec![], |lane| lane.pending().map(|tx| tx.nonce).collect())
    }

    fn queued(&self, sender: u16) -> Vec<u64> {
        self.pool.lane(&account(sender)).map_or(vec![], |lane| lane.queued().map(|tx| tx.nonce).collect())
    }

    fn held(&self) -> Vec<(Address, u64)> {
        let lanes = self.pool.lanes();
        lanes.flat_map(|(lane, view)| view.pending().chain(view.queued()).map(|tx| (*lane, tx.nonce))).collect()
    }
}

fn small(txs: usize) -> Limits {
    Limits { txs, ..Limits::default() }
}
