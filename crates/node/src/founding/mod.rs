//! How a chain is founded: from flags to a genesis and a validator key, written into a home; and back again.

mod files;
mod market;
mod network;
mod node_key;
mod same;
#[cfg(test)]
mod tests;

use std::time::Duration;

use alloy_primitives::U256;
use seiza_chain::modules::bank::{Balance, BankGenesis};
use seiza_chain::modules::fees::FeeParams;
use seiza_chain::{Genesis, GenesisValidator};
use seiza_types::limits::BLOCK_GAS_DEFAULT;
use seiza_types::{Time, USEI, ValidatorKey};

use crate::args::ChainFlags;
use crate::clock;
use crate::failure::Failure;
use crate::home::{Home, write_public};
use crate::keys::{DEVNET_WORDS, Words};
use crate::settings::document::file_with;
use crate::settings::field::Field;

pub use files::{read_founders, read_genesis, read_key};
pub use network::{Ports, Seat, name, write_network};
pub use node_key::NodeKey;
pub use same::check_same;

/// Chain id of a chain that nobody named (SEI-FACTS 1).
const CHAIN_ID: u64 = 713_714;
const BALANCE_SEI: u64 = 10_000;
const WEI_PER_SEI: u64 = 1_000_000_000_000_000_000;
const BASE_FEE_WEI: u64 = 1_000_000_000;

/// The accounts that a chain was founded with, and the words they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founders {
    /// Their words.
    pub words: Words,
    /// How many are funded.
    pub accounts: u32,
    /// SEI each got.
    pub balance: u64,
}

/// A chain about to be founded.
pub struct Founding {
    /// Its document.
    pub genesis: Genesis,
    /// The keys of its validators, in the document's order.
    pub keys: Vec<ValidatorKey>,
    /// Who is funded.
    pub founders: Founders,
}

impl Founding {
    /// What the flags say, for a chain of one validator: as [`Founding::shared`].
    ///
    /// # Errors
    /// As [`Founding::shared`].
    pub fn of(flags: &ChainFlags, accounts: u32, cosmos_chain_id: Option<&str>) -> Result<Self, Failure> {
        Self::shared(flags, accounts, cosmos_chain_id, 1)
    }

    /// What the flags say, defaults filled in: `accounts` where none is given, and the Cosmos chain id. The chain has so many
    /// validators with new keys and a power of 1 each.
    ///
    /// # Errors
    /// Wrong words, no entropy, a genesis that cannot found a chain.
    pub fn shared(
        flags: &ChainFlags,
        accounts: u32,
        cosmos_chain_id: Option<&str>,
        validators: usize,
    ) -> Result<Self, Failure> {
        let words = Words::parse(flags.mnemonic.as_deref().unwrap_or(DEVNET_WORDS))?;
        let accounts = flags.accounts.map_or(accounts, |count| u32::try_from(count.0).unwrap_or(u32::MAX));
        let founders = Founders { words, accounts, balance: flags.balance.map_or(BALANCE_SEI, |sei| sei.0) };
        let keys = (0..validators).map(|_| new_validator_key()).collect::<Result<Vec<_>, _>>()?;
        let evm_chain_id = flags.chain_id.map_or(CHAIN_ID, |id| id.0);
        let base_fee = flags.base_fee.map_or(BASE_FEE_WEI, |price| price.0);
        let genesis = Genesis {
            chain_id: cosmos_chain_id.map_or_else(|| format!("seiza-{evm_chain_id}"), str::to_owned),
            evm_chain_id,
            time: whole_seconds(clock::now()),
            block_gas_max: flags.gas_limit.map_or(BLOCK_GAS_DEFAULT, |gas| gas.0),
            fees: FeeParams { base_fee, base_fee_min: base_fee, ..FeeParams::default() },
            bank: bank(&founders)?,
            exchange: Default::default(),
            validators: keys.iter().map(|key| GenesisValidator { public_key: key.public_key(), power: 1 }).collect(),
            validator_changes: Vec::new(),
        };
        Genesis::from_json(&genesis.to_json()).map_err(Failure::refused)?;
        Ok(Self { genesis, keys, founders })
    }

    /// Writes the home of the one validator, with the default settings.
    ///
    /// # Errors
    /// As [`Founding::write_with`].
    #[cfg(test)]
    pub fn write(&self, home: &Home) -> Result<(), Failure> {
        self.write_with(home, &[])
    }

    /// Writes the home of the one validator, with other settings than the defaults where `settings` says so.
    ///
    /// # Errors
    /// What the system says; no entropy.
    pub fn write_with(&self, home: &Home, settings: &[(&Field, String)]) -> Result<(), Failure> {
        home.create()?;
        if self.founders.accounts > 0 {
            files::write_founders(home, &self.founders)?;
        }
        let document = self.document();
        Files { document: &document, settings, validator: &self.keys[0], node: &NodeKey::generate()? }.write(home)
    }

    /// The text of genesis.json.
    pub fn document(&self) -> String {
        format!("{}\n", self.genesis.to_json())
    }
}

/// What the files of one home hold.
pub struct Files<'a> {
    /// The text of genesis.json.
    pub document: &'a str,
    /// Settings that are not the defaults.
    pub settings: &'a [(&'a Field, String)],
    /// The key that signs blocks, where the chain knows it.
    pub validator: &'a ValidatorKey,
    /// The key that peers know.
    pub node: &'a NodeKey,
}

impl Files<'_> {
    /// Writes them all; the genesis last, so that a home with a genesis is whole.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, home: &Home) -> Result<(), Failure> {
        home.create()?;
        write_public(&home.config(), file_with(self.settings).as_bytes())?;
        files::write_key(home, self.validator)?;
        self.node.write(home)?;
        write_public(&home.genesis(), self.document.as_bytes())
    }
}

fn bank(founders: &Founders) -> Result<BankGenesis, Failure> {
    let amount = U256::from(founders.balance) * U256::from(WEI_PER_SEI);
    let accounts = founders.words.accounts(founders.accounts)?;
    let balance = |address| Balance { address, denom: USEI.into(), amount };
    Ok(BankGenesis { balances: accounts.iter().map(|account| balance(account.address())).collect() })
}

/// Genesis time without a fraction, so that JSON and people agree on it.
fn whole_seconds(time: Time) -> Time {
    let fraction = time.duration_since(Time::unix_epoch()).map_or(0, |since| since.subsec_nanos());
    (time - Duration::from_nanos(u64::from(fraction))).unwrap_or(time)
}

/// A new key for a validator.
///
/// # Errors
/// No entropy.
pub fn new_validator_key() -> Result<ValidatorKey, Failure> {
    files::random_seed().map(ValidatorKey::from_seed)
}
