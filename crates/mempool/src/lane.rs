//! One account's transactions in nonce order, and how many of them can run.

use std::collections::BTreeMap;

use seiza_types::{B256, U256, VerifiedTx};

use crate::entry::Entry;
use crate::score::lower;

/// A lane. Its run is `nonce..next`: unbroken, affordable in full, within the bound; it is as long as it can be after
/// every call of [`Lane::promote`].
#[derive(Debug)]
pub(crate) struct Lane {
    /// The account's nonce.
    nonce: u64,
    /// Wei the account owns.
    balance: U256,
    entries: BTreeMap<u64, Entry>,
    /// The first nonce after the run.
    next: u64,
    /// The most that the run can cost, in wei; never more than `balance`.
    spent: U256,
}

impl Lane {
    pub(crate) fn new(nonce: u64, balance: U256) -> Self {
        Self { nonce, balance, entries: BTreeMap::new(), next: nonce, spent: U256::ZERO }
    }

    pub(crate) fn nonce(&self) -> u64 {
        self.nonce
    }

    pub(crate) fn balance(&self) -> U256 {
        self.balance
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    pub(crate) fn spent(&self) -> U256 {
        self.spent
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn run_len(&self) -> usize {
        usize::try_from(self.next - self.nonce).expect("the run's entries are in memory")
    }

    pub(crate) fn queued_len(&self) -> usize {
        self.entries.len() - self.run_len()
    }

    pub(crate) fn get(&self, nonce: u64) -> Option<&Entry> {
        self.entries.get(&nonce)
    }

    /// The entry just before `nonce`, gaps skipped.
    pub(crate) fn before(&self, nonce: u64) -> Option<&Entry> {
        self.entries.range(..nonce).next_back().map(|(_, entry)| entry)
    }

    pub(crate) fn tail(&self) -> Option<&Entry> {
        self.entries.last_key_value().map(|(_, entry)| entry)
    }

    pub(crate) fn is_executable(&self, nonce: u64) -> bool {
        (self.nonce..self.next).contains(&nonce)
    }

    /// The entries of the run, in nonce order.
    pub(crate) fn run(&self) -> std::collections::btree_map::Range<'_, u64, Entry> {
        self.entries.range(self.nonce..self.next)
    }

    /// The transactions behind the run, in nonce order.
    pub(crate) fn queued(&self) -> impl Iterator<Item = &VerifiedTx> {
        self.entries.range(self.next..).map(|(_, entry)| &entry.tx)
    }

    /// Puts `entry` at its nonce, which must not be below the account's; gives the one that it replaces. Within the run the
    /// caller has checked that the balance still suffices.
    pub(crate) fn put(&mut self, entry: Entry) -> Option<Entry> {
        let (nonce, cost) = (entry.tx.nonce, entry.cost());
        debug_assert!(nonce >= self.nonce, "a used nonce was put into its lane");
        let replaced = self.entries.insert(nonce, entry);
        if let Some(old) = replaced.as_ref().filter(|_| nonce < self.next) {
            self.spent = self.spent - old.cost() + cost;
        }
        self.lower_floors(nonce, true);
        replaced
    }

    /// Lengthens the run as far as it goes, to at most `run_max` entries; gives those that became executable.
    pub(crate) fn promote(&mut self, run_max: usize) -> Vec<B256> {
        let mut promoted = Vec::new();
        let room = run_max.saturating_sub(self.run_len());
        for (nonce, entry) in self.entries.range(self.next..).take(room) {
            let cost = self.spent.checked_add(entry.cost()).filter(|cost| *cost <= self.balance);
            let Some(cost) = cost.filter(|_| *nonce == self.next) else { break };
            self.spent = cost;
            self.next += 1;
            promoted.push(entry.tx.hash);
        }
        promoted
    }

    /// Removes the entries of these nonces, in ascending order; those behind the first gap in the run become queued.
    pub(crate) fn take(&mut self, nonces: &[u64]) -> Vec<Entry> {
        let Some(first) = nonces.first() else { return Vec::new() };
        self.shorten_run(|next| next > *first);
        let taken = nonces.iter().filter_map(|nonce| self.entries.remove(nonce)).collect();
        self.lower_floors(*first, false);
        taken
    }

    /// Removes the last entry.
    pub(crate) fn take_tail(&mut self) -> Option<Entry> {
        let nonce = *self.entries.last_key_value()?.0;
        self.take(&[nonce]).pop()
    }

    /// Adopts what state says of the account: entries below its nonce leave, and the run ends where the balance does.
    /// [`Lane::promote`] follows.
    pub(crate) fn advance(&mut self, nonce: u64, balance: U256) -> Vec<Entry> {
        let kept = self.entries.split_off(&nonce);
        let stale = std::mem::replace(&mut self.entries, kept);
        let ran = stale.range(..self.next).map(|(_, entry)| entry.cost());
        self.spent -= ran.fold(U256::ZERO, |sum, cost| sum + cost);
        self.nonce = nonce;
        self.next = self.next.max(nonce);
        self.balance = balance;
        self.shorten_run_to_balance();
        if !stale.is_empty() {
            self.lower_floors(nonce, false);
        }
        stale.into_values().collect()
    }

    /// Removes entries from the tail until at most `max` are queued.
    pub(crate) fn trim_queued(&mut self, max: usize) -> Vec<Entry> {
        let excess = self.queued_len().saturating_sub(max);
        (0..excess).filter_map(|_| self.take_tail()).collect()
    }

    fn shorten_run_to_balance(&mut self) {
        while self.spent > self.balance {
            self.drop_from_run();
        }
    }

    fn shorten_run(&mut self, too_long: impl Fn(u64) -> bool) {
        while self.next > self.nonce && too_long(self.next) {
            self.drop_from_run();
        }
    }

    /// Makes the last of the run queued.
    fn drop_from_run(&mut self) {
        self.next -= 1;
        self.spent -= self.entries[&self.next].cost();
    }

    /// Recomputes the floors from the first entry at or after `nonce` on, until one is what it was; `new` says that the
    /// first has none yet.
    fn lower_floors(&mut self, nonce: u64, new: bool) {
        let mut before = self.before(nonce).map(|entry| entry.floor);
        let mut must_go_on = new;
        for (_, entry) in self.entries.range_mut(nonce..) {
            let floor = before.map_or(entry.tx.fee, |before| lower(before, entry.tx.fee));
            if entry.floor == floor && !must_go_on {
                return;
            }
            must_go_on = false;
            entry.floor = floor;
            before = Some(floor);
        }
    }
}
