//! Subscription and filter ids as geth has them: 16 random bytes in hex, which nobody else can guess.

use jsonrpsee::core::traits::IdProvider;
use jsonrpsee::types::SubscriptionId;

/// Hands out random hex ids.
#[derive(Debug)]
pub(super) struct HexIds;

impl IdProvider for HexIds {
    fn next_id(&self) -> SubscriptionId<'static> {
        SubscriptionId::Str(random_hex().into())
    }
}

/// A fresh id, `0x` and 32 hex digits.
pub(crate) fn random_hex() -> String {
    let bytes: [u8; 16] = alloy_primitives::B128::random().0;
    alloy_primitives::hex::encode_prefixed(bytes)
}
