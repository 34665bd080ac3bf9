//! An order's name, which is also its place in time.

use std::fmt;

use seiza_types::Height;

/// An order's name, and its place in time: the block, the transaction in it, the message in that, the order in that.
/// Earlier is less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId {
    height: Height,
    place: u64,
}

impl OrderId {
    /// The order at that place.
    pub const fn new(height: Height, tx: u32, message: u16, index: u16) -> Self {
        Self { height, place: (tx as u64) << 32 | (message as u64) << 16 | index as u64 }
    }

    /// The `nth` place after all transactions of block `height`: the time of what happens between that block and the
    /// next. No order has such an id.
    pub(crate) const fn after(height: Height, nth: u32) -> Self {
        Self { height, place: (u32::MAX as u64) << 32 | nth as u64 }
    }

    /// The name as 16 bytes that are ordered as names are: height, then place, big-endian.
    pub const fn to_bytes(self) -> [u8; 16] {
        ((self.height as u128) << 64 | self.place as u128).to_be_bytes()
    }

    /// The name of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        let number = u128::from_be_bytes(bytes);
        Self { height: (number >> 64) as u64, place: number as u64 }
    }

    /// Whether an order can have arrived there.
    pub(crate) const fn is_of(self, height: Height) -> bool {
        self.height == height && self.tx() != u32::MAX
    }

    /// The place in the block, as one number.
    pub(crate) const fn place(self) -> u64 {
        self.place
    }

    /// The whole name as one number, in the same order.
    pub(crate) const fn number(self) -> u128 {
        (self.height as u128) << 64 | self.place as u128
    }

    /// The block.
    pub const fn height(self) -> Height {
        self.height
    }

    /// The transaction's index in the block.
    pub const fn tx(self) -> u32 {
        (self.place >> 32) as u32
    }

    /// The message's index in the transaction.
    pub const fn message(self) -> u16 {
        (self.place >> 16) as u16
    }

    /// The order's index in the message.
    pub const fn index(self) -> u16 {
        self.place as u16
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}-{}", self.height, self.tx(), self.message(), self.index())
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_ordered_by_block_then_transaction_then_message_then_order() {
        let ids = [
            OrderId::new(1, 9, 9, 9),
            OrderId::after(1, 0),
            OrderId::after(1, 1),
            OrderId::new(2, 0, 0, 0),
            OrderId::new(2, 0, 0, u16::MAX),
            OrderId::new(2, 0, 1, 0),
            OrderId::new(2, 1, 0, 0),
        ];
        assert!(ids.is_sorted());
        let id = OrderId::new(7, 1, 2, 3);
        assert_eq!((id.height(), id.tx(), id.message(), id.index()), (7, 1, 2, 3));
        assert_eq!(id.to_string(), "7-1-2-3");
        assert!(ids.is_sorted_by_key(|id| id.to_bytes()) && ids.map(|id| OrderId::from_bytes(id.to_bytes())) == ids);
        assert!(id.is_of(7) && !id.is_of(8) && !OrderId::after(7, 0).is_of(7));
    }
}
