//! How a new node comes by the state, as settings say it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use seiza_types::{B256, Height};

use super::{Count, Sources, field};
use crate::args::NodeFlags;
use crate::failure::Failure;

/// The settings of `[state_sync]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateSyncSettings {
    /// Whether a node without blocks fetches the state.
    pub enabled: bool,
    /// A block that is trusted; `None` begins with the genesis.
    pub trust: Option<(Height, B256)>,
    /// How long validators are held to what they signed.
    pub trust_period: Duration,
    /// Whether peers may fetch the state here.
    pub serve: bool,
    /// Bytes a second that they may; 0 is no bound.
    pub serve_rate: u64,
}

impl StateSyncSettings {
    pub(super) fn resolve(flags: &NodeFlags, sources: &Sources<'_>, unset: &mut Vec<String>) -> Result<Self, Failure> {
        let enabled = sources.pick(flags.state_sync, &field::STATE_SYNC, unset)?;
        let height = sources.pick(flags.trust_height, &field::TRUST_HEIGHT, unset)?.0;
        let hash = sources.pick(flags.trust_hash, &field::TRUST_HASH, unset)?.0;
        let hours = sources.pick::<Count<1, 87_600>>(None, &field::TRUST_PERIOD, unset)?.0;
        Ok(Self {
            enabled,
            trust: trust(height, hash)?,
            trust_period: Duration::from_secs(hours * 3600),
            serve: sources.pick(None, &field::SERVE_SNAPSHOTS, unset)?,
            serve_rate: sources.pick::<Count<0, 100_000>>(None, &field::SERVE_RATE, unset)?.0 * 1_000_000,
        })
    }
}

/// The trusted block: both parts of it or none.
fn trust(height: Height, hash: Option<B256>) -> Result<Option<(Height, B256)>, Failure> {
    match (height, hash) {
        (0, None) => Ok(None),
        (0, Some(_)) => Err(Failure::refused("state_sync.trust_hash is given without state_sync.trust_height")),
        (_, None) => Err(Failure::refused("state_sync.trust_height is given without state_sync.trust_hash")),
        (height, Some(hash)) => Ok(Some((height, hash))),
    }
}

/// A block's hash in hex, or nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlockHash(pub Option<B256>);

impl FromStr for BlockHash {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.trim().trim_start_matches("0x");
        if digits.is_empty() {
            return Ok(Self(None));
        }
        digits.parse().map(|hash| Self(Some(hash))).map_err(|_| format!("{text:?} is no hash: 64 hex digits"))
    }
}

impl fmt::Display for BlockHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |hash| write!(f, "{hash:x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trusted_block_has_height_and_hash() {
        let hash = "ab".repeat(32);
        let read = |text: &str| text.parse::<BlockHash>();
        assert_eq!(read(&hash).unwrap(), read(&format!("0x{}", hash.to_uppercase())).unwrap());
        assert_eq!(read("").unwrap().0, None);
        for text in ["ab", "zz", &"ab".repeat(33)] {
            assert!(read(text).is_err(), "{text}");
        }
        let hash = read(&hash).unwrap().0;
        assert_eq!(trust(0, None).unwrap(), None);
        assert_eq!(trust(5, hash).unwrap(), Some((5, hash.unwrap())));
        assert!(trust(5, None).is_err() && trust(0, hash).is_err());
    }
}
