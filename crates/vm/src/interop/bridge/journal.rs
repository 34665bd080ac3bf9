//! Keys that the EVM's journal holds: native balances, nonces, code and slots, read and written there.

use revm::context::journaled_state::account::JournaledAccountTr as _;
use revm::primitives::KECCAK_EMPTY;
use seiza_modules::{auth, bank};
use seiza_state::{
    Key, KeyRange, StateError, StateRead as _, StateWrite as _, Value, amount_from_value, value_from_amount,
};
use seiza_types::{Address, B256, Bytes, U256};

use super::Bridge;
use crate::evm::{self, DbError, ObserveBalance as _};
use crate::interop::held::Held;

impl Bridge<'_, '_> {
    pub(super) fn read(&self, key: &Key, held: &Held) -> Result<Option<Value>, DbError> {
        let ctx = &mut **self.0.borrow_mut();
        let (journal, db) = (&mut ctx.journaled_state.inner, &mut ctx.journaled_state.database);
        Ok(match held {
            Held::Balance(address) => {
                let balance = journal.load_account(db, *address)?.info.balance;
                ctx.observe_balance(*address);
                value_from_amount(balance)
            }
            Held::Record(address) => {
                let nonce = journal.load_account(db, *address)?.info.nonce;
                let logged = ctx.chain.log.get(key)?;
                let record = logged.map(|value| auth::Account::decode(key, &value)).transpose()?.unwrap_or_default();
                let record = auth::Account { nonce, ..record };
                (record != auth::Account::default()).then(|| record.encode())
            }
            Held::CodeHash(address) => {
                let hash = journal.load_account(db, *address)?.info.code_hash;
                (hash != KECCAK_EMPTY).then(|| hash.as_slice().into())
            }
            Held::Code(hash) => match created_code(journal, hash) {
                Some(code) => Some(code.0.into()),
                None => ctx.chain.log.get(key)?,
            },
            Held::Slot(address, slot) => {
                let value = journal.sload(db, *address, *slot, false).map_err(|error| error.unwrap_db_error())?;
                evm::value_from_slot(value.data)
            }
        })
    }

    pub(super) fn peek_balance(&self, address: Address) -> Result<U256, DbError> {
        let ctx = &mut **self.0.borrow_mut();
        Ok(ctx.journaled_state.inner.load_account(&mut ctx.journaled_state.database, address)?.info.balance)
    }

    /// The balances that a scan of `range` shows.
    pub(super) fn observe_balances(&self, range: &KeyRange) {
        let ctx = &mut **self.0.borrow_mut();
        let accounts = ctx.journaled_state.inner.state.keys();
        let shown = accounts.filter(|address| range.contains(&bank::keys::native(address)));
        for address in shown.copied().collect::<Vec<_>>() {
            ctx.observe_balance(address);
        }
    }

    pub(super) fn write(&mut self, key: Key, held: &Held, value: Option<Value>) -> Result<(), DbError> {
        let ctx = &mut **self.0.get_mut();
        let (journal, db) = (&mut ctx.journaled_state.inner, &mut ctx.journaled_state.database);
        match held {
            Held::Balance(address) => {
                let balance = amount_from_value(&key, value.as_deref())?;
                journal.load_account_mut(db, *address)?.set_balance(balance);
            }
            Held::Record(address) => {
                let record = value.map(|value| auth::Account::decode(&key, &value)).transpose()?.unwrap_or_default();
                let mut account = journal.load_account_mut(db, *address)?;
                account.touch();
                if account.nonce() != record.nonce {
                    account.set_nonce(record.nonce);
                }
                if record.public_key.is_some() {
                    ctx.chain.log.put(key, record.encode());
                }
            }
            Held::CodeHash(address) => {
                let hash = value.map(|value| B256::try_from(&*value)).transpose();
                let hash = hash.map_err(|_| StateError::Damaged(key, "a code hash has 32 bytes"))?;
                let code = evm::bytecode(&ctx.chain.log, hash.unwrap_or(KECCAK_EMPTY))?;
                journal.load_account_mut(db, *address)?.set_code(hash.unwrap_or(KECCAK_EMPTY), code);
            }
            Held::Code(_) => match value {
                Some(code) => ctx.chain.log.put(key, code),
                None => ctx.chain.log.delete(key),
            },
            Held::Slot(address, slot) => {
                let value = value.map_or(Ok(U256::ZERO), |value| evm::slot_from_value(&key, &value))?;
                journal.sstore(db, *address, *slot, value, false).map_err(|error| error.unwrap_db_error())?;
            }
        }
        Ok(())
    }
}

type Journal = revm::context::journal::JournalInner<revm::context::JournalEntry>;

/// Code that this transaction created: any account that has it will do, for equal hashes mean equal code.
#[expect(clippy::iter_over_hash_type, reason = "equal hashes mean equal code, whichever account is met first")]
fn created_code(journal: &Journal, hash: &B256) -> Option<Bytes> {
    for account in journal.state.values() {
        if account.info.code_hash == *hash
            && let Some(code) = &account.info.code
        {
            return Some(code.original_bytes());
        }
    }
    None
}
