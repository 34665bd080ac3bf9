//! Plain transfers without the EVM: no code runs in them, so nothing is left of the EVM but its rules for transactions.
//!
//! [`attempt`] makes a transfer where every rule is met and nothing about it is intricate, and otherwise leaves the whole
//! transaction to the EVM, errors included: what does not fit is told by one place only. Outcome and state are those of the
//! EVM. The amounts of sender, recipient and fees change by deltas; of the sender's balance it is taken for granted only
//! that it suffices.

mod plain;

use std::sync::LazyLock;

use seiza_modules::{auth, bank, fees};
use seiza_state::{Delta, Key, Premise, StateError, StateRead, StateWrite, amount_from_value};
use seiza_types::{Address, Bytes, Code, Fork, U256};

pub(super) use self::plain::Plain;
use super::block::{BlockContext, FeePolicy};
use super::keys;
use super::outcome::TxOutcome;

static COLLECTOR_BALANCE: LazyLock<Key> = LazyLock::new(|| bank::keys::native(&fees::collector()));

/// Makes the transfer; `None` where it is left to the EVM, with nothing written.
///
/// # Errors
/// Those of state.
pub(super) fn attempt(
    state: &mut dyn StateWrite,
    block: &BlockContext,
    tx: &Plain<'_>,
) -> Result<Option<TxOutcome>, StateError> {
    Ok(attempt_beside(state, block, tx, None)?.map(|(outcome, _)| outcome))
}

/// As [`attempt`], where the coinbase and its balance are held elsewhere and whoever holds them credits what is paid to it.
/// Answers these wei besides.
///
/// # Errors
/// As [`attempt`].
pub(super) fn attempt_beside(
    state: &mut dyn StateWrite,
    block: &BlockContext,
    tx: &Plain<'_>,
    coinbase: Option<U256>,
) -> Result<Option<(TxOutcome, U256)>, StateError> {
    if !tx.fits(block) || !recipient_is_simple(state, tx)? {
        return Ok(None);
    }
    let (gas_used, price) = (tx.gas_used(block), tx.price(block.base_fee));
    let Some((owned, paid)) = tx.cost(gas_used, price).filter(|_| gas_used <= tx.gas) else { return Ok(None) };
    let Some(sender) = Sender::read(state, block, tx)? else { return Ok(None) };
    let balance = bank::keys::native(tx.from);
    if amount(state, &balance)? < owned {
        return Ok(None);
    }
    let Some(fee) = Fee::read(state, block, tx, gas_used, price, coinbase)? else { return Ok(None) };
    state.rely(&balance, Premise::covers(owned))?;
    sender.bump_nonce(state);
    if !paid.is_zero() {
        state.add(balance, Delta::debit(paid))?;
    }
    if let Some(value) = tx.credit() {
        state.add(bank::keys::native(&tx.to), Delta::credit(value))?;
    }
    let wei = fee.wei;
    fee.pay(state)?;
    Ok(Some((outcome(gas_used, price), wei)))
}

fn outcome(gas_used: u64, effective_gas_price: u128) -> TxOutcome {
    TxOutcome {
        code: Code::Ok,
        gas_used,
        gas_refunded: 0,
        output: Bytes::new(),
        logs: Vec::new(),
        contract_address: None,
        effective_gas_price,
        events: Vec::new(),
    }
}

/// Amount at `key`, without depending on it.
fn amount(state: &dyn StateRead, key: &Key) -> Result<U256, StateError> {
    amount_from_value(key, state.peek(key)?.as_deref())
}

/// Whether the recipient has no code, and is no account that this touch would remove (EIP-158).
fn recipient_is_simple(state: &dyn StateRead, tx: &Plain<'_>) -> Result<bool, StateError> {
    let bare = state.get(&keys::code_hash(&tx.to))?.is_none();
    Ok(bare && !(tx.value.is_zero() && may_be_removed(state, &tx.to)?))
}

/// Whether the account was left empty before EIP-158: an empty record, without a key. Whoever has none is not there, or has
/// a balance.
fn may_be_removed(state: &dyn StateRead, address: &Address) -> Result<bool, StateError> {
    Ok(auth::account(state, address)? == Some(auth::Account::default()))
}

/// The sender's record.
struct Sender {
    key: Key,
    account: auth::Account,
}

impl Sender {
    /// The sender, where it has no code, its addresses are linked, and it is this nonce's turn.
    fn read(state: &dyn StateRead, block: &BlockContext, tx: &Plain<'_>) -> Result<Option<Self>, StateError> {
        let key = auth::keys::account(tx.from);
        let record = state.expect(&key, &|found| auth::in_turn(&key, found?, tx.nonce))?;
        let account = record.map(|record| auth::Account::decode(&key, &record)).transpose()?.unwrap_or_default();
        let links = tx.signed && block.fees == FeePolicy::Collector;
        if account.nonce != tx.nonce || links && account.public_key.is_none() {
            return Ok(None);
        }
        let bare = *tx.from == tx.to || state.get(&keys::code_hash(tx.from))?.is_none();
        Ok(bare.then_some(Self { key, account }))
    }

    fn bump_nonce(self, state: &mut dyn StateWrite) {
        let account = auth::Account { nonce: self.account.nonce + 1, ..self.account };
        state.put(self.key, account.encode());
    }
}

/// What is paid for gas, and to whom.
struct Fee {
    to: Option<Key>,
    wei: U256,
}

impl Fee {
    /// The fee, unless there is something odd about the account that receives it.
    fn read(
        state: &dyn StateRead,
        block: &BlockContext,
        tx: &Plain<'_>,
        gas_used: u64,
        price: u128,
        held: Option<U256>,
    ) -> Result<Option<Self>, StateError> {
        if block.fees == FeePolicy::Collector {
            let wei = U256::from(u128::from(gas_used) * price);
            return Ok(Some(Self { to: (!wei.is_zero()).then(|| COLLECTOR_BALANCE.clone()), wei }));
        }
        let burned = if block.fork >= Fork::London { u128::from(block.base_fee) } else { 0 };
        let wei = U256::from(u128::from(gas_used) * (price - burned));
        if tx.credit().is_some_and(|value| value > U256::MAX - wei)
            || !holds(state, &bank::keys::native(&tx.to), tx.credit().map(|value| value + wei))?
        {
            return Ok(None);
        }
        if let Some(held) = held {
            return Ok((held <= U256::MAX - wei).then_some(Self { to: None, wei }));
        }
        if wei.is_zero() {
            // The coinbase is touched all the same.
            return Ok((!may_be_removed(state, &block.coinbase)?).then_some(Self { to: None, wei }));
        }
        let to = bank::keys::native(&block.coinbase);
        Ok(holds(state, &to, Some(wei))?.then_some(Self { to: Some(to), wei }))
    }

    fn pay(self, state: &mut dyn StateWrite) -> Result<(), StateError> {
        self.to.map_or(Ok(()), |key| state.add(key, Delta::credit(self.wei)))
    }
}

/// Whether the amount at `key` can hold `credit` besides; if so, that is taken for granted. On our own chain the supply sees
/// to it, in Ethereum's tests nothing does.
fn holds(state: &dyn StateRead, key: &Key, credit: Option<U256>) -> Result<bool, StateError> {
    let Some(credit) = credit else { return Ok(true) };
    let at_most = U256::MAX - credit;
    let holds = amount(state, key)? <= at_most;
    if holds {
        state.rely(key, Premise { at_most, ..Premise::default() })?;
    }
    Ok(holds)
}
