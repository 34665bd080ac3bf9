//! Who receives a transfer's fee, and whether anything is intricate about that.

use seiza_modules::fees;
use seiza_state::{Premise, StateError, StateRead};
use seiza_types::U256;

use super::{Ledger, Paid, Plain};
use crate::evm::block::{BlockContext, FeePolicy};

/// What is received for gas, and by whom.
pub(super) struct Fee {
    /// Where the receiver's account is.
    pub(super) payee: usize,
    pub(super) wei: U256,
}

impl Ledger {
    /// The fee, unless there is something odd about the account that receives it.
    pub(super) fn fee(
        &mut self,
        state: &dyn StateRead,
        block: &BlockContext,
        to: usize,
        tx: &Plain<'_>,
        paid: Paid,
    ) -> Result<Option<Fee>, StateError> {
        let fee = Fee { payee: self.payee(block), wei: paid.received(block) };
        let simple = block.fees == FeePolicy::Collector
            || (self.recipient_has_room(state, to, tx, &fee)? && self.coinbase_is_simple(state, &fee)?);
        Ok(simple.then_some(fee))
    }

    fn payee(&mut self, block: &BlockContext) -> usize {
        let accounts = &mut self.accounts;
        *self.payee.get_or_insert_with(|| match block.fees {
            FeePolicy::Collector => accounts.place(&fees::collector()),
            FeePolicy::Ethereum => accounts.place(&block.coinbase),
        })
    }

    /// Whether the recipient's balance can hold the value, and the fee besides: it may be the coinbase.
    fn recipient_has_room(
        &mut self,
        state: &dyn StateRead,
        to: usize,
        tx: &Plain<'_>,
        fee: &Fee,
    ) -> Result<bool, StateError> {
        let Some(value) = tx.credit() else { return Ok(true) };
        value.checked_add(fee.wei).map_or(Ok(false), |sum| self.holds(state, to, sum))
    }

    /// Whether the coinbase can be paid. Without a tip, it is touched all the same (EIP-158).
    fn coinbase_is_simple(&mut self, state: &dyn StateRead, fee: &Fee) -> Result<bool, StateError> {
        if fee.wei.is_zero() {
            return Ok(!self.accounts.at(fee.payee).may_be_removed(state)?);
        }
        self.holds(state, fee.payee, fee.wei)
    }

    /// Whether the balance can hold `credit` besides; if so, that is taken for granted. On our own chain the supply sees to
    /// it, in Ethereum's tests nothing does.
    fn holds(&mut self, state: &dyn StateRead, at: usize, credit: U256) -> Result<bool, StateError> {
        let (account, at_most) = (self.accounts.at(at), U256::MAX - credit);
        let holds = account.amount(state)?.is_some_and(|amount| amount <= at_most);
        Ok(holds && account.rely(Premise { at_most, ..Premise::default() }))
    }

    /// Takes out what is owed to the receiver of the fees, who is no party of the transfers.
    pub(in crate::evm) fn take_fees(&mut self) -> U256 {
        self.payee.map_or(U256::ZERO, |at| self.accounts.at(at).take_credit())
    }
}
