//! Bounds and prices of work in module exchange. All nodes need the same.

/// Orders that one cancellation of all cancels at most, the oldest first; whoever has more asks again.
pub(super) const CANCEL_ALL_MAX: usize = 1_024;
/// Orders that a delisted market gives back in one block.
pub(super) const DELIST_ORDERS: usize = 1_024;
/// A fee of makers or takers, in millionths.
pub(super) const FEE_PPM_MAX: u32 = 50_000;
/// A venue's fee, in hundredths of a per cent.
pub(super) const VENUE_FEE_BPS_MAX: u16 = 100;
/// Decimals of a market's coins.
pub(super) const DECIMALS_MAX: u8 = 30;
/// Markets that genesis can name as prices of the native coin.
pub(super) const FEE_MARKETS_MAX: usize = 16;
/// Of a fee in the native coin this is paid, in hundredths.
pub(super) const NATIVE_FEE_PERCENT: u128 = 75;

/// Gas of a message or call to the exchange, whatever it holds.
pub(super) const MESSAGE_GAS: u64 = 5_000;
/// Gas of an order: its way in, its place in the book and its way out.
pub(super) const ORDER_GAS: u64 = 2_000;
/// Gas of a cancellation, and of each order that a cancellation of all finds.
pub(super) const CANCEL_GAS: u64 = 1_000;
/// Gas of listing a market or registering a venue.
pub(super) const REGISTER_GAS: u64 = 100_000;
/// Gas of changing a market's status.
pub(super) const STATUS_GAS: u64 = 20_000;
