//! What proves a snapshot's app hash: the light blocks of its height and of the next one, whose header says it.
//!
//! ```text
//! proof  bytes of the first (4, big-endian) | Tendermint's protobuf LightBlock, twice
//! ```

use seiza_storage::sync::{Base, Parts};
use seiza_types::{AppHash, Certificate, Height, Time};

use super::light::{Light, Step};
use super::light_block::LightBlock;

/// The two light blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// Of the snapshot's height.
    pub block: LightBlock,
    /// Of the next.
    pub next: LightBlock,
}

impl Proof {
    /// Encodes the proof.
    pub fn encode(&self) -> Vec<u8> {
        let block = self.block.encode();
        let length = u32::try_from(block.len()).expect("headers are bounded");
        [&length.to_be_bytes()[..], &block, &self.next.encode()].concat()
    }

    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or("it ends too early")?;
        let (block, next) = rest.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or("it ends too early")?;
        Ok(Self { block: LightBlock::decode(block)?, next: LightBlock::decode(next)? })
    }

    /// The snapshot's height.
    pub fn height(&self) -> Height {
        self.block.height()
    }

    /// The app hash after it, as the next header says.
    ///
    /// # Errors
    /// The header has none of 32 bytes.
    pub fn app_hash(&self) -> Result<AppHash, String> {
        AppHash::try_from(self.next.header().app_hash.as_bytes()).map_err(|_| "an app hash has 32 bytes".into())
    }

    /// Verifies both headers without asking anybody for others: what is trusted has to reach so far.
    ///
    /// # Errors
    /// It does not, or the headers are wrong.
    pub fn verify(&self, light: &mut Light, now: Time) -> Result<(), String> {
        if light.first() == Some(self.height()) {
            light.begin(&self.block, &self.next)?;
        }
        match light.advance(&self.block, &self.next, now) {
            Step::Trusted => light.follows(&self.next, now),
            Step::TooFar => Err(format!(
                "too few of the validators that are trusted signed height {}: name it by --trust-height and --trust-hash",
                self.height()
            )),
            Step::Refused(why) => Err(why),
        }
    }

    /// Checks a base against both headers, and gives it the certificate that the light block has. After this, all of the
    /// base is as the validators signed it.
    ///
    /// # Errors
    /// It is another block, or not all signatures of its certificate are good.
    pub fn check_base(&self, bytes: &[u8]) -> Result<Base, String> {
        let base = Base::decode(bytes).map_err(|error| error.to_string())?;
        base.check(self.next.header()).map_err(|error| error.to_string())?;
        let chain_id = &self.block.header().chain_id;
        let verified = Certificate::verify(&base.certificate, &base.block, chain_id, self.block.validators());
        verified.map_err(|error| error.to_string())?;
        Ok(base)
    }

    /// Whether parts of a snapshot are what this proves.
    ///
    /// # Errors
    /// What is not.
    pub fn check_parts(&self, parts: &Parts) -> Result<(), String> {
        if parts.height != self.height() || parts.app_hash != self.app_hash()? {
            return Err("the proof is of another state".into());
        }
        self.check_base(&parts.base).map(drop)
    }
}
