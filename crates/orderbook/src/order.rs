//! Orders: who wants how much of what at which price, and since when.

use seiza_types::{Address, Height};

use crate::id::OrderId;
use crate::units::{Price, Quantity};

/// Which side of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Buys the base asset.
    Bid,
    /// Sells the base asset.
    Ask,
}

impl Side {
    /// The other side.
    pub fn opposite(self) -> Self {
        match self {
            Self::Bid => Self::Ask,
            Self::Ask => Self::Bid,
        }
    }

    /// A price as a number that is lower the better it is for the other side: best first is lowest first.
    pub fn rank(self, price: Price) -> u64 {
        match self {
            Self::Bid => !price.0,
            Self::Ask => price.0,
        }
    }

    /// The price of that rank.
    pub fn price(self, rank: u64) -> Price {
        match self {
            Self::Bid => Price(!rank),
            Self::Ask => Price(rank),
        }
    }

    /// Whether an order of this side with limit `limit` may trade at `price`.
    pub fn accepts(self, limit: Price, price: Price) -> bool {
        self.rank(limit) <= self.rank(price)
    }
}

/// What happens with an order, and with what of it does not trade at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Trades up to its price; the rest rests.
    Limit,
    /// Rests, and is refused where it would trade on arrival with what rests already.
    PostOnly,
    /// Trades up to its price; the rest is cancelled.
    ImmediateOrCancel,
    /// Trades in full, in the batch it arrives with, or is cancelled in full.
    FillOrKill,
    /// Trades at any price up to its worst; the rest is cancelled.
    Market,
}

impl Kind {
    /// Whether what does not trade stays in the book.
    pub fn rests(self) -> bool {
        matches!(self, Self::Limit | Self::PostOnly)
    }
}

/// Until when an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// Until it is filled or cancelled.
    Never,
    /// Up to this block, and in it.
    Height(Height),
    /// Up to this block time, and at it: nanoseconds since 1970.
    Time(u64),
}

impl Expiry {
    /// Whether it is over in a block of that height and time.
    pub fn is_past(self, height: Height, time_ns: u64) -> bool {
        match self {
            Self::Never => false,
            Self::Height(last) => height > last,
            Self::Time(last_ns) => time_ns > last_ns,
        }
    }
}

/// What is cancelled instead of a trade between an account and itself. The newest of the orders concerned decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SelfTrade {
    /// The newest of the orders that would trade.
    CancelNewest,
    /// The oldest on the other side of the newest.
    CancelOldest,
    /// Both of these.
    CancelBoth,
}

/// What somebody wants, or what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// Its name and arrival.
    pub id: OrderId,
    /// Whose it is.
    pub owner: Address,
    /// Buy or sell.
    pub side: Side,
    /// What happens to it.
    pub kind: Kind,
    /// The worst price at which it trades: at most that for a bid, at least that for an ask.
    pub price: Price,
    /// How much is wanted, still.
    pub quantity: Quantity,
    /// Until when.
    pub expiry: Expiry,
    /// What happens where it would meet its owner's own order.
    pub self_trade: SelfTrade,
    /// The caller's own mark, such as the venue. Carried along, never looked at.
    pub tag: u32,
}

impl Order {
    /// The same order with another quantity.
    pub(crate) fn with_quantity(self, quantity: Quantity) -> Self {
        Self { quantity, ..self }
    }
}

/// An order with its place in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resting {
    /// The order; its quantity is what is left.
    pub order: Order,
    /// Since when it stands in the queue: its id, or where it was a trigger, the moment it fired.
    pub since: OrderId,
}

impl Resting {
    /// Where it stands in the book.
    pub fn key(&self) -> OrderKey {
        OrderKey { price: self.order.price, since: self.since }
    }
}

/// An order's place on its side of a book: price, then time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// The level.
    pub price: Price,
    /// The place in the level's queue.
    pub since: OrderId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_stands_in_the_block_of_its_expiry_and_not_after() {
        for (expiry, height, time_ns, past) in [
            (Expiry::Never, u64::MAX, u64::MAX, false),
            (Expiry::Height(5), 5, 0, false),
            (Expiry::Height(5), 6, 0, true),
            (Expiry::Time(5), 9, 5, false),
            (Expiry::Time(5), 9, 6, true),
        ] {
            assert_eq!(expiry.is_past(height, time_ns), past, "{expiry:?}");
        }
    }
}
