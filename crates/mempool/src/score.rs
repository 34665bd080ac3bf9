//! What a waiting transaction is worth.

use seiza_types::tx::FeeOffer;

/// What an offer is worth at a base fee. Ordered: offers below the base fee by how near they are to it, then those that
/// cover it by the tip that remains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Score {
    covers_base_fee: bool,
    /// Wei per gas: the tip where the base fee is covered, the fee cap where it is not.
    amount: u128,
}

impl Score {
    pub(crate) fn of(offer: FeeOffer, base_fee: u128) -> Self {
        match offer.tip_above(base_fee) {
            Some(tip) => Self { covers_base_fee: true, amount: tip },
            None => Self { covers_base_fee: false, amount: offer.max_fee_per_gas },
        }
    }
}

/// The lower of both caps, each for itself: what a transaction is worth that can only run after another.
pub(crate) fn lower(a: FeeOffer, b: FeeOffer) -> FeeOffer {
    FeeOffer {
        max_fee_per_gas: a.max_fee_per_gas.min(b.max_fee_per_gas),
        max_priority_fee_per_gas: a.max_priority_fee_per_gas.min(b.max_priority_fee_per_gas),
    }
}
