//! Admission: may this transaction wait in the mempool, as far as the published head can tell?

use seiza_modules::{auth, bank};
use seiza_state::{StateError, StateRead};
use seiza_types::tx::Body;
use seiza_types::{Address, Admission, Height, VerifiedTx};
use seiza_vm::evm;

use crate::CheckError;

/// Checks nonce, funds and fee against `state`, the state after the head.
pub(crate) fn check(
    state: &dyn StateRead,
    next_height: Height,
    base_fee_min: u64,
    tx: &VerifiedTx,
) -> Result<Admission, CheckError> {
    let lane = tx.signer.address;
    let state_nonce = auth::nonce(state, &lane)?;
    if tx.nonce < state_nonce {
        return Err(CheckError::NonceTooLow { next: state_nonce, nonce: tx.nonce });
    }
    if tx.fee.max_fee_per_gas < u128::from(base_fee_min) {
        let offered = tx.fee.max_fee_per_gas;
        return Err(CheckError::FeeTooLow { address: lane, offered, base_fee: base_fee_min });
    }
    let mut balance = bank::native_balance(state, &lane)?;
    if auth::account(state, &lane)?.is_none_or(|account| account.public_key.is_none()) {
        // The first transaction links the addresses, which brings in what was sent to the cast of the Cosmos one.
        balance = balance.saturating_add(bank::native_balance(state, &tx.signer.sei.cast())?);
    }
    if balance < tx.cost_max {
        return Err(CheckError::InsufficientFunds { address: lane, have: balance, want: tx.cost_max });
    }
    kind(state, next_height, tx)?;
    Ok(Admission { lane, state_nonce, balance })
}

fn kind(state: &dyn StateRead, next_height: Height, tx: &VerifiedTx) -> Result<(), CheckError> {
    match &tx.body {
        Body::Evm(_) if is_contract(state, &tx.signer.address)? => Err(CheckError::SenderIsContract(tx.signer.address)),
        Body::Cosmos(body) if body.timeout_height != 0 && next_height > body.timeout_height => {
            Err(CheckError::TimedOut { height: next_height, timeout: body.timeout_height })
        }
        _ => Ok(()),
    }
}

/// EIP-3607: whether the account has code that is not a delegation (EIP-7702).
fn is_contract(state: &dyn StateRead, address: &Address) -> Result<bool, StateError> {
    const DELEGATION: [u8; 3] = [0xef, 0x01, 0x00];
    let code = evm::code(state, address)?;
    Ok(!code.is_empty() && !code.starts_with(&DELEGATION))
}
