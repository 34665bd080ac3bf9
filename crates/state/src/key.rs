//! Keys: a store id and the module's own bytes, ordered bytewise, with their hash, in one cache line where they fit.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU8;

use crate::key_hash;

/// Bytes kept inside a key without an allocation, so that a key with its hash is one cache line: an EVM storage key (store,
/// prefix, address, slot) takes all but one.
const KEY_INLINE_BYTES: usize = 55;
/// Words of a short key with its length.
pub(crate) const SHORT_WORDS: usize = 7;

/// One store per module, each with an IAVL tree of its own. The number is the first byte of every key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StoreId {
    /// Accounts, nonces, address links.
    Auth = 1,
    /// Balances, supply, denom metadata.
    Bank = 2,
    /// Contract code and storage.
    Evm = 3,
    /// Base fee and fee parameters.
    FeeMarket = 4,
    /// Validators and delegations.
    Staking = 5,
    /// Reward bookkeeping.
    Distribution = 6,
    /// Liveness and evidence.
    Slashing = 7,
    /// Proposals and votes.
    Gov = 8,
    /// Inflation.
    Mint = 9,
    /// User-made denoms.
    TokenFactory = 10,
    /// Exchange rates.
    Oracle = 11,
    /// Markets, venues, orders.
    Exchange = 12,
    /// CosmWasm contracts.
    Wasm = 13,
    /// Chain parameters and upgrade plans.
    Params = 14,
}

/// Every store, in id order.
pub const STORES: [StoreId; 14] = [
    StoreId::Auth,
    StoreId::Bank,
    StoreId::Evm,
    StoreId::FeeMarket,
    StoreId::Staking,
    StoreId::Distribution,
    StoreId::Slashing,
    StoreId::Gov,
    StoreId::Mint,
    StoreId::TokenFactory,
    StoreId::Oracle,
    StoreId::Exchange,
    StoreId::Wasm,
    StoreId::Params,
];

impl StoreId {
    /// The store with that number.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        STORES.get(usize::from(byte).checked_sub(1)?).copied()
    }

    /// The store's name in proofs and in the app hash: the Cosmos SDK's name where it has one.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auth => "acc",
            Self::Bank => "bank",
            Self::Evm => "evm",
            Self::FeeMarket => "feemarket",
            Self::Staking => "staking",
            Self::Distribution => "distribution",
            Self::Slashing => "slashing",
            Self::Gov => "gov",
            Self::Mint => "mint",
            Self::TokenFactory => "tokenfactory",
            Self::Oracle => "oracle",
            Self::Exchange => "exchange",
            Self::Wasm => "wasm",
            Self::Params => "params",
        }
    }
}

/// A state key: one byte of store id, then the module's bytes. Ordered bytewise, so a store is one contiguous range.
#[derive(Clone)]
pub struct Key {
    /// Computed once, where the key is made: each of the tables that a read goes through asks for it.
    hash: u64,
    bytes: KeyBytes,
}

/// Short keys lie in the key itself.
enum KeyBytes {
    Short(Short),
    Long(Box<[u8]>),
}

/// Padded with zeros: copies and comparisons have a fixed length, no loop, no pointer. The length comes last and is never
/// zero (there is a store byte), so that telling long from short takes no room and the bytes begin at a whole word.
#[derive(Clone, Copy)]
#[repr(C)]
struct Short {
    bytes: [u8; KEY_INLINE_BYTES],
    len: NonZeroU8,
}

impl Short {
    /// All of it, the length as the last byte: what is hashed, and compared for being the same.
    #[inline]
    fn words(&self) -> [u64; SHORT_WORDS] {
        let mut words = [0; SHORT_WORDS];
        let (whole, rest) = self.bytes.as_chunks::<8>();
        for (word, bytes) in words.iter_mut().zip(whole) {
            *word = u64::from_le_bytes(*bytes);
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        last[7] = self.len.get();
        words[SHORT_WORDS - 1] = u64::from_le_bytes(last);
        words
    }
}

impl Key {
    /// A key of `store` from parts that are joined without separators.
    #[must_use]
    #[inline(always)]
    pub fn new(store: StoreId, parts: &[&[u8]]) -> Self {
        let len = 1 + parts.iter().map(|part| part.len()).sum::<usize>();
        if len > KEY_INLINE_BYTES {
            return Self::long(store, parts);
        }
        let mut bytes = [0; KEY_INLINE_BYTES];
        bytes[0] = store as u8;
        let mut at = 1;
        for part in parts {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        let len = NonZeroU8::new(len as u8).expect("there is a store byte");
        let short = Short { bytes, len };
        Self { hash: key_hash::of_short(short.words()), bytes: KeyBytes::Short(short) }
    }

    #[cold]
    fn long(store: StoreId, parts: &[&[u8]]) -> Self {
        let bytes = [&[store as u8], parts.concat().as_slice()].concat();
        Self { hash: key_hash::of_long(&bytes), bytes: KeyBytes::Long(bytes.into()) }
    }

    /// A key from its whole encoding (store byte first); `None` where the store byte is unknown or missing.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let store = StoreId::from_byte(*bytes.first()?)?;
        Some(Self::new(store, &[&bytes[1..]]))
    }

    /// The store this key belongs to.
    #[must_use]
    pub fn store(&self) -> StoreId {
        StoreId::from_byte(self.as_bytes()[0]).expect("every constructor checked the store byte")
    }

    /// The module's own bytes: what the store's IAVL tree is keyed by.
    #[must_use]
    pub fn path(&self) -> &[u8] {
        &self.as_bytes()[1..]
    }

    /// The first key after this one: a zero byte longer.
    #[must_use]
    pub fn successor(&self) -> Self {
        Self::new(self.store(), &[self.path(), &[0]])
    }

    /// Store byte and path: the key's encoding.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// The key's hash: costs nothing to ask for, differs from process to process, and equal keys have the same.
    #[must_use]
    #[inline]
    pub fn hash64(&self) -> u64 {
        self.hash
    }
}

impl KeyBytes {
    #[inline]
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Short(short) => &short.bytes[..usize::from(short.len.get())],
            Self::Long(bytes) => bytes,
        }
    }
}

impl Clone for KeyBytes {
    #[inline]
    fn clone(&self) -> Self {
        match self {
            Self::Short(short) => Self::Short(*short),
            Self::Long(bytes) => Self::Long(bytes.clone()),
        }
    }
}

impl PartialEq for Key {
    /// The hashes tell nearly all different keys apart; equal hashes prove nothing.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
            && match (&self.bytes, &other.bytes) {
                (KeyBytes::Short(short), KeyBytes::Short(other)) => {
                    // A loop over all words is four wide comparisons; comparing arrays would be a call.
                    let different = |(a, b)| a ^ b;
                    short.words().into_iter().zip(other.words()).map(different).fold(0, |all, word| all | word) == 0
                }
                _ => self.as_bytes() == other.as_bytes(),
            }
    }
}

impl Eq for Key {}

impl Ord for Key {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.bytes, &other.bytes) {
            // Padding sorts below every byte but zero; between equal paddings, the shorter is a prefix of the longer.
            (KeyBytes::Short(short), KeyBytes::Short(other)) => {
                short.bytes.cmp(&other.bytes).then(short.len.cmp(&other.len))
            }
            _ => self.as_bytes().cmp(other.as_bytes()),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.store().name(), alloy_primitives::hex::encode(self.path()))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Paths around the lengths and bytes at which keys change their form or carry over.
    pub(crate) fn any_path() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![Just(0u8), Just(1), Just(u8::MAX)];
        prop_oneof![prop::collection::vec(byte.clone(), 0..4), prop::collection::vec(byte, 52..58)]
    }

    proptest! {
        #[test]
        fn keys_compare_as_their_bytes_do(a in any_path(), b in any_path()) {
            let (a, b) = (Key::new(StoreId::Evm, &[&a]), Key::new(StoreId::Evm, &[&a[..a.len() / 2], &b]));
            prop_assert_eq!(a.cmp(&b), a.as_bytes().cmp(b.as_bytes()));
            prop_assert_eq!(a == b, a.as_bytes() == b.as_bytes());
            prop_assert_eq!(a == b, a.hash64() == b.hash64(), "so few keys do not collide");
            prop_assert_eq!(Key::decode(a.as_bytes()), Some(a));
        }
    }
}
