//! Keys and values: a key is a store id and the module's own bytes; a value is bytes that are cheap to clone.

use std::fmt;
use std::ops::Bound;

use bytes::Bytes;
use smallvec::SmallVec;

/// Bytes kept inside a key without an allocation: an EVM storage key (store, prefix, address, slot) is 54.
const KEY_INLINE_BYTES: usize = 56;

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
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(SmallVec<[u8; KEY_INLINE_BYTES]>);

impl Key {
    /// A key of `store` from parts that are joined without separators.
    #[must_use]
    pub fn new(store: StoreId, parts: &[&[u8]]) -> Self {
        let mut bytes = SmallVec::new();
        bytes.push(store as u8);
        for part in parts {
            bytes.extend_from_slice(part);
        }
        Self(bytes)
    }

    /// A key from its whole encoding (store byte first); `None` where the store byte is unknown or missing.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        StoreId::from_byte(*bytes.first()?)?;
        Some(Self(SmallVec::from_slice(bytes)))
    }

    /// The store this key belongs to.
    #[must_use]
    pub fn store(&self) -> StoreId {
        StoreId::from_byte(self.0[0]).expect("both constructors checked the store byte")
    }

    /// The module's own bytes: what the store's IAVL tree is keyed by.
    #[must_use]
    pub fn path(&self) -> &[u8] {
        &self.0[1..]
    }

    /// Store byte and path: the key's encoding.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.store().name(), alloy_primitives::hex::encode(self.path()))
    }
}

/// A half-open range of keys, `start <= key < end`; `end` absent means to the end of all stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// First key that may be in the range.
    pub start: Key,
    /// First key after the range.
    pub end: Option<Key>,
}

impl KeyRange {
    /// All keys that begin with `prefix`.
    #[must_use]
    pub fn prefix(prefix: Key) -> Self {
        let mut end = prefix.0.clone();
        while let Some(last) = end.last_mut() {
            if *last < u8::MAX {
                *last += 1;
                return Self { start: prefix, end: Some(Key(end)) };
            }
            end.pop();
        }
        Self { start: prefix, end: None }
    }

    /// All keys of one store.
    #[must_use]
    pub fn store(store: StoreId) -> Self {
        Self::prefix(Key::new(store, &[]))
    }

    /// Whether `key` lies in the range.
    #[must_use]
    pub fn contains(&self, key: &Key) -> bool {
        *key >= self.start && self.end.as_ref().is_none_or(|end| key < end)
    }

    /// The range in the form that `BTreeMap::range` takes.
    #[must_use]
    pub fn bounds(&self) -> (Bound<&Key>, Bound<&Key>) {
        (Bound::Included(&self.start), self.end.as_ref().map_or(Bound::Unbounded, Bound::Excluded))
    }
}

/// A stored value. Cloning shares the bytes.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Value(Bytes);

impl Value {
    /// The value's bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The value as shared bytes.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", alloy_primitives::hex::encode(&self.0))
    }
}

impl std::ops::Deref for Value {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(bytes))
    }
}
