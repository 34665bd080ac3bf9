//! Events of module bank, as the Cosmos SDK names them.

use std::sync::Arc;

use seiza_types::{Coin, Event, SeiAddress};

/// What wallets and explorers look for after a send.
pub(super) fn transfer(events: &mut Vec<Event>, from: &SeiAddress, to: &SeiAddress, amount: &[Coin]) {
    let (from, to, amount): (_, _, Arc<[Coin]>) = (*from, *to, amount.into());
    events.reserve(4);
    events.push(Event::new("coin_spent").saying("spender", from).saying("amount", amount.clone()));
    events.push(Event::new("coin_received").saying("receiver", to).saying("amount", amount.clone()));
    events.push(Event::new("transfer").saying("recipient", to).saying("sender", from).saying("amount", amount));
    events.push(Event::new("message").saying("sender", from).saying("module", "bank"));
}
