//! Consecutive plain transfers, computed account by account: a ledger writes in the end what has changed, once.
//!
//! Outcomes and state are those of the EVM for each transfer in turn. A transfer where a rule is not met, or about which
//! something is intricate, is left to the EVM, errors included: what does not fit is told by one place only. The amounts
//! of sender, recipient and fees change by deltas; of a sender's balance it is taken for granted only that it suffices.

use seiza_state::{Premise, StateError, StateRead, StateWrite};
use seiza_types::U256;

use super::entry::is_moderate;
use super::fees::Fee;
use super::table::Table;
use super::{Paid, Plain};
use crate::evm::block::{BlockContext, FeePolicy};

/// What the transfers so far come to. All calls get the same block, and the same state, which nobody else writes to until
/// the ledger is flushed.
#[derive(Debug)]
pub(in crate::evm) struct Ledger {
    pub(super) accounts: Table,
    /// Who receives the fees, once known.
    pub(super) payee: Option<usize>,
}

/// Where the accounts of one transfer are.
struct Parties {
    from: usize,
    to: usize,
}

impl Ledger {
    /// A ledger without transfers, in the thread's memory.
    pub(in crate::evm) fn new() -> Self {
        Self { accounts: Table::lent(), payee: None }
    }

    /// Makes the transfer; `None` where it is left to the EVM. Then nothing is changed, but what was found out of its parties
    /// until then may stay taken for granted.
    ///
    /// # Errors
    /// Those of state.
    pub(in crate::evm) fn attempt(
        &mut self,
        state: &dyn StateRead,
        block: &BlockContext,
        tx: &Plain<'_>,
    ) -> Result<Option<Paid>, StateError> {
        if !tx.fits(block) {
            return Ok(None);
        }
        let paid = tx.paid(block);
        let Some((owned, debit)) = tx.cost(paid) else { return Ok(None) };
        let parties = self.place(tx);
        if !self.are_simple(state, block, &parties, tx)? || !self.covers(state, parties.from, owned)? {
            return Ok(None);
        }
        let Some(fee) = self.fee(state, block, parties.to, tx, paid)? else { return Ok(None) };
        let can_be_made = self.can_be_made(&parties, tx, debit, &fee);
        if can_be_made {
            self.make(&parties, tx, debit, &fee);
        }
        Ok(can_be_made.then_some(paid))
    }

    fn place(&mut self, tx: &Plain<'_>) -> Parties {
        let to = self.accounts.place(&tx.to);
        Parties { from: if *tx.from == tx.to { to } else { self.accounts.place(tx.from) }, to }
    }

    /// Whether nothing is intricate about recipient and sender, and the nonce is the next one.
    fn are_simple(
        &mut self,
        state: &dyn StateRead,
        block: &BlockContext,
        parties: &Parties,
        tx: &Plain<'_>,
    ) -> Result<bool, StateError> {
        Ok(self.recipient_is_simple(state, parties.to, tx)? && self.is_in_turn(state, block, parties.from, tx)?)
    }

    /// Whether deltas can tell what the transfer does, beside what the accounts have gained and paid so far.
    fn can_be_made(&mut self, parties: &Parties, tx: &Plain<'_>, debit: U256, fee: &Fee) -> bool {
        if parties.from == fee.payee && tx.credit().is_none() {
            // What it pays it receives: the EVM writes no balance then, and nor may this.
            return false;
        }
        is_moderate(&debit) && [parties.from, parties.to, fee.payee].iter().all(|at| self.accounts.at(*at).has_room())
    }

    fn make(&mut self, parties: &Parties, tx: &Plain<'_>, debit: U256, fee: &Fee) {
        self.accounts.at(parties.from).act(debit);
        if let Some(value) = tx.credit() {
            self.accounts.at(parties.to).credit(value);
        }
        self.accounts.at(fee.payee).credit(fee.wei);
    }

    /// Whether the recipient has no code, and is no account that this touch would remove (EIP-158).
    fn recipient_is_simple(&mut self, state: &dyn StateRead, to: usize, tx: &Plain<'_>) -> Result<bool, StateError> {
        let account = self.accounts.at(to);
        Ok(account.is_bare(state)? && !(tx.value.is_zero() && account.may_be_removed(state)?))
    }

    /// Whether the sender has no code, its addresses are linked, and it is this nonce's turn.
    fn is_in_turn(
        &mut self,
        state: &dyn StateRead,
        block: &BlockContext,
        from: usize,
        tx: &Plain<'_>,
    ) -> Result<bool, StateError> {
        let account = self.accounts.at(from);
        let record = account.record_in_turn(state, tx.nonce)?.unwrap_or_default();
        let links = tx.signed && block.fees == FeePolicy::Collector;
        Ok(record.nonce == tx.nonce && !(links && record.public_key.is_none()) && account.is_bare(state)?)
    }

    /// Whether the balance covers an amount; if so, that is taken for granted.
    fn covers(&mut self, state: &dyn StateRead, from: usize, owned: U256) -> Result<bool, StateError> {
        let account = self.accounts.at(from);
        let covers = account.amount(state)?.is_some_and(|amount| amount >= owned);
        Ok(covers && account.rely(Premise::covers(owned)))
    }

    /// Whether it knows no account.
    pub(in crate::evm) fn is_empty(&self) -> bool {
        self.accounts.entries().is_empty()
    }

    /// Tells what was taken for granted, writes what has changed, and forgets all.
    ///
    /// # Errors
    /// Those of state.
    pub(in crate::evm) fn flush(&mut self, state: &mut dyn StateWrite) -> Result<(), StateError> {
        let accounts = self.accounts.entries();
        accounts.iter().try_for_each(|account| account.tell(&*state))?;
        match state.fresh() {
            Some(buffer) => accounts.iter().for_each(|account| account.append(buffer)),
            None => accounts.iter().try_for_each(|account| account.write(state))?,
        }
        self.accounts.clear();
        self.payee = None;
        Ok(())
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        std::mem::take(&mut self.accounts).give_back();
    }
}
