//! Markets and venues: what is asked for, and what is kept of them.

use super::{MarketId, VenueId};
use crate::wire::{wire_enum, wire_record};
use crate::{Address, Denom};

/// A wish for a market. Amounts are in the denoms' own units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterMarket {
    /// What is traded.
    pub base: Denom,
    /// What it is paid in.
    pub quote: Denom,
    /// A whole base coin is 10 to this many base units: what a price is for.
    pub base_decimals: u8,
    /// A whole quote coin is 10 to this many quote units; for displays only.
    pub quote_decimals: u8,
    /// Step of prices, quote units for one whole base coin.
    pub tick: u128,
    /// Step of quantities, base units. `tick * lot` is a multiple of 10^base_decimals.
    pub lot: u128,
    /// Smallest order, quote units.
    pub min_notional: u128,
    /// What makers pay, millionths of what they receive.
    pub maker_fee_ppm: u32,
    /// What takers pay, millionths of what they receive.
    pub taker_fee_ppm: u32,
}

/// A wish for a venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterVenue {
    /// What people call it: 1 to 32 printable ASCII characters.
    pub name: String,
    /// Its own fee on top, hundredths of a per cent of what its users receive.
    pub fee_bps: u16,
    /// Who is paid that.
    pub fee_recipient: Address,
    /// A contract that is told of settlements, if there is one.
    pub callback: Option<Address>,
    /// Most gas that one call-back may use.
    pub callback_gas: u64,
}

/// Whether a market trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarketStatus {
    /// It does.
    Active,
    /// It takes cancellations and no orders, and does not match.
    Halted,
    /// It is over: all orders are given back, some each block.
    Delisted,
}

wire_enum!(MarketStatus { Active = 1, Halted = 2, Delisted = 3 });

impl MarketStatus {
    /// `active`, `halted` or `delisted`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Halted => "halted",
            Self::Delisted => "delisted",
        }
    }
}

wire_record! {
    /// A listed market.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Market {
        /// Its number.
        pub id: MarketId,
        /// What is traded.
        pub base: Denom,
        /// What it is paid in.
        pub quote: Denom,
        /// A whole base coin is 10 to this many base units.
        pub base_decimals: u8,
        /// A whole quote coin is 10 to this many quote units.
        pub quote_decimals: u8,
        /// Step of prices, quote units for one whole base coin.
        pub tick: u128,
        /// Step of quantities, base units.
        pub lot: u128,
        /// Smallest order, quote units.
        pub min_notional: u128,
        /// What makers pay, millionths of what they receive.
        pub maker_fee_ppm: u32,
        /// What takers pay, millionths of what they receive.
        pub taker_fee_ppm: u32,
        /// Whether it trades.
        pub status: MarketStatus,
        /// Who listed it, and gets the deposit back.
        pub creator: Address,
        /// What was deposited, in usei.
        pub deposit: u128,
    }
}

wire_record! {
    /// A registered venue.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Venue {
        /// Its number.
        pub id: VenueId,
        /// Who registered it.
        pub owner: Address,
        /// What people call it.
        pub name: String,
        /// Its own fee on top, hundredths of a per cent of what its users receive.
        pub fee_bps: u16,
        /// Who is paid that.
        pub fee_recipient: Address,
        /// The contract that is told of settlements.
        pub callback: Option<Address>,
        /// Most gas that one call-back may use.
        pub callback_gas: u64,
    }
}
