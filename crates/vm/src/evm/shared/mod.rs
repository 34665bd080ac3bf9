//! Consecutive transactions on one journal.
//!
//! Accounts, slots and code stay loaded from one transaction to the next, and only [`SharedJournal::flush`] writes what they
//! have changed: each key once. A transaction that creates or destroys accounts is the last of them. One that does more than
//! the EVM (delegates, links, has native code write, meets what only state can tell) must be alone: it is taken back, what
//! was held is written, and it runs again as if there were no sessions.

mod review;
mod write;

use revm::state::Account;
use seiza_modules::{bank, fees};
use seiza_state::{Delta, StateError, StateWrite};
use seiza_types::{Address, Denom, U256};

use self::review::Kind;

use super::assembly::Ended;
use super::block::{BlockContext, FeePolicy};
use super::commit;
use super::env::{CallEnv, Checks};
use super::error::EvmError;
use super::outcome::{Effects, TxOutcome, outcome};
use super::parts::{Core, KEPT_ACCOUNTS_MAX, Parts};
use super::run_in_evm;
use super::transfer::Plain;

/// Transactions whose changes are held at most.
const TXS_MAX: usize = 64;

/// What was run and is not yet written.
#[derive(Default)]
pub(super) struct SharedJournal {
    /// The thread's, from the first transaction until it is written.
    parts: Option<Box<Parts>>,
    txs: usize,
    /// Wei for the fee collector.
    fee: U256,
    /// Wei that self-destruction destroyed.
    burned: U256,
    /// Slots that a transaction has left changed; some more than once.
    slots: Vec<(Address, U256)>,
}

impl SharedJournal {
    fn held(&self, address: &Address) -> Option<&Account> {
        self.parts.as_ref()?.held().get(address)
    }

    /// Whether a transfer can be made beside the journal: neither of its parties is held here.
    pub(super) fn is_no_party_of(&self, plain: &Plain<'_>) -> bool {
        plain.parties().into_iter().all(|party| self.held(party).is_none())
    }

    /// The balance of the coinbase, where it is held here and paid by transactions.
    pub(super) fn coinbase(&self, block: &BlockContext) -> Option<U256> {
        (block.fees == FeePolicy::Ethereum).then(|| self.held(&block.coinbase))?.map(|account| account.info.balance)
    }

    /// Gives a held account, which owns so much, more between two transactions. Held balances are far from overflowing.
    pub(super) fn credit(&mut self, address: Address, owned: U256, wei: U256) {
        let core = self.core();
        core.notes.credit(address, owned, wei);
        if let Some(account) = core.journal.state.get_mut(&address) {
            account.info.balance = owned + wei;
        }
    }

    /// Runs a transaction; `call` tells it again where it must be run twice.
    ///
    /// # Errors
    /// As [`super::transact`].
    pub(super) fn transact(
        &mut self,
        state: &mut dyn StateWrite,
        block: &BlockContext,
        call: &dyn Fn() -> CallEnv,
    ) -> Result<TxOutcome, EvmError> {
        let env = call();
        if review::is_intricate(block, &env) {
            return self.run_alone(state, block, env);
        }
        let price = env.effective_gas_price(block.base_fee);
        let parts = self.parts.get_or_insert_with(|| begun(block));
        let has_company = !parts.held().is_empty();
        let ended = parts.transact(&*state, block, env);
        match review::kind(&ended, parts.core()) {
            Kind::Alone if has_company => {
                parts.core().journal.discard_tx();
                self.run_alone(state, block, call())
            }
            Kind::Alone => self.end_alone(state, ended, price),
            kind => self.end(state, ended, kind, price),
        }
    }

    /// Writes what is held, then runs the transaction as if there were no sessions.
    fn run_alone(
        &mut self,
        state: &mut dyn StateWrite,
        block: &BlockContext,
        env: CallEnv,
    ) -> Result<TxOutcome, EvmError> {
        self.flush(state)?;
        run_in_evm(state, block, env, Checks::ALL)
    }

    /// Ends a transaction that need not be alone.
    fn end(
        &mut self,
        state: &mut dyn StateWrite,
        ended: Ended,
        kind: Kind,
        price: u128,
    ) -> Result<TxOutcome, EvmError> {
        match ended.result {
            Ok(result) => {
                self.hold(&ended.effects);
                if kind == Kind::Parting || self.is_full() {
                    self.flush(state)?;
                }
                Ok(outcome(result, ended.effects.events, price))
            }
            Err(error) => Err(self.take_back(error)),
        }
    }

    /// Takes back a transaction that has met an error. One of state leaves nothing to go on with.
    fn take_back(&mut self, error: EvmError) -> EvmError {
        match error {
            EvmError::State(_) => self.forget(),
            _ => self.core().journal.discard_tx(),
        }
        error
    }

    /// Writes what the journal's only transaction did.
    fn end_alone(&mut self, state: &mut dyn StateWrite, ended: Ended, price: u128) -> Result<TxOutcome, EvmError> {
        let parts = self.parts.as_mut().expect("it has run on them");
        let run = parts.finish(&*state, ended)?;
        commit::apply(state, &run.state, &run.effects)?;
        parts.reuse(run.state, run.effects.notes);
        Ok(outcome(run.result, run.effects.events, price))
    }

    fn hold(&mut self, effects: &Effects) {
        self.txs += 1;
        self.fee += effects.fee;
        self.burned += effects.burned;
        let core = self.parts.as_mut().expect("it has run on them").core();
        review::settle(core, &mut self.slots);
        core.journal.commit_tx();
    }

    fn is_full(&mut self) -> bool {
        self.txs >= TXS_MAX || self.core().journal.state.len() >= KEPT_ACCOUNTS_MAX
    }

    fn core(&mut self) -> &mut Core {
        self.parts.as_mut().expect("a transaction has run on them").core()
    }

    /// Writes what is held.
    ///
    /// # Errors
    /// Those of state.
    pub(super) fn flush(&mut self, state: &mut dyn StateWrite) -> Result<(), StateError> {
        let Some(parts) = &mut self.parts else { return Ok(()) };
        write::accounts(state, parts.core())?;
        write::slots(state, parts.core(), &self.slots);
        fees::collect(state, self.fee)?;
        if !self.burned.is_zero() {
            state.add(bank::keys::supply(&Denom::native()), Delta::debit(self.burned))?;
        }
        self.forget();
        Ok(())
    }

    fn forget(&mut self) {
        (self.txs, self.fee, self.burned) = (0, U256::ZERO, U256::ZERO);
        self.slots.clear();
        if let Some(mut parts) = self.parts.take() {
            parts.clear();
            parts.keep();
        }
    }
}

/// The thread's parts, set up for the block.
fn begun(block: &BlockContext) -> Box<Parts> {
    let mut parts = Parts::take();
    parts.configure(block, Checks::ALL);
    parts
}
