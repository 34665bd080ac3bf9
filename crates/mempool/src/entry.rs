//! One waiting transaction and what the pool knows of it.

use seiza_types::tx::FeeOffer;
use seiza_types::{U256, VerifiedTx};

use crate::limits::REPLACEMENT_PERCENT;

/// A transaction in a lane.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) tx: VerifiedTx,
    /// Its number in order of arrival; no two are equal.
    pub(crate) arrival: u64,
    /// When it arrived.
    pub(crate) at_ms: u64,
    /// The lowest caps among it and all before it in its lane: it can't run before they did, so it is worth no more.
    pub(crate) floor: FeeOffer,
}

impl Entry {
    pub(crate) fn cost(&self) -> U256 {
        self.tx.cost_max
    }
}

/// Whether `new` pays so much more than `old` that it may take its place.
pub(crate) fn outbids(new: FeeOffer, old: FeeOffer) -> bool {
    let raised = |new: u128, old: u128| new > old && new >= threshold(old);
    raised(new.max_fee_per_gas, old.max_fee_per_gas)
        && raised(new.max_priority_fee_per_gas, old.max_priority_fee_per_gas)
}

/// `old` and 10 % of it, rounded down as geth does: clients compute their replacements so.
fn threshold(old: u128) -> u128 {
    let tenth = old / 100 * REPLACEMENT_PERCENT + old % 100 * REPLACEMENT_PERCENT / 100;
    old.saturating_add(tenth)
}
