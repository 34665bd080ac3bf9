//! Who takes part: keys, contracts at fixed addresses, what contracts may create, and those whom everybody reads.

use alloy_primitives::Address;
use rand::Rng;
use rand::rngs::StdRng;
use seiza_chain::modules::fees;
use seiza_types::tx::Signer;

use crate::code::{self, creation, runtime};
use crate::program::program;
use crate::wallet::Wallet;

/// Keys; the first [`LINKED`] have signed before.
pub const USERS: u8 = 14;
pub const LINKED: u8 = 8;
/// Users from here on own little, and the last two nothing but what lies at the cast of their Cosmos address.
pub const POOR: u8 = 10;
pub const CAST_ONLY: u8 = 12;
pub const CONTRACTS: u8 = 8;
pub const CHILDREN: u8 = 4;
pub const SALTS: u8 = 2;
/// The proposer.
pub const COINBASE: Address = Address::repeat_byte(0xcb);
const HOT: Address = Address::repeat_byte(0x77);

/// Somebody with an address.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    Hot,
    User(u8),
    /// The cast of a user's Cosmos address: swept when the user signs for the first time.
    Cast(u8),
    Contract(u8),
    /// What a contract creates by CREATE2: creator, salt, child.
    Child(u8, u8, u8),
    Stranger(u8),
    Collector,
    Coinbase,
    /// One of Ethereum's precompiles, or of ours.
    Precompile(u16),
}

/// All of them, and how much they get into each other's way.
pub struct Cast {
    wallets: Vec<Wallet>,
    signers: Vec<Signer>,
    children: Vec<Vec<u8>>,
    conflict: f64,
}

impl Cast {
    /// The same keys always, other children each time. `conflict` is the share of those whom everybody meets.
    pub fn new(rng: &mut StdRng, conflict: f64) -> Self {
        let wallets: Vec<Wallet> = (1..=USERS).map(Wallet::new).collect();
        let signers = wallets.iter().map(Wallet::signer).collect();
        let mut cast = Self { wallets, signers, children: Vec::new(), conflict };
        for _ in 0..CHILDREN {
            let [constructor, code] = [2, 4].map(|length| program(rng, &cast, length, 0));
            let child = creation(&constructor, &runtime(&code, &cast), &cast);
            cast.children.push(child);
        }
        cast
    }

    pub fn wallet(&self, user: u8) -> &Wallet {
        &self.wallets[usize::from(user)]
    }

    pub fn signer(&self, user: u8) -> &Signer {
        &self.signers[usize::from(user)]
    }

    /// Creation code of a child; none while the children themselves are written.
    pub fn child(&self, child: u8) -> &[u8] {
        self.children.get(usize::from(child)).map_or(&[], Vec::as_slice)
    }

    pub fn address(&self, who: &Who) -> Address {
        match *who {
            Who::Hot => HOT,
            Who::User(user) => self.signer(user).address,
            Who::Cast(user) => self.signer(user).sei.cast(),
            Who::Contract(contract) => Address::repeat_byte(0xc0 + contract),
            Who::Child(creator, salt, child) => {
                code::child_address(self.address(&Who::Contract(creator)), salt, self.child(child))
            }
            Who::Stranger(stranger) => Address::repeat_byte(0x90 + stranger),
            Who::Collector => fees::collector(),
            Who::Coinbase => COINBASE,
            Who::Precompile(number) => Address::left_padding_from(&number.to_be_bytes()),
        }
    }

    pub fn who(&self, rng: &mut StdRng) -> Who {
        if rng.random_bool(self.conflict) {
            return [Who::Hot, Who::User(0), Who::Contract(0)][rng.random_range(0..3)];
        }
        match rng.random_range(0..40) {
            0..3 => Who::Hot,
            3..14 => Who::User(rng.random_range(0..USERS)),
            14..18 => Who::Cast(rng.random_range(0..USERS)),
            18..25 => Who::Contract(rng.random_range(0..CONTRACTS)),
            25..29 => {
                let salt = rng.random_range(0..SALTS);
                Who::Child(rng.random_range(0..CONTRACTS), salt, rng.random_range(0..CHILDREN))
            }
            29..36 => Who::Stranger(rng.random_range(0..8)),
            36 => Who::Collector,
            37 => Who::Coinbase,
            _ => Who::Precompile([1, 2, 4, 0x1001, 0x1003, 0x1004][rng.random_range(0..6)]),
        }
    }

    /// Who sends: with much conflict mostly the same.
    pub fn sender(&self, rng: &mut StdRng) -> u8 {
        if rng.random_bool(self.conflict / 2.0) { 0 } else { rng.random_range(0..USERS) }
    }
}
