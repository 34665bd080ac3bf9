//! Plain transfers without the EVM: no code runs in them, so nothing is left of the EVM but its rules for transactions.
//!
//! [`attempt`] makes a transfer where every rule is met and nothing about it is intricate, and otherwise leaves the whole
//! transaction to the EVM, errors included: what does not fit is told by one place only. Outcome and state are those of the
//! EVM. The amounts of sender, recipient and fees change by deltas; of the sender's balance it is taken for granted only
//! that it suffices.

use std::sync::LazyLock;

use alloy_consensus::Transaction as _;
use alloy_eips::eip2930::AccessListItem;
use revm::context_interface::cfg::GasParams;
use seiza_modules::{auth, bank, fees};
use seiza_state::{Delta, Key, Premise, StateError, StateRead, StateWrite, amount_from_value};
use seiza_types::tx::{EvmTx, Signer};
use seiza_types::{Address, Bytes, Code, Fork, U256};

use super::block::{BlockContext, FeePolicy};
use super::env::CallEnv;
use super::keys;
use super::outcome::TxOutcome;

/// Gas of a transaction without input and access list, in every fork.
const TRANSFER_GAS: u64 = 21_000;
/// Every precompile's address, Ethereum's and ours, begins with that many zeros.
const PRECOMPILE_ZEROS: usize = 18;

static COLLECTOR_BALANCE: LazyLock<Key> = LazyLock::new(|| bank::keys::native(&fees::collector()));

/// What a transaction says, as far as a transfer is concerned; borrowed from either of its forms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain<'a> {
    kind: u8,
    from: &'a Address,
    to: Address,
    gas: u64,
    gas_price: u128,
    priority_fee: Option<u128>,
    value: U256,
    nonce: u64,
    chain_id: Option<u64>,
    access_list: &'a [AccessListItem],
    /// Whether the sender's addresses must be linked, where Seiza's rules hold.
    signed: bool,
}

impl<'a> Plain<'a> {
    /// The transaction, unless it creates, or brings input (mostly a call of code), blobs or authorizations.
    pub(super) fn of(tx: &'a EvmTx, signer: &'a Signer) -> Option<Self> {
        let to = tx.to()?;
        if !tx.input().is_empty() || matches!(tx, EvmTx::Eip4844(_) | EvmTx::Eip7702(_)) {
            return None;
        }
        Some(Self {
            kind: tx.tx_type() as u8,
            from: &signer.address,
            to,
            gas: tx.gas_limit(),
            gas_price: tx.max_fee_per_gas(),
            priority_fee: tx.max_priority_fee_per_gas(),
            value: tx.value(),
            nonce: tx.nonce(),
            chain_id: tx.chain_id(),
            access_list: tx.access_list().map_or(&[], |list| &list.0),
            signed: true,
        })
    }

    /// As [`Plain::of`], of a call. One that is signed by somebody else than its sender is no transaction.
    pub(super) fn of_call(env: &'a CallEnv) -> Option<Self> {
        let to = env.to?;
        let bare = env.authorizations.is_empty() && env.blob_hashes.is_empty() && env.max_fee_per_blob_gas == 0;
        if !env.input.is_empty() || !bare || env.signer.is_some_and(|signer| signer.address != env.from) {
            return None;
        }
        Some(Self {
            kind: env.tx_type.unwrap_or_else(|| env.kind_of_tx()),
            from: &env.from,
            to,
            gas: env.gas,
            gas_price: env.gas_price,
            priority_fee: env.priority_fee,
            value: env.value,
            nonce: env.nonce,
            chain_id: env.chain_id,
            access_list: &env.access_list.0,
            signed: env.signer.is_some(),
        })
    }

    /// Whether all rules are met that need no state.
    fn fits(&self, block: &BlockContext) -> bool {
        let reserved = self.to.as_slice().iter().take(PRECOMPILE_ZEROS).all(|byte| *byte == 0);
        block.fork >= Fork::SpuriousDragon
            && !reserved
            && self.kind_fits(block.fork)
            && self.chain_id.is_none_or(|id| id == block.chain_id)
            && self.gas_price >= u128::from(block.base_fee)
            && self.gas <= block.gas_limit
            && self.nonce != u64::MAX
    }

    /// Whether the fork knows the type, and the fields are those of the type.
    fn kind_fits(&self, fork: Fork) -> bool {
        match (self.kind, self.priority_fee) {
            (0, None) => self.access_list.is_empty(),
            (1, None) => fork >= Fork::Berlin,
            (2, Some(tip)) => fork >= Fork::London && tip <= self.gas_price,
            _ => false,
        }
    }

    fn price(&self, base_fee: u64) -> u128 {
        self.priority_fee.map_or(self.gas_price, |tip| self.gas_price.min(tip.saturating_add(u128::from(base_fee))))
    }

    /// Gas that it uses: the fixed costs.
    fn gas_used(&self, block: &BlockContext) -> u64 {
        if self.access_list.is_empty() {
            return TRANSFER_GAS;
        }
        let slots = self.access_list.iter().map(|item| item.storage_keys.len() as u64).sum();
        let accounts = self.access_list.len() as u64;
        GasParams::new_spec(block.spec()).initial_tx_gas(&[], false, accounts, slots, 0, None).initial_total_gas()
    }

    /// Wei that the recipient receives, if it is another account than the sender and there are any.
    fn credit(&self) -> Option<U256> {
        (!self.value.is_zero() && *self.from != self.to).then_some(self.value)
    }

    /// Wei that the sender must own, and wei that it pays.
    fn cost(&self, gas_used: u64, price: u128) -> Option<(U256, U256)> {
        let fee_max = u128::from(self.gas).checked_mul(self.gas_price)?;
        let owned = U256::from(fee_max).checked_add(self.value)?;
        let fee = u128::from(gas_used) * price;
        Some((owned, U256::from(fee) + self.credit().unwrap_or_default()))
    }
}

/// Makes the transfer; `None` where it is left to the EVM, with nothing written.
///
/// # Errors
/// Those of state.
pub(super) fn attempt(
    state: &mut dyn StateWrite,
    block: &BlockContext,
    tx: &Plain<'_>,
) -> Result<Option<TxOutcome>, StateError> {
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
    let Some(fee) = Fee::read(state, block, tx, gas_used, price)? else { return Ok(None) };
    state.rely(&balance, Premise::covers(owned))?;
    sender.bump_nonce(state);
    if !paid.is_zero() {
        state.add(balance, Delta::debit(paid))?;
    }
    if let Some(value) = tx.credit() {
        state.add(bank::keys::native(&tx.to), Delta::credit(value))?;
    }
    fee.pay(state)?;
    Ok(Some(outcome(gas_used, price)))
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
        let record = state.get(&key)?;
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
