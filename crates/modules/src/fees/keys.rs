//! Every key of module fees.
//!
//! | key | value |
//! |---|---|
//! | `0x01` | base fee of the next block, wei per gas (8, big-endian) |

use seiza_state::{Key, StoreId};

/// The base fee of the next block.
#[must_use]
pub fn base_fee() -> Key {
    Key::new(StoreId::FeeMarket, &[&[0x01]])
}
