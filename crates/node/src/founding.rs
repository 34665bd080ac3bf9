//! How a chain is founded: from flags to a genesis and a validator key, written into a home; and back again.

use std::time::Duration;

use alloy_primitives::U256;
use seiza_chain::modules::bank::{Balance, BankGenesis};
use seiza_chain::modules::fees::FeeParams;
use seiza_chain::{Genesis, GenesisValidator};
use seiza_types::limits::BLOCK_GAS_DEFAULT;
use seiza_types::{Time, USEI, ValidatorKey};
use serde::{Deserialize, Serialize};

use crate::args::ChainFlags;
use crate::clock;
use crate::failure::Failure;
use crate::home::{Home, read, write_public, write_secret};
use crate::keys::{DEVNET_WORDS, Words};
use crate::settings::field::default_file;

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
    genesis: Genesis,
    key: ValidatorKey,
    founders: Founders,
}

impl Founding {
    /// What the flags say, defaults filled in: `accounts` where none is given, and the Cosmos chain id.
    ///
    /// # Errors
    /// Wrong words, no entropy.
    pub fn of(flags: &ChainFlags, accounts: u32, cosmos_chain_id: Option<&str>) -> Result<Self, Failure> {
        let words = Words::parse(flags.mnemonic.as_deref().unwrap_or(DEVNET_WORDS))?;
        let accounts = flags.accounts.map_or(accounts, |count| u32::try_from(count.0).unwrap_or(u32::MAX));
        let founders = Founders { words, accounts, balance: flags.balance.map_or(BALANCE_SEI, |sei| sei.0) };
        let key = new_validator_key()?;
        let evm_chain_id = flags.chain_id.map_or(CHAIN_ID, |id| id.0);
        let base_fee = flags.base_fee.map_or(BASE_FEE_WEI, |price| price.0);
        let genesis = Genesis {
            chain_id: cosmos_chain_id.map_or_else(|| format!("seiza-{evm_chain_id}"), str::to_owned),
            evm_chain_id,
            time: whole_seconds(clock::now()),
            block_gas_max: flags.gas_limit.map_or(BLOCK_GAS_DEFAULT, |gas| gas.0),
            fees: FeeParams { base_fee, base_fee_min: base_fee, ..FeeParams::default() },
            bank: bank(&founders)?,
            validators: vec![GenesisValidator { public_key: key.public_key(), power: 1 }],
        };
        Ok(Self { genesis, key, founders })
    }

    /// Writes all files of the home; the genesis last, so that a home with a genesis is whole.
    ///
    /// # Errors
    /// What the system says; a genesis that cannot found a chain.
    pub fn write(&self, home: &Home) -> Result<(), Failure> {
        Genesis::from_json(&self.genesis.to_json()).map_err(Failure::refused)?;
        home.create()?;
        write_public(&home.config(), default_file().as_bytes())?;
        write_key(home, &self.key)?;
        if self.founders.accounts > 0 {
            write_founders(home, &self.founders)?;
        }
        write_public(&home.genesis(), self.genesis.to_json().as_bytes())
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

fn new_validator_key() -> Result<ValidatorKey, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| Failure::refused(format!("no entropy: {error}")))?;
    Ok(ValidatorKey::from_seed(seed))
}

/// `validator_key.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// Consensus address, to see whose key it is.
    address: String,
    /// The ed25519 seed in hex: secret.
    seed: String,
}

fn write_key(home: &Home, key: &ValidatorKey) -> Result<(), Failure> {
    let seed = alloy_primitives::hex::encode(key.seed());
    let file = KeyFile { address: key.address().to_string(), seed };
    write_secret(&home.validator_key(), &json(&file))
}

/// Reads the validator's key.
///
/// # Errors
/// Missing, half-written, or not the key that its address says.
pub fn read_key(home: &Home) -> Result<ValidatorKey, Failure> {
    let path = home.validator_key();
    let damaged = |why: &dyn std::fmt::Display| {
        Failure::refused(format!("{}: damaged key file: {why}: restore it from your copy", path.display()))
    };
    let file: KeyFile = serde_json::from_str(&read(&path)?).map_err(|error| damaged(&error))?;
    let seed: Option<[u8; 32]> = alloy_primitives::hex::decode(&file.seed).ok().and_then(|seed| seed.try_into().ok());
    let key = ValidatorKey::from_seed(seed.ok_or_else(|| damaged(&"seed is not 64 hex digits"))?);
    if key.address().to_string() != file.address {
        return Err(damaged(&"seed and address do not belong together"));
    }
    Ok(key)
}

/// Reads the founding document.
///
/// # Errors
/// Missing, half-written, wrong.
pub fn read_genesis(home: &Home) -> Result<Genesis, Failure> {
    let path = home.genesis();
    Genesis::from_json(&read(&path)?).map_err(|error| {
        Failure::refused(format!("{}: {error}: restore the file that the chain was founded with", path.display()))
    })
}

/// `devnet.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FoundersFile {
    mnemonic: String,
    accounts: u32,
    balance_sei: u64,
}

fn write_founders(home: &Home, founders: &Founders) -> Result<(), Failure> {
    let Founders { words, accounts, balance } = founders;
    let file = FoundersFile { mnemonic: words.to_string(), accounts: *accounts, balance_sei: *balance };
    write_secret(&home.devnet(), &json(&file))
}

/// Reads who was funded, if the home says so.
///
/// # Errors
/// Half-written.
pub fn read_founders(home: &Home) -> Result<Option<Founders>, Failure> {
    let path = home.devnet();
    if !path.exists() {
        return Ok(None);
    }
    let file: FoundersFile = serde_json::from_str(&read(&path)?).map_err(|error| {
        Failure::refused(format!("{}: {error}: remove it, it only names the funded accounts", path.display()))
    })?;
    Ok(Some(Founders { words: Words::parse(&file.mnemonic)?, accounts: file.accounts, balance: file.balance_sei }))
}

fn json(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("texts and numbers are JSON");
    bytes.push(b'\n');
    bytes
}

/// Refuses flags that contradict the chain a home already holds.
///
/// # Errors
/// Names the first one.
pub fn check_same(flags: &ChainFlags, genesis: &Genesis, founders: Option<&Founders>) -> Result<(), Failure> {
    let words = flags.mnemonic.as_deref().map(Words::parse).transpose()?;
    let table: [(&str, Option<String>, Option<String>); 6] = [
        ("--chain-id", shown(flags.chain_id.map(|id| id.0)), shown(Some(genesis.evm_chain_id))),
        ("--gas-limit", shown(flags.gas_limit.map(|gas| gas.0)), shown(Some(genesis.block_gas_max))),
        ("--base-fee", shown(flags.base_fee.map(|fee| fee.0)), shown(Some(genesis.fees.base_fee))),
        ("--accounts", shown(flags.accounts.map(|n| n.0)), shown(founders.map(|f| u64::from(f.accounts)))),
        ("--balance", shown(flags.balance.map(|sei| sei.0)), shown(founders.map(|f| f.balance))),
        ("--mnemonic", words.map(|_| "other words".into()), founders.map(|_| "its own words".into())),
    ];
    let same_words = words_agree(flags, founders)?;
    let differs = table
        .iter()
        .find(|(flag, asked, has)| asked.is_some() && asked != has && !(*flag == "--mnemonic" && same_words));
    differs.map_or(Ok(()), |(flag, asked, has)| {
        let (asked, has) = (asked.as_deref().unwrap_or_default(), has.as_deref().unwrap_or("nothing of it"));
        Err(Failure::refused(format!(
            "this home's chain was founded with {has}, not {flag} {asked}: leave the flag away, or choose another --home"
        )))
    })
}

fn words_agree(flags: &ChainFlags, founders: Option<&Founders>) -> Result<bool, Failure> {
    let asked = flags.mnemonic.as_deref().map(Words::parse).transpose()?;
    Ok(asked.is_some() && asked.as_ref() == founders.map(|founders| &founders.words))
}

fn shown(number: Option<u64>) -> Option<String> {
    number.map(|number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Count, GasPrice};

    fn founded(flags: &ChainFlags) -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("home"));
        Founding::of(flags, 10, None).unwrap().write(&home).unwrap();
        (folder, home)
    }

    #[test]
    fn what_is_founded_is_read_again() {
        let flags = ChainFlags { chain_id: Some(Count(5)), base_fee: Some(GasPrice(7)), ..ChainFlags::default() };
        let (_folder, home) = founded(&flags);
        let genesis = read_genesis(&home).unwrap();
        assert_eq!((genesis.evm_chain_id, genesis.chain_id.as_str()), (5, "seiza-5"));
        assert_eq!((genesis.fees.base_fee, genesis.fees.base_fee_min), (7, 7));
        assert_eq!(genesis.bank.balances.len(), 10);
        assert_eq!(read_key(&home).unwrap().public_key(), genesis.validators[0].public_key);
        assert_eq!(read_founders(&home).unwrap().unwrap().accounts, 10);
    }

    #[test]
    fn flags_that_contradict_the_home_are_refused() {
        let (_folder, home) = founded(&ChainFlags::default());
        let (genesis, founders) = (read_genesis(&home).unwrap(), read_founders(&home).unwrap());
        let check = |flags: ChainFlags| check_same(&flags, &genesis, founders.as_ref()).map_err(|f| f.to_string());
        let mnemonic = |words: &str| ChainFlags { mnemonic: Some(words.into()), ..ChainFlags::default() };
        let other = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
        assert_eq!(check(ChainFlags::default()), Ok(()));
        assert_eq!(check(mnemonic(DEVNET_WORDS)), Ok(()));
        assert_eq!(check(ChainFlags { chain_id: Some(Count(713_714)), ..ChainFlags::default() }), Ok(()));
        let refused = [
            (ChainFlags { chain_id: Some(Count(1)), ..ChainFlags::default() }, "713714, not --chain-id 1"),
            (ChainFlags { accounts: Some(Count(1)), ..ChainFlags::default() }, "10, not --accounts 1"),
            (mnemonic(other), "its own words, not --mnemonic other words"),
        ];
        for (flags, expected) in refused {
            assert!(check(flags).unwrap_err().contains(expected), "{expected}");
        }
    }

    #[test]
    fn half_written_files_are_named() {
        let (_folder, home) = founded(&ChainFlags::default());
        for path in [home.validator_key(), home.genesis(), home.devnet()] {
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, &text[..text.len() / 2]).unwrap();
        }
        let failures = [
            read_key(&home).err().map(|f| f.to_string()).unwrap(),
            read_genesis(&home).unwrap_err().to_string(),
            read_founders(&home).unwrap_err().to_string(),
        ];
        for (failure, name) in
            failures.iter().zip(["validator_key.json: damaged", "genesis.json: genesis:", "devnet.json:"])
        {
            assert!(failure.contains(name), "{failure}");
        }
    }
}
