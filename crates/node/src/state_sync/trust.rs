//! What a node believes before anybody has told it anything.

use std::time::Duration;

use seiza_chain::Genesis;
use seiza_types::{B256, Height, Time, ValidatorSet};

/// What a node trusts.
#[derive(Debug, Clone, Copy)]
pub struct Trust {
    /// A block of the chain; `None` trusts the genesis.
    pub block: Option<(Height, B256)>,
    /// How long validators are held to what they signed.
    pub period: Duration,
}

/// Where trust begins.
#[derive(Debug, Clone)]
pub enum Root {
    /// The validators of the genesis.
    Genesis {
        /// When the chain began.
        time: Time,
        /// The first validators.
        validators: ValidatorSet,
    },
    /// A block that somebody vouches for.
    Block {
        /// Its height.
        height: Height,
        /// Its hash.
        hash: B256,
    },
}

impl Root {
    /// What the settings name, or the genesis.
    ///
    /// # Errors
    /// None of a genesis that was read.
    pub fn of(genesis: &Genesis, trust: Option<(Height, B256)>) -> Result<Self, String> {
        match trust {
            Some((height, hash)) => Ok(Self::Block { height, hash }),
            None => {
                let validators = genesis.validator_set().map_err(|error| error.to_string())?;
                Ok(Self::Genesis { time: genesis.time, validators })
            }
        }
    }
}
