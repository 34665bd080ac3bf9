//! One transaction as a job: Ethereum's go to the EVM, Cosmos' to the modules, by one shape of result.

use seiza_executor::{Intent, Job};
use seiza_modules::bank::{self, Bank};
use seiza_modules::{BlockInfo, Ctx, GasMeter, Module, ModuleError, auth, fees};
use seiza_state::{Access, Key, StateError};
use seiza_types::tx::{Body, CosmosTx};
use seiza_types::{Address, Bytes, Code, Denom, Event, Log, Receipt, U256, VerifiedTx, wei_from_usei};
use seiza_vm::evm::{self, BlockContext, EvmError};

use crate::hints::Hint;

/// Gas of a Cosmos transaction's signature and nonce.
const COSMOS_TX_GAS: u64 = 20_000;
/// Gas of each byte of a Cosmos transaction.
const COSMOS_BYTE_GAS: u64 = 10;

/// A transaction of a block, ready to run.
pub(crate) struct TxJob<'a> {
    pub(crate) tx: &'a VerifiedTx,
    pub(crate) context: &'a BlockContext,
    pub(crate) hint: Hint<'a>,
}

/// What a transaction did, before the block numbers its logs and sums its gas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TxResult {
    pub(crate) code: Code,
    pub(crate) gas_used: u64,
    pub(crate) effective_gas_price: u128,
    pub(crate) contract_address: Option<Address>,
    pub(crate) logs: Vec<Log>,
    pub(crate) events: Vec<Event>,
}

impl TxResult {
    /// The result of a transaction that could not run at all: no effect, no fee.
    fn skipped() -> Self {
        Self {
            code: Code::Skipped,
            gas_used: 0,
            effective_gas_price: 0,
            contract_address: None,
            logs: Vec::new(),
            events: Vec::new(),
        }
    }

    /// The receipt, given what the block counted before this transaction.
    pub(crate) fn receipt(self, tx: &VerifiedTx, gas_before: u64, first_log_index: u64) -> Receipt {
        let (evm_type, to) = match &tx.body {
            Body::Evm(evm) => (Some(evm.tx_type() as u8), alloy_consensus::Transaction::to(evm)),
            Body::Cosmos(_) => (None, None),
        };
        Receipt {
            tx_hash: tx.hash,
            evm_type,
            sender: tx.signer.address,
            to,
            code: self.code,
            gas_wanted: tx.gas_limit,
            gas_used: self.gas_used,
            cumulative_gas_used: gas_before + self.gas_used,
            effective_gas_price: self.effective_gas_price,
            contract_address: self.contract_address,
            first_log_index,
            logs: self.logs,
            events: self.events,
            data: Bytes::new(),
        }
    }
}

impl Job for TxJob<'_> {
    type Output = TxResult;

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        if let Hint::Learned(keys) = self.hint {
            keys.iter().for_each(|(key, intent)| declare(key, *intent));
        }
    }

    fn run(&self, access: &mut Access<'_>) -> Result<TxResult, StateError> {
        match &self.tx.body {
            Body::Evm(tx) => match evm::transact(access, self.context, tx, &self.tx.signer) {
                Ok(outcome) => Ok(TxResult {
                    code: outcome.code,
                    gas_used: outcome.gas_used,
                    effective_gas_price: outcome.effective_gas_price,
                    contract_address: outcome.contract_address,
                    logs: outcome.logs,
                    events: outcome.events,
                }),
                Err(EvmError::Invalid(_)) => Ok(TxResult::skipped()),
                Err(EvmError::State(error)) => Err(error),
                Err(error @ EvmError::Internal(_)) => Err(StateError::Io(error.to_string())),
            },
            Body::Cosmos(tx) => cosmos(access, self.context, self.tx, tx),
        }
    }
}

fn cosmos(
    access: &mut Access<'_>,
    context: &BlockContext,
    tx: &VerifiedTx,
    body: &CosmosTx,
) -> Result<TxResult, StateError> {
    let start = access.checkpoint();
    let timed_out = body.timeout_height != 0 && context.number > body.timeout_height;
    let offers_enough = tx.fee.max_fee_per_gas >= u128::from(context.base_fee);
    if timed_out || !offers_enough || !auth::begin_tx(access, &tx.signer, tx.nonce)? {
        return Ok(TxResult::skipped());
    }
    match pay_fee(access, &tx.signer.address, body.fee_usei) {
        Ok(()) => {}
        Err(ModuleError::State(error)) => return Err(error),
        Err(_) => {
            access.revert(start);
            return Ok(TxResult::skipped());
        }
    }
    let paid = access.checkpoint();
    let mut gas = GasMeter::new(tx.gas_limit);
    let mut events = Vec::new();
    let block = BlockInfo { height: context.number, timestamp: context.timestamp, evm_chain_id: context.chain_id };
    let mut ctx = Ctx { state: access, block: &block, gas: &mut gas, events: &mut events };
    let code = match messages(&mut ctx, tx, body) {
        Ok(()) => Code::Ok,
        Err(error) => {
            let code = match (&error, error.code()) {
                (ModuleError::State(fatal), _) => return Err(fatal.clone()),
                (_, code) => code.unwrap_or(Code::Rejected),
            };
            access.revert(paid);
            events.clear();
            code
        }
    };
    Ok(TxResult {
        code,
        gas_used: gas.used(),
        effective_gas_price: tx.fee.max_fee_per_gas,
        contract_address: None,
        logs: Vec::new(),
        events,
    })
}

fn messages(ctx: &mut Ctx<'_>, tx: &VerifiedTx, body: &CosmosTx) -> Result<(), ModuleError> {
    ctx.gas.charge(COSMOS_TX_GAS + tx.raw.len() as u64 * COSMOS_BYTE_GAS)?;
    body.messages.iter().try_for_each(|message| Bank::handle(ctx, tx.signer.address, message))
}

fn pay_fee(access: &mut Access<'_>, payer: &Address, fee_usei: U256) -> Result<(), ModuleError> {
    let wei = wei_from_usei(fee_usei)?;
    if wei.is_zero() {
        return Ok(());
    }
    bank::debit(access, payer, &Denom::native(), wei)?;
    Ok(fees::collect(access, wei)?)
}
