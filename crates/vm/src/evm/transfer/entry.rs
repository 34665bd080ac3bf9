//! An account as a ledger knows it: what lies in the state below, what the ledger's transfers have done to it, and what
//! they take for granted of it.

use seiza_modules::auth;
use seiza_state::{
    Delta, Key, Premise, StateError, StateRead, StateWrite, Value, Write, WriteBuffer, amount_from_value,
};
use seiza_types::U256;

use crate::evm::keys;

/// One account. What is read, is read once.
#[derive(Debug)]
pub(super) struct Entry {
    /// Key of the native balance.
    balance: Key,
    /// The record as it is now; once read.
    record: Option<Option<auth::Account>>,
    /// Whether the account has sent something, so that the record is to be written.
    acted: bool,
    /// Whether it has no code; once read.
    bare: Option<bool>,
    /// The balance below; once peeked at.
    below: Option<U256>,
    credit: U256,
    debit: U256,
    /// What is taken for granted of the balance below.
    premise: Premise,
}

impl Entry {
    /// The account, of which nothing is known; `balance` is the key of its native balance.
    #[inline]
    pub(super) fn new(balance: Key) -> Self {
        let (record, bare, below, premise) = (None, None, None, Premise::default());
        Self { balance, record, acted: false, bare, below, credit: U256::ZERO, debit: U256::ZERO, premise }
    }

    /// Key of the native balance.
    #[inline]
    pub(super) fn balance(&self) -> &Key {
        &self.balance
    }

    /// The record.
    pub(super) fn record(&mut self, state: &dyn StateRead) -> Result<Option<auth::Account>, StateError> {
        if let Some(known) = self.record {
            return Ok(known);
        }
        let record = auth::at(state, &auth::keys::account_beside(&self.balance))?;
        Ok(*self.record.insert(record))
    }

    /// The record, of the sender of a transaction that takes `nonce`.
    pub(super) fn record_in_turn(
        &mut self,
        state: &dyn StateRead,
        nonce: u64,
    ) -> Result<Option<auth::Account>, StateError> {
        if let Some(known) = self.record {
            return Ok(known);
        }
        let record = auth::at_in_turn(state, &auth::keys::account_beside(&self.balance), nonce)?;
        Ok(*self.record.insert(record))
    }

    /// Whether the account has no code.
    pub(super) fn is_bare(&mut self, state: &dyn StateRead) -> Result<bool, StateError> {
        if let Some(known) = self.bare {
            return Ok(known);
        }
        let bare = state.get(&keys::code_hash_beside(&self.balance))?.is_none();
        Ok(*self.bare.insert(bare))
    }

    /// Whether the account was left empty before EIP-158: an empty record, without a key. Whoever has none is not there, or
    /// has a balance.
    pub(super) fn may_be_removed(&mut self, state: &dyn StateRead) -> Result<bool, StateError> {
        Ok(self.record(state)? == Some(auth::Account::default()))
    }

    /// The balance as it is now, without depending on it; `None` where there is no such amount.
    pub(super) fn amount(&mut self, state: &dyn StateRead) -> Result<Option<U256>, StateError> {
        let below = match self.below {
            Some(below) => below,
            None => *self.below.insert(amount_from_value(&self.balance, state.peek(&self.balance)?.as_deref())?),
        };
        Ok(match self.credit.checked_sub(self.debit) {
            Some(gain) => below.checked_add(gain),
            None => below.checked_sub(self.debit - self.credit),
        })
    }

    /// Takes `premise` for granted of the balance as it is now; answers whether that is a premise on the balance below.
    pub(super) fn rely(&mut self, premise: Premise) -> bool {
        let below = if self.is_unmoved() { Some(premise) } else { premise.below(&self.moved()) };
        self.premise = self.premise.and(below.unwrap_or_default());
        below.is_some()
    }

    /// Whether far more can be credited and debited.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        is_moderate(&self.credit) && is_moderate(&self.debit)
    }

    /// Adds to the balance. The ledger has seen to it that there is room.
    #[inline]
    pub(super) fn credit(&mut self, wei: U256) {
        self.credit += wei;
    }

    /// Takes back what was added.
    pub(super) fn take_credit(&mut self) -> U256 {
        std::mem::take(&mut self.credit)
    }

    /// Takes from the balance, and the nonce.
    #[inline]
    pub(super) fn act(&mut self, paid: U256) {
        self.debit += paid;
        self.acted = true;
        if let Some(record) = &mut self.record {
            record.get_or_insert_default().nonce += 1;
        }
    }

    #[inline]
    fn is_unmoved(&self) -> bool {
        self.credit.is_zero() && self.debit.is_zero()
    }

    fn moved(&self) -> Delta {
        Delta::of(self.credit, self.debit)
    }

    /// Tells what was taken for granted.
    pub(super) fn tell(&self, state: &dyn StateRead) -> Result<(), StateError> {
        if self.premise.is_empty() { Ok(()) } else { state.rely(&self.balance, self.premise) }
    }

    /// Writes what has changed.
    pub(super) fn write(&self, state: &mut dyn StateWrite) -> Result<(), StateError> {
        if let Some(record) = self.new_record() {
            state.put(auth::keys::account_beside(&self.balance), record);
        }
        if self.is_unmoved() { Ok(()) } else { state.add(self.balance.clone(), self.moved()) }
    }

    /// As [`Entry::write`], where nothing is written yet.
    #[inline]
    pub(super) fn append(&self, buffer: &mut WriteBuffer) {
        if let Some(record) = self.new_record() {
            buffer.append(auth::keys::account_beside(&self.balance), Write::Put(record));
        }
        if !self.is_unmoved() {
            buffer.append(self.balance.clone(), Write::Add(self.moved()));
        }
    }

    /// The record, where it has changed.
    #[inline]
    fn new_record(&self) -> Option<Value> {
        self.record.as_ref().filter(|_| self.acted)?.as_ref().map(auth::Account::encode)
    }
}

/// Whether an amount is so far below 2^256 that a few like it can be added.
#[inline]
pub(super) fn is_moderate(amount: &U256) -> bool {
    amount.as_limbs()[3] >> (u64::BITS - 2) == 0
}
