//! What became of a settlement call-back.

use alloy_primitives::Log;

use super::{MarketId, VenueId};
use crate::{Address, Event};

/// A venue's contract was to be told of its fills at the end of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenueCall {
    /// Which venue.
    pub venue: VenueId,
    /// In which market its orders were filled.
    pub market: MarketId,
    /// Its contract.
    pub contract: Address,
    /// Whether it ran to its end. If not, it changed nothing but what it paid for gas.
    pub ok: bool,
    /// Gas that it paid for; 0 where it was not called at all, for want of funds or of room in the block.
    pub gas_used: u64,
    /// EVM logs; none where it failed.
    pub logs: Vec<Log>,
    /// Native events; none where it failed.
    pub events: Vec<Event>,
}
