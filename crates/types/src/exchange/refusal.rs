//! Why one order or cancellation is refused. The number enters hashes and receipts, the text is for people.

use super::OrderRef;
use crate::Denom;

/// What is wrong with one order or cancellation; all others of its message stand, and nothing of it was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such market.
    #[error("unknown market")]
    UnknownMarket,
    /// No such venue.
    #[error("unknown venue")]
    UnknownVenue,
    /// The market takes no orders at present.
    #[error("the market is halted")]
    Halted,
    /// The market is over.
    #[error("the market is delisted")]
    Delisted,
    /// The price is zero.
    #[error("price is zero")]
    ZeroPrice,
    /// The quantity is zero.
    #[error("quantity is zero")]
    ZeroQuantity,
    /// The trigger's price is zero.
    #[error("trigger price is zero")]
    ZeroTriggerPrice,
    /// A price, or a trigger's, is no whole number of ticks.
    #[error("price {price} is no multiple of the tick {tick}")]
    OffTick {
        /// Quote units for a whole base coin.
        price: u128,
        /// The market's.
        tick: u128,
    },
    /// The quantity is no whole number of lots.
    #[error("quantity {quantity} is no multiple of the lot {lot}")]
    OffLot {
        /// Base units.
        quantity: u128,
        /// The market's.
        lot: u128,
    },
    /// More ticks or lots than 64 bits hold, or price times quantity beyond 128 bits.
    #[error("price or quantity is too large")]
    Overflow,
    /// The order is smaller than the market allows.
    #[error("notional {notional} is below the market's minimum of {min}")]
    BelowMinNotional {
        /// The order's, quote units.
        notional: u128,
        /// The market's least.
        min: u128,
    },
    /// The owner does not have what the order needs.
    #[error("insufficient funds: {have}{denom} is smaller than {want}{denom}")]
    InsufficientFunds {
        /// Of what.
        denom: Denom,
        /// Owned, in the denom's own unit.
        have: String,
        /// Needed, in the denom's own unit.
        want: u128,
    },
    /// It had expired before it arrived.
    #[error("already expired")]
    Expired,
    /// The owner has an open order of that client id.
    #[error("client id is taken by the open order {open}")]
    DuplicateClientId {
        /// By which.
        open: OrderRef,
    },
    /// Nothing open has that id.
    #[error("unknown order")]
    UnknownOrder,
    /// The order is another account's.
    #[error("not the order's owner")]
    NotOwner,
    /// It is cancelled already.
    #[error("already cancelled")]
    AlreadyCancelled,
    /// Post-only, and it would trade with what rests at this price.
    #[error("post-only order would trade at {best}")]
    WouldCross {
        /// Quote units for a whole base coin.
        best: u128,
    },
}

/// Every refusal's number and a text without particulars, in the order of the numbers.
const NAMES: [(u32, &str); 18] = [
    (1, "unknown market"),
    (2, "unknown venue"),
    (3, "market is halted"),
    (4, "market is delisted"),
    (5, "price is zero"),
    (6, "quantity is zero"),
    (7, "trigger price is zero"),
    (8, "price is off tick"),
    (9, "quantity is off lot"),
    (10, "price or quantity is too large"),
    (11, "notional is below the market's minimum"),
    (12, "insufficient funds"),
    (13, "already expired"),
    (14, "client id is taken"),
    (15, "unknown order"),
    (16, "not the order's owner"),
    (17, "already cancelled"),
    (18, "post-only order would trade"),
];

impl Refusal {
    /// Its number; never 0, and never another's.
    #[must_use]
    pub fn code(&self) -> u32 {
        match self {
            Self::UnknownMarket => 1,
            Self::UnknownVenue => 2,
            Self::Halted => 3,
            Self::Delisted => 4,
            Self::ZeroPrice => 5,
            Self::ZeroQuantity => 6,
            Self::ZeroTriggerPrice => 7,
            Self::OffTick { .. } => 8,
            Self::OffLot { .. } => 9,
            Self::Overflow => 10,
            Self::BelowMinNotional { .. } => 11,
            Self::InsufficientFunds { .. } => 12,
            Self::Expired => 13,
            Self::DuplicateClientId { .. } => 14,
            Self::UnknownOrder => 15,
            Self::NotOwner => 16,
            Self::AlreadyCancelled => 17,
            Self::WouldCross { .. } => 18,
        }
    }

    /// What a number says to people, without the particulars.
    #[must_use]
    pub fn text(code: u32) -> Option<&'static str> {
        NAMES.iter().find(|(number, _)| *number == code).map(|(_, text)| *text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_number_and_a_text() {
        assert_eq!(Refusal::UnknownMarket.code(), 1);
        assert_eq!(Refusal::WouldCross { best: 1 }.code(), NAMES.len() as u32);
        for (place, (code, text)) in NAMES.iter().enumerate() {
            assert_eq!((place as u32 + 1, Refusal::text(*code)), (*code, Some(*text)));
        }
        assert_eq!((Refusal::text(0), Refusal::text(19)), (None, None));
    }
}
