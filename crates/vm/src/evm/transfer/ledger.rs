//! Consecutive plain transfers, computed account by account: a ledger writes in the end what has changed, once.
//!
//! Outcomes and state are those of the EVM for each transfer in turn. A transfer where a rule is not met, or about which
//! something is intricate, is left to the EVM, errors included: what does not fit is told by one place only. The amounts
//! of sender, recipient and fees change by deltas; of a sender's balance it is taken for granted only that it suffices.

use seiza_modules::fees;
use seiza_state::{Premise, StateError, StateRead, StateWrite};
use seiza_types::{Fork, U256};

use super::entry::is_moderate;
use super::table::Table;
use super::{Paid, Plain};
use crate::evm::block::{BlockContext, FeePolicy};

/// What the transfers so far come to. All calls get the same block, and the same state, which nobody else writes to until
/// the ledger is flushed.
#[derive(Debug)]
pub(in crate::evm) struct Ledger {
    accounts: Table,
    /// Who receives the fees, once known.
    payee: Option<usize>,
}

/// Where the accounts of one transfer are.
struct Parties {
    from: usize,
    to: usize,
}

/// What is paid for gas, and to whom.
struct Fee {
    payee: usize,
    wei: U256,
}

impl Ledger {
    /// A ledger without transfers, in the thread's memory.
    pub(in crate::evm) fn new() -> Self {
        Self { accounts: Table::lent(), payee: None }
    }

    /// Makes the transfer; `None` where it is left to the EVM, with nothing changed.
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
        let (gas_used, price) = (tx.gas_used(block), tx.price(block.base_fee));
        let Some((owned, paid)) = tx.cost(gas_used, price).filter(|_| gas_used <= tx.gas) else { return Ok(None) };
        let to = self.accounts.place(&tx.to);
        let from = if *tx.from == tx.to { to } else { self.accounts.place(tx.from) };
        let parties = Parties { from, to };
        if !self.recipient_is_simple(state, to, tx)? || !self.is_in_turn(state, block, from, tx)? {
            return Ok(None);
        }
        if !self.covers(state, from, owned)? {
            return Ok(None);
        }
        let Some(fee) = self.fee(state, block, to, tx, gas_used, price)? else { return Ok(None) };
        if from == fee.payee && tx.credit().is_none() {
            // What it pays it receives: the EVM writes no balance then, and nor may this.
            return Ok(None);
        }
        if !is_moderate(&paid) || ![from, to, fee.payee].iter().all(|at| self.accounts.at(*at).has_room()) {
            return Ok(None);
        }
        self.make(&parties, tx, paid, &fee);
        Ok(Some(Paid { gas_used, price }))
    }

    fn make(&mut self, parties: &Parties, tx: &Plain<'_>, paid: U256, fee: &Fee) {
        self.accounts.at(parties.from).act(paid);
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

    /// The fee, unless there is something odd about the account that receives it.
    fn fee(
        &mut self,
        state: &dyn StateRead,
        block: &BlockContext,
        to: usize,
        tx: &Plain<'_>,
        gas_used: u64,
        price: u128,
    ) -> Result<Option<Fee>, StateError> {
        let payee = self.payee(block);
        if block.fees == FeePolicy::Collector {
            return Ok(Some(Fee { payee, wei: U256::from(u128::from(gas_used) * price) }));
        }
        let burned = if block.fork >= Fork::London { u128::from(block.base_fee) } else { 0 };
        let wei = U256::from(u128::from(gas_used) * (price - burned));
        if tx.credit().is_some_and(|value| value > U256::MAX - wei)
            || !self.holds(state, to, tx.credit().map(|value| value + wei))?
        {
            return Ok(None);
        }
        // Without a tip, the coinbase is touched all the same.
        let simple = match wei.is_zero() {
            true => !self.accounts.at(payee).may_be_removed(state)?,
            false => self.holds(state, payee, Some(wei))?,
        };
        Ok(simple.then_some(Fee { payee, wei }))
    }

    fn payee(&mut self, block: &BlockContext) -> usize {
        let accounts = &mut self.accounts;
        *self.payee.get_or_insert_with(|| match block.fees {
            FeePolicy::Collector => accounts.place(&fees::collector()),
            FeePolicy::Ethereum => accounts.place(&block.coinbase),
        })
    }

    /// Whether the balance can hold `credit` besides; if so, that is taken for granted. On our own chain the supply sees to
    /// it, in Ethereum's tests nothing does.
    fn holds(&mut self, state: &dyn StateRead, at: usize, credit: Option<U256>) -> Result<bool, StateError> {
        let Some(credit) = credit else { return Ok(true) };
        let (account, at_most) = (self.accounts.at(at), U256::MAX - credit);
        let holds = account.amount(state)?.is_some_and(|amount| amount <= at_most);
        Ok(holds && account.rely(Premise { at_most, ..Premise::default() }))
    }

    /// Whether it knows no account.
    pub(in crate::evm) fn is_empty(&self) -> bool {
        self.accounts.entries().is_empty()
    }

    /// Takes out what is owed to the receiver of the fees, who is no party of the transfers.
    pub(in crate::evm) fn take_fees(&mut self) -> U256 {
        self.payee.map_or(U256::ZERO, |at| self.accounts.at(at).take_credit())
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
