//! State and block as a client wants them to be for one call.

use std::sync::Arc;

use alloy_rpc_types_eth::BlockOverrides;
use alloy_rpc_types_eth::state::{AccountOverride, StateOverride};
use seiza_chain::evm::{self, BlockContext, BlockHashes};
use seiza_chain::state::{Access, Changeset};

use crate::args::Args;
use crate::backend::State;
use crate::methods::Answer;
use crate::{Address, Failure, U256};

/// What a call changes beforehand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides {
    /// Accounts.
    pub(crate) state: Option<StateOverride>,
    /// The block's numbers.
    pub(crate) block: Option<BlockOverrides>,
}

impl Overrides {
    /// Those at `index` and after it: accounts, then the block.
    pub(crate) fn parse(args: &Args<'_>, index: usize) -> Answer<Self> {
        Ok(Self { state: args.optional(index)?, block: args.optional(index + 1)? })
    }

    /// The state so changed.
    ///
    /// # Errors
    /// [`Failure::Rejected`] where an override contradicts itself, [`Failure::NotSupported`] for moved precompiles.
    pub(crate) fn apply(self, state: State) -> Answer<State> {
        let mut state = match self.state {
            Some(accounts) => override_accounts(&state, accounts)?,
            None => state,
        };
        if let Some(block) = self.block {
            override_block(&mut state.context, block)?;
        }
        Ok(state)
    }
}

fn override_accounts(state: &State, accounts: StateOverride) -> Answer<State> {
    let mut access = Access::unrecorded(&state.overlay);
    for (address, account) in accounts {
        override_account(&mut access, &address, account)?;
    }
    let mut changes = Changeset::default();
    changes.absorb(access.finish().1, &state.overlay)?;
    Ok(state.with(changes))
}

fn override_account(access: &mut Access<'_>, address: &Address, account: AccountOverride) -> Answer<()> {
    if account.move_precompile_to.is_some() {
        return Err(Failure::NotSupported("movePrecompileToAddress is not supported"));
    }
    if account.state.is_some() && account.state_diff.is_some() {
        return Err(Failure::Rejected(format!("account {address:?} has both 'state' and 'stateDiff'")));
    }
    if let Some(nonce) = account.nonce {
        evm::set_nonce(access, address, nonce)?;
    }
    if let Some(balance) = account.balance {
        evm::set_balance(access, address, balance);
    }
    if let Some(code) = account.code {
        evm::set_code(access, address, code);
    }
    if account.state.is_some() {
        evm::clear_storage(access, address)?;
    }
    for (slot, value) in account.state.into_iter().chain(account.state_diff).flatten() {
        evm::set_storage(access, address, &U256::from_be_bytes(slot.0), U256::from_be_bytes(value.0));
    }
    Ok(())
}

/// Changes the block's numbers.
pub(super) fn override_block(context: &mut BlockContext, block: BlockOverrides) -> Answer<()> {
    let too_large = |field: &str| Failure::InvalidParams(format!("block override {field} exceeds 64 bits"));
    if let Some(number) = block.number {
        context.number = u64::try_from(number).map_err(|_| too_large("number"))?;
    }
    if let Some(base_fee) = block.base_fee {
        context.base_fee = u64::try_from(base_fee).map_err(|_| too_large("baseFeePerGas"))?;
    }
    context.timestamp = block.time.unwrap_or(context.timestamp);
    context.gas_limit = block.gas_limit.unwrap_or(context.gas_limit);
    context.coinbase = block.coinbase.unwrap_or(context.coinbase);
    context.prevrandao = block.random.unwrap_or(context.prevrandao);
    if let Some(hashes) = block.block_hash {
        context.block_hashes = BlockHashes::Fixed(Arc::new(hashes));
    }
    Ok(())
}
