//! The stores: one a module, each a contiguous range of keys with a commitment of its own.

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

/// A set of stores: one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stores(u16);

impl Stores {
    /// The stores with these numbers, both included.
    #[must_use]
    pub fn between(first: u8, last: u8) -> Self {
        let of = STORES.into_iter().filter(|store| (first..=last).contains(&(*store as u8)));
        of.fold(Self::default(), Self::and)
    }

    /// With one more store.
    #[must_use]
    #[inline]
    pub fn and(self, store: StoreId) -> Self {
        Self(self.0 | 1 << store as u8)
    }

    /// Whether a store is in both.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

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
