//! What a transaction offers for gas: one measure for both kinds.

/// What a transaction pays per gas, in wei.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeOffer {
    /// Most it pays in all.
    pub max_fee_per_gas: u128,
    /// Most of it that is tip.
    pub max_priority_fee_per_gas: u128,
}

impl FeeOffer {
    /// What one gas pays on top of `base_fee`, or `None` where the offer is below it.
    #[must_use]
    pub fn tip_above(&self, base_fee: u128) -> Option<u128> {
        let room = self.max_fee_per_gas.checked_sub(base_fee)?;
        Some(room.min(self.max_priority_fee_per_gas))
    }

    /// What one gas pays at `base_fee`, or `None` where the offer is below it.
    #[must_use]
    pub fn price_at(&self, base_fee: u128) -> Option<u128> {
        self.tip_above(base_fee).map(|tip| base_fee + tip)
    }
}
