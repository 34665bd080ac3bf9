//! Names on the exchange: markets, venues, orders.

use std::fmt;
use std::str::FromStr;

use crate::Height;
use crate::wire::{Reader, Wire, WireError};

/// A market, numbered from 1 in the order of listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MarketId(pub u32);

/// A venue, numbered from 1 in the order of registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VenueId(pub u32);

impl VenueId {
    /// No venue: the order came without one.
    pub const NONE: Self = Self(0);

    /// Whether there is no venue.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
}

impl fmt::Display for MarketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Display for VenueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Wire for MarketId {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        u32::take(from).map(Self)
    }
}

impl Wire for VenueId {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        u32::take(from).map(Self)
    }
}

/// An order's name, which is also where it arrived: height (8), transaction (4), exchange message or call in that (2), order
/// in that (2), all big-endian, so that the earlier is the less. As text `height-transaction-message-order`, all decimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderRef(pub [u8; 16]);

impl OrderRef {
    /// The order at that place.
    #[must_use]
    pub fn new(height: Height, tx: u32, message: u16, index: u16) -> Self {
        let number = u128::from(height) << 64 | u128::from(tx) << 32 | u128::from(message) << 16 | u128::from(index);
        Self(number.to_be_bytes())
    }

    /// The name as one number, which is what the EVM knows it by.
    #[must_use]
    pub fn number(self) -> u128 {
        u128::from_be_bytes(self.0)
    }

    /// The name of that number.
    #[must_use]
    pub fn from_number(number: u128) -> Self {
        Self(number.to_be_bytes())
    }

    /// The block it arrived in.
    #[must_use]
    pub fn height(self) -> Height {
        (self.number() >> 64) as u64
    }

    /// The transaction, by its index in the block.
    #[must_use]
    pub fn tx(self) -> u32 {
        (self.number() >> 32) as u32
    }

    /// The exchange message or call, counted in the transaction.
    #[must_use]
    pub fn message(self) -> u16 {
        (self.number() >> 16) as u16
    }

    /// The order, counted in the message.
    #[must_use]
    pub fn index(self) -> u16 {
        self.number() as u16
    }
}

impl fmt::Display for OrderRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}-{}", self.height(), self.tx(), self.message(), self.index())
    }
}

impl fmt::Debug for OrderRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text names no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no order id: height-transaction-message-order, decimal and without leading zeros")]
pub struct OrderRefError(String);

impl FromStr for OrderRef {
    type Err = OrderRefError;

    fn from_str(text: &str) -> Result<Self, OrderRefError> {
        let wrong = || OrderRefError(text.chars().take(64).collect());
        let parts: Vec<&str> = text.splitn(5, '-').collect();
        let [height, tx, message, index] = parts[..] else { return Err(wrong()) };
        let read =
            || Some(Self::new(height.parse().ok()?, tx.parse().ok()?, message.parse().ok()?, index.parse().ok()?));
        read().filter(|order| order.to_string() == text).ok_or_else(wrong)
    }
}

impl Wire for OrderRef {
    const BYTES_MIN: usize = 16;
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        from.array().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_named_by_where_it_arrived() {
        let order = OrderRef::new(7, 1, 2, 3);
        assert_eq!((order.height(), order.tx(), order.message(), order.index()), (7, 1, 2, 3));
        assert_eq!((order.to_string().as_str(), "7-1-2-3".parse()), ("7-1-2-3", Ok(order)));
        assert_eq!(OrderRef::from_number(order.number()), order);
        assert!(order < OrderRef::new(7, 1, 2, 4) && order < OrderRef::new(8, 0, 0, 0));
    }

    #[test]
    fn other_texts_name_no_order() {
        for text in ["", "7", "7-1-2", "7-1-2-3-4", "7-1-2-03", "+7-1-2-3", "7-1-2-65536", " 7-1-2-3", "x-1-2-3"] {
            assert!(text.parse::<OrderRef>().is_err(), "{text}");
        }
    }
}
