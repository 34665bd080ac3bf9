//! The answers to single questions. Each names the height that it belongs to.

pub(super) mod book;
pub(super) mod fills;
pub(super) mod markets;
pub(super) mod orders;
pub(super) mod past;
pub(super) mod simulate;
pub(super) mod ticker;
pub(super) mod transaction;

use seiza_chain::modules::auth;
use seiza_chain::state::Overlay;
use seiza_types::Address;

use super::who::Who;
use crate::methods::Answer;

/// The account that somebody names.
pub(super) fn address(state: &Overlay, who: Who) -> Answer<Address> {
    match who {
        Who::Evm(address) => Ok(address),
        Who::Sei(address) => Ok(auth::evm_address(state, &address)?),
    }
}
