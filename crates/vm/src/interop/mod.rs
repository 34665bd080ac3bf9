//! The door between native code and the EVM.
//!
//! Inside an EVM transaction native code works on a [`Bridge`]: native balances, nonces, code and slots are those of the
//! EVM's journal, so that either side sees what the other did; every other key goes through a log of native writes. The
//! log's length is kept in the EVM's transient storage, so whatever reverts the EVM takes the native writes back as well
//! (ADR 5).

mod bridge;
mod dispatch;
mod held;
mod native;

pub use bridge::Bridge;
pub use dispatch::{DOOR_DEPTH_MAX, Door};
pub use native::Native;

use revm::context::result::EVMError;
use seiza_modules::auth;
use seiza_types::Address;

use crate::evm::{DbError, EvmContext};

/// Where the EVM's transient storage holds the length of the native log (slot 0). No code can come to lie here: that would
/// take an address made to order.
pub const LOG_ADDRESS: Address = Address::new(*b"\0\0\0\0\0\0\0\0seiza native");

/// Links the sender's two addresses on its first transaction, and sweeps the cast. Costs one lookup when they are linked.
pub(crate) fn link_sender(ctx: &mut EvmContext<'_>) -> Result<(), EVMError<DbError>> {
    let Some(signer) = ctx.chain.signer.take() else { return Ok(()) };
    ctx.journaled_state.inner.load_account(&mut ctx.journaled_state.database, signer.address)?;
    if ctx.journaled_state.database.notes.public_key(&signer.address).is_some() {
        return Ok(());
    }
    let mut bridge = Bridge::open(ctx);
    let linked = auth::link(&mut bridge, &signer);
    bridge.close();
    linked.map_err(DbError)?;
    match ctx.chain.failure.take() {
        Some(error) => Err(DbError(error).into()),
        None => Ok(()),
    }
}

/// Drops native effects that the EVM has reverted, and counts what self-destruction burned. Called when all is run.
pub(crate) fn settle(ctx: &mut EvmContext<'_>) {
    native::sync(ctx);
    let journal = &ctx.journaled_state.inner;
    if ctx.chain.collects_fees && !journal.selfdestructed_addresses.is_empty() {
        let left = journal.selfdestructed_addresses.iter().filter_map(|address| journal.state.get(address));
        let left = left.filter(|account| account.is_selfdestructed());
        let left = left.fold(seiza_types::U256::ZERO, |sum, account| sum.saturating_add(account.info.balance));
        ctx.chain.burned = left.saturating_add(crate::evm::burned_by_entries(&journal.journal));
    }
}
