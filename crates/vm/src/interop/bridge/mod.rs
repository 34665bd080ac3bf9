//! State as native code sees it in the middle of an EVM transaction.

mod journal;

use std::cell::RefCell;

use revm::primitives::KECCAK_EMPTY;
use seiza_modules::{auth, bank};
use seiza_state::{
    Access, Delta, Key, KeyRange, Premise, StateError, StateRead, StateWrite, Value, Visit, value_from_amount,
};

use super::held::{Held, held};
use super::native::{mark, sync};
use crate::evm::{self, DbError, EvmContext, ObserveBalance as _};

/// Reads and writes on the EVM's context. Open one per native call; a write that cannot be made (state unreadable) stops
/// the whole transaction when the call ends.
pub struct Bridge<'c, 'a>(RefCell<&'c mut EvmContext<'a>>);

impl<'c, 'a> Bridge<'c, 'a> {
    /// Opens the state for a native call that may write. It is written out before the next transaction runs.
    pub fn open(ctx: &'c mut EvmContext<'a>) -> Self {
        if let Err(DbError(error)) = ctx.journaled_state.database.be_alone() {
            ctx.chain.failure.get_or_insert(error);
        }
        mark(ctx);
        Self(RefCell::new(ctx))
    }

    /// Opens the state for a native call that only reads.
    pub fn view(ctx: &'c mut EvmContext<'a>) -> Self {
        sync(ctx);
        Self(RefCell::new(ctx))
    }

    /// Ends the call.
    pub fn close(self) {}

    /// Adds native events; they share the fate of the call's writes.
    pub fn emit(&mut self, events: impl IntoIterator<Item = seiza_types::Event>) {
        self.0.get_mut().chain.events.extend(events);
    }

    /// Notes a failure that the signature of a write cannot report; the first one counts.
    fn fail(&mut self, result: Result<(), DbError>) {
        if let Err(DbError(error)) = result {
            self.0.get_mut().chain.failure.get_or_insert(error);
        }
    }
}

impl StateRead for Bridge<'_, '_> {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        match held(key) {
            Some(held) => self.read(key, &held).map_err(|DbError(error)| error),
            None => self.0.borrow().chain.log.get(key),
        }
    }

    /// Scans what lies below with the journal laid over it.
    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        self.observe_balances(range);
        let ctx = self.0.borrow();
        let mut overlaid = Access::unrecorded(&ctx.chain.log);
        let mut lay = |key: Key, value: Option<Value>| match value {
            _ if !range.contains(&key) => {}
            Some(value) => overlaid.put(key, value),
            None => overlaid.delete(key),
        };
        #[expect(clippy::iter_over_hash_type, reason = "laid over by key: the order cannot matter")]
        for (address, account) in &ctx.journaled_state.inner.state {
            lay(bank::keys::native(address), value_from_amount(account.info.balance));
            let code_hash = account.info.code_hash;
            let has_code = code_hash != KECCAK_EMPTY;
            lay(evm::keys::code_hash(address), has_code.then(|| code_hash.as_slice().into()));
            for (slot, value) in &account.storage {
                lay(evm::keys::slot(address, slot), evm::value_from_slot(value.present_value));
            }
            let key = auth::keys::account(address);
            if range.contains(&key) {
                let logged = ctx.chain.log.get(&key)?;
                let record = logged.map(|value| auth::Account::decode(&key, &value)).transpose()?.unwrap_or_default();
                let record = auth::Account { nonce: account.info.nonce, ..record };
                lay(key, (record != auth::Account::default()).then(|| record.encode()));
            }
        }
        overlaid.scan(range, visit)
    }

    fn peek(&self, key: &Key) -> Result<Option<Value>, StateError> {
        match held(key) {
            Some(Held::Balance(address)) => Ok(value_from_amount(self.peek_balance(address).map_err(|error| error.0)?)),
            Some(_) => self.get(key),
            None => self.0.borrow().chain.log.peek(key),
        }
    }

    fn rely(&self, key: &Key, premise: Premise) -> Result<(), StateError> {
        match held(key) {
            Some(Held::Balance(address)) => {
                self.0.borrow_mut().rely_on_balance(address, premise);
                Ok(())
            }
            Some(_) => Ok(()),
            None => self.0.borrow().chain.log.rely(key, premise),
        }
    }
}

impl StateWrite for Bridge<'_, '_> {
    fn put(&mut self, key: Key, value: Value) {
        match held(&key) {
            Some(held) => {
                let result = self.write(key, &held, Some(value));
                self.fail(result);
            }
            None => self.0.get_mut().chain.log.put(key, value),
        }
    }

    fn delete(&mut self, key: Key) {
        match held(&key) {
            Some(held) => {
                let result = self.write(key, &held, None);
                self.fail(result);
            }
            None => self.0.get_mut().chain.log.delete(key),
        }
    }

    fn add(&mut self, key: Key, delta: Delta) -> Result<(), StateError> {
        let Some(held) = held(&key) else { return self.0.get_mut().chain.log.add(key, delta) };
        let value = delta.apply(&key, self.peek(&key)?.as_deref())?;
        self.write(key, &held, value).map_err(|DbError(error)| error)
    }
}
