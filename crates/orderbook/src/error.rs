//! What can be wrong with one order, one cancellation, or a market's parameters. A fault concerns that one alone: all
//! others of the batch stand.

use crate::units::{Notional, Price};

/// Why an order was refused. Nothing of it rests, waits or trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The price is zero.
    #[error("price is zero")]
    ZeroPrice,
    /// The quantity is zero.
    #[error("quantity is zero")]
    ZeroQuantity,
    /// The trigger's price is zero.
    #[error("trigger price is zero")]
    ZeroTriggerPrice,
    /// Price times quantity, in kept units, does not fit 128 bits.
    #[error("price times quantity overflows")]
    Overflow,
    /// The order is smaller than the market allows.
    #[error("notional of {} tick-lots is below the market's minimum of {}", .notional.0, .min.0)]
    BelowMinNotional {
        /// The order's.
        notional: Notional,
        /// The market's least.
        min: Notional,
    },
    /// It had expired before it arrived.
    #[error("already expired")]
    Expired,
    /// The id does not name a place in the batch's block.
    #[error("order id is not of this block")]
    ForeignId,
    /// An earlier order of the batch has this id.
    #[error("order id is taken")]
    DuplicateId,
    /// Post-only, and it would trade with what rests at this price.
    #[error("post-only order would trade at {best}")]
    WouldCross {
        /// The best price of the other side.
        best: Price,
    },
}

/// Why a cancellation did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CancelError {
    /// Nothing rests, waits or arrives under this id.
    #[error("unknown order")]
    UnknownOrder,
    /// The order is another account's.
    #[error("not the order's owner")]
    NotOwner,
    /// The batch cancels it twice.
    #[error("already cancelled")]
    Duplicate,
}

/// Why there can't be such a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// A lot would be no amount of the base asset.
    #[error("a lot must be at least one unit of the base asset")]
    ZeroLot,
    /// A tick would be no amount of the quote asset.
    #[error("a tick must be worth at least one unit of the quote asset a lot")]
    ZeroTick,
}
