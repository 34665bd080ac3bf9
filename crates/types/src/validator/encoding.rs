//! A set as bytes: CometBFT's protobuf `ValidatorSet`, as its state store keeps it.

use tendermint::{account, validator};
use tendermint_proto::Protobuf;
use tendermint_proto::v0_38::types::ValidatorSet as RawSet;

use super::{Inner, TOTAL_POWER_MAX, VALIDATORS_MAX, Validator, ValidatorSet};

/// Why bytes are no set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("validator set does not decode: {0}")]
pub struct ValidatorSetDecodeError(String);

impl ValidatorSet {
    /// Encodes validators, priorities and proposer.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        Protobuf::<RawSet>::encode_vec(self.to_tendermint())
    }

    /// Decodes what [`ValidatorSet::encode`] made.
    ///
    /// # Errors
    /// Malformed bytes, an empty or oversized set, no proposer, a wrong order.
    pub fn decode(bytes: &[u8]) -> Result<Self, ValidatorSetDecodeError> {
        let wrong = |text: &str| ValidatorSetDecodeError(text.to_owned());
        let raw = <RawSet as prost::Message>::decode(bytes).map_err(|error| wrong(&error.to_string()))?;
        if raw.validators.is_empty() || raw.validators.len() > VALIDATORS_MAX {
            return Err(wrong("validators: 1 to 10000"));
        }
        let proposer = raw.proposer.clone().ok_or_else(|| wrong("proposer is missing"))?;
        let proposer = info(proposer).map_err(|error| wrong(&error))?.address;
        let validators = raw.validators.into_iter().map(|raw| info(raw).map(validator));
        let validators = validators.collect::<Result<Vec<_>, _>>().map_err(|error| wrong(&error))?;
        whole(validators, proposer).map_err(wrong)
    }
}

fn info(raw: tendermint_proto::v0_38::types::Validator) -> Result<validator::Info, String> {
    validator::Info::try_from(raw).map_err(|error| error.to_string())
}

fn validator(info: validator::Info) -> Validator {
    Validator {
        public_key: info.pub_key,
        address: info.address,
        power: info.power.value(),
        priority: info.proposer_priority.value(),
    }
}

fn whole(validators: Vec<Validator>, proposer: account::Id) -> Result<ValidatorSet, &'static str> {
    let total = validators.iter().map(|validator| validator.power).fold(0, u64::saturating_add);
    if total > TOTAL_POWER_MAX || validators.iter().any(|validator| validator.power == 0) {
        return Err("power: each at least 1, all together below 2^60");
    }
    if validators.iter().any(|validator| account::Id::from(validator.public_key) != validator.address) {
        return Err("address: not that of the key");
    }
    let rank = |validator: &Validator| (std::cmp::Reverse(validator.power), validator.address);
    if !validators.is_sorted_by(|a, b| rank(a) < rank(b)) {
        return Err("validators: by power, then address, each once");
    }
    if !validators.iter().any(|validator| validator.address == proposer) {
        return Err("proposer: one of the set");
    }
    Ok(ValidatorSet::of(Inner { validators, total, proposer }))
}
