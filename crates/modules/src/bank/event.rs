//! Events of module bank, as the Cosmos SDK names them.

use seiza_types::{Coin, Event, SeiAddress};

/// What wallets and explorers look for after a send.
pub(super) fn transfer(events: &mut Vec<Event>, from: &SeiAddress, to: &SeiAddress, amount: &[Coin]) {
    let amount = amount.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    events.push(Event::new("coin_spent").with("spender", from).with("amount", &amount));
    events.push(Event::new("coin_received").with("receiver", to).with("amount", &amount));
    events.push(Event::new("transfer").with("recipient", to).with("sender", from).with("amount", &amount));
    events.push(Event::new("message").with("sender", from).with("module", "bank"));
}
