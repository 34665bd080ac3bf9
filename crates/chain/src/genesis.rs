//! How a chain begins: a JSON file, the same on every node, and the state of height 0 that follows from it.

use std::collections::BTreeSet;

use seiza_modules::bank::{Bank, BankGenesis};
use seiza_modules::exchange::{Exchange, ExchangeGenesis};
use seiza_modules::fees::{self, FeeParams};
use seiza_modules::{BlockInfo, Ctx, GasMeter, Module, Place, validators};
use seiza_state::{Access, Changeset, Empty};
use seiza_storage::GenesisRecord;
use seiza_types::limits::BLOCK_GAS_DEFAULT;
use seiza_types::{B256, Height, Rules, Time, ValidatorSet, ValidatorSetError, ValidatorUpdate};
use seiza_vm::evm;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ChainError;

/// The founding document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// Cosmos chain id.
    pub chain_id: String,
    /// EIP-155 chain id.
    pub evm_chain_id: u64,
    /// Time of height 0, RFC 3339.
    pub time: Time,
    /// Gas of one block.
    #[serde(default = "block_gas_default")]
    pub block_gas_max: u64,
    /// Fee market.
    #[serde(default)]
    pub fees: FeeParams,
    /// Balances; amounts of `usei` are in wei.
    #[serde(default)]
    pub bank: BankGenesis,
    /// The exchange: its parameters, and markets and venues that are there from the start.
    #[serde(default)]
    pub exchange: ExchangeGenesis,
    /// The first validators.
    pub validators: Vec<GenesisValidator>,
    /// Changes of validators that are planned from the beginning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validator_changes: Vec<GenesisValidatorChange>,
}

/// One founding validator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisValidator {
    /// Its ed25519 consensus key.
    pub public_key: tendermint::PublicKey,
    /// Its voting power.
    pub power: u64,
}

/// A planned change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisValidatorChange {
    /// The block that makes it; it takes effect two heights later.
    pub height: Height,
    /// Whose.
    pub public_key: tendermint::PublicKey,
    /// The new voting power; 0 removes.
    pub power: u64,
}

fn block_gas_default() -> u64 {
    BLOCK_GAS_DEFAULT
}

impl Genesis {
    /// Reads the JSON document.
    ///
    /// # Errors
    /// [`ChainError::Genesis`] naming line, column and field, or the balance's index and address.
    pub fn from_json(text: &str) -> Result<Self, ChainError> {
        let genesis: Self = serde_json::from_str(text).map_err(|error| ChainError::Genesis(error.to_string()))?;
        genesis.check()?;
        Ok(genesis)
    }

    /// Writes the JSON document.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a genesis has no maps with keys that are not texts")
    }

    /// The compact JSON document: what storage keeps, and what the chain's identity is computed from.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a genesis has no maps with keys that are not texts")
    }

    /// What storage keeps of it: the document, and the state of height 0.
    ///
    /// # Errors
    /// As [`Genesis::state`].
    pub fn stored(&self) -> Result<(GenesisRecord, Changeset), ChainError> {
        Ok((GenesisRecord { time: self.time, meta: self.to_bytes().into() }, self.state()?))
    }

    /// SHA-256 of the compact JSON: two nodes with the same hash found the same chain.
    #[must_use]
    pub fn hash(&self) -> B256 {
        Self::hash_bytes(&self.to_bytes())
    }

    pub(crate) fn hash_bytes(document: &[u8]) -> B256 {
        B256::new(Sha256::digest(document).into())
    }

    /// The stateless rules of the chain.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules { block_gas_max: self.block_gas_max, ..Rules::new(self.evm_chain_id, self.chain_id.clone()) }
    }

    /// The founding validators.
    ///
    /// # Errors
    /// Those of [`ValidatorSet::new`]: none of a genesis that was read.
    pub fn validator_set(&self) -> Result<ValidatorSet, ValidatorSetError> {
        let update =
            |validator: &GenesisValidator| ValidatorUpdate { public_key: validator.public_key, power: validator.power };
        ValidatorSet::new(&self.validators.iter().map(update).collect::<Vec<_>>())
    }

    /// Changes that the block at `height` makes.
    #[must_use]
    pub fn validator_updates(&self, height: Height) -> Vec<ValidatorUpdate> {
        let planned = self.validator_changes.iter().filter(|change| change.height == height);
        planned.map(|change| ValidatorUpdate { public_key: change.public_key, power: change.power }).collect()
    }

    /// Tries all planned changes out, so that none can fail when its block comes.
    fn check_validators(&self) -> Result<(), ValidatorSetError> {
        let mut set = self.validator_set()?;
        let heights: BTreeSet<Height> = self.validator_changes.iter().map(|change| change.height).collect();
        for height in heights {
            set = set.updated(&self.validator_updates(height))?;
        }
        Ok(())
    }

    fn check(&self) -> Result<(), ChainError> {
        let wrong = |text: &str| Err(ChainError::Genesis(text.to_owned()));
        if tendermint::chain::Id::try_from(self.chain_id.as_str()).is_err() {
            return wrong("chain_id: 1 to 50 letters, digits, - _ .");
        }
        if self.evm_chain_id == 0 || self.block_gas_max < 21_000 {
            return wrong("evm_chain_id is at least 1 and block_gas_max at least 21000");
        }
        if self.fees.base_fee_min > self.fees.base_fee_max || self.fees.elasticity == 0 || self.fees.denominator == 0 {
            return wrong("fees: base_fee_min is at most base_fee_max, elasticity and denominator are at least 1");
        }
        if self.validators.is_empty() || self.validators.iter().any(|v| v.power == 0 || v.power > u64::from(u32::MAX)) {
            return wrong("validators: at least one, each with a power from 1 to 4294967295");
        }
        if self.validator_changes.iter().any(|change| change.height == 0) {
            return wrong("validator_changes: the first block that can make a change is 1");
        }
        self.check_validators().map_err(|error| ChainError::Genesis(format!("validators: {error}")))?;
        self.exchange.check().map_err(ChainError::Genesis)?;
        self.bank.check().map_err(ChainError::Genesis)
    }

    /// The state of height 0.
    ///
    /// # Errors
    /// [`ChainError::Genesis`] where a module refuses its part.
    pub fn state(&self) -> Result<Changeset, ChainError> {
        let mut access = Access::unrecorded(&Empty);
        let block = BlockInfo {
            height: 0,
            timestamp: u64::try_from(self.time.unix_timestamp()).unwrap_or(0),
            nanos: 0,
            evm_chain_id: self.evm_chain_id,
        };
        let (mut gas, mut events) = (GasMeter::new(u64::MAX), Vec::new());
        let place = Place::default();
        let mut ctx = Ctx { state: &mut access, block: &block, place, gas: &mut gas, events: &mut events };
        Bank::init_genesis(&mut ctx, &self.bank).map_err(|error| ChainError::Genesis(error.to_string()))?;
        Exchange::init_genesis(&mut ctx, &self.exchange).map_err(|error| ChainError::Genesis(error.to_string()))?;
        fees::set_base_fee(ctx.state, self.fees.base_fee.clamp(self.fees.base_fee_min, self.fees.base_fee_max));
        evm::init_genesis(ctx.state);
        let first = self.validator_set().map_err(|error| ChainError::Genesis(error.to_string()))?;
        validators::init(ctx.state, &first);
        let mut changes = Changeset::default();
        changes.absorb(access.finish().1, &Empty)?;
        Ok(changes)
    }
}
