//! Venues: front ends and contracts that orders come through, with a fee of their own.

use seiza_state::StateWrite;
use seiza_types::Address;
use seiza_types::exchange::{RegisterVenue, Venue, VenueId};
use seiza_types::limits::{CALLBACK_GAS_MAX, VENUE_NAME_BYTES_MAX};
use seiza_types::wire::Wire as _;

use super::limits::{REGISTER_GAS, VENUE_FEE_BPS_MAX};
use super::{event, keys, next};
use crate::{Ctx, ModuleError};

/// Registers a venue; `who` owns it.
///
/// # Errors
/// [`ModuleError::Rejected`] with the rule that it breaks.
pub fn register_venue(ctx: &mut Ctx<'_>, who: Address, wish: &RegisterVenue) -> Result<VenueId, ModuleError> {
    ctx.gas.charge(REGISTER_GAS)?;
    check(wish)?;
    let id = add(ctx.state, who, wish)?;
    ctx.events.push(event::venue_registered(id, who, wish));
    Ok(id)
}

/// Adds a venue that was checked.
pub(super) fn add(state: &mut dyn StateWrite, owner: Address, wish: &RegisterVenue) -> Result<VenueId, ModuleError> {
    let id = VenueId(next(state, keys::venue_count())?);
    let fee_recipient = if wish.fee_recipient.is_zero() { owner } else { wish.fee_recipient };
    let RegisterVenue { fee_bps, callback, callback_gas, .. } = *wish;
    let venue = Venue { id, owner, name: wish.name.clone(), fee_bps, fee_recipient, callback, callback_gas };
    state.put(keys::venue(id), venue.encode().into());
    Ok(id)
}

/// Whether there can be such a venue.
pub(super) fn check(wish: &RegisterVenue) -> Result<(), ModuleError> {
    let rejected = |rule| Err(ModuleError::Rejected(rule));
    let printable = wish.name.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if wish.name.is_empty() || wish.name.len() > VENUE_NAME_BYTES_MAX || !printable {
        return rejected("exchange: a venue's name has 1 to 32 printable ASCII characters");
    }
    if wish.fee_bps > VENUE_FEE_BPS_MAX {
        return rejected("exchange: a venue's fee is at most 100 hundredths of a per cent");
    }
    if wish.callback_gas > CALLBACK_GAS_MAX || (wish.callback.is_none() && wish.callback_gas != 0) {
        return rejected("exchange: callback_gas is at most 500000, and zero without a callback");
    }
    Ok(())
}
