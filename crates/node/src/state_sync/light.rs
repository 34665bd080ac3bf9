//! A light client: headers are believed because validators that are trusted signed them. The rules are those of the
//! `tendermint-light-client-verifier` crate, which verifies headers of Cosmos chains everywhere; here is only the way from
//! what is trusted to what is wanted.

use std::time::Duration;

use seiza_types::{B256, ChainId, Height, Time, ValidatorSet};
use tendermint::{Hash, validator};
use tendermint_light_client_verifier::errors::VerificationErrorDetail;
use tendermint_light_client_verifier::options::Options;
use tendermint_light_client_verifier::types::{TrustThreshold, TrustedBlockState, UntrustedBlockState};
use tendermint_light_client_verifier::{ProdVerifier, Verdict, Verifier as _};

use super::light_block::LightBlock;
use super::trust::Root;

/// How much faster than ours another's clock may be.
const CLOCK_DRIFT: Duration = Duration::from_secs(10);

/// What is trusted of the newest verified header.
#[derive(Debug, Clone)]
struct Trusted {
    height: Height,
    time: Time,
    next: validator::Set,
    next_hash: Hash,
}

/// What became of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is trusted now.
    Trusted,
    /// Too few of the trusted validators signed it: one between has to be verified first.
    TooFar,
    /// Whoever sent it is at fault, or what is trusted is too old.
    Refused(String),
}

/// A light client on its way.
pub struct Light {
    chain_id: ChainId,
    root: Root,
    options: Options,
    trusted: Option<Trusted>,
}

impl Light {
    /// One that trusts `root`, and validators for as long as `period`.
    pub fn new(chain_id: ChainId, root: Root, period: Duration) -> Self {
        let trusted = match &root {
            Root::Genesis { time, validators } => {
                Some(Trusted { height: 0, time: *time, next: validators.to_tendermint(), next_hash: validators.hash() })
            }
            Root::Block { .. } => None,
        };
        let options =
            Options { trust_threshold: TrustThreshold::ONE_THIRD, trusting_period: period, clock_drift: CLOCK_DRIFT };
        Self { chain_id, root, options, trusted }
    }

    /// The height that is to be shown first, where the genesis is not the root; and every wanted one is at least that.
    pub fn first(&self) -> Option<Height> {
        match (&self.root, &self.trusted) {
            (Root::Block { height, .. }, None) => Some(*height),
            _ => None,
        }
    }

    /// The height that is trusted.
    pub fn height(&self) -> Height {
        self.trusted.as_ref().map_or(0, |trusted| trusted.height)
    }

    /// What is to be said where the trusted header is too old to prove anything.
    pub fn expired(&self, now: Time) -> Option<String> {
        let trusted = self.trusted.as_ref()?;
        let age = now.duration_since(trusted.time).unwrap_or_default();
        (age > self.options.trusting_period).then(|| too_old(trusted))
    }

    /// Takes the block that is the root, and the one after it for its validators.
    ///
    /// # Errors
    /// It is another block than the trusted one.
    pub fn begin(&mut self, block: &LightBlock, next: &LightBlock) -> Result<(), String> {
        let Root::Block { height, hash } = &self.root else { return Ok(()) };
        let found = B256::from_slice(block.header().hash().as_bytes());
        if block.height() != *height || found != *hash || block.header().chain_id != self.chain_id {
            return Err(format!("block {height} has hash {found:x}, trusted is {hash:x}"));
        }
        self.trust(block, next)
    }

    /// Verifies a header by what is trusted; the one after it brings the validators that are trusted from then on.
    pub fn advance(&mut self, block: &LightBlock, next: &LightBlock, now: Time) -> Step {
        let Some(trusted) = &self.trusted else { return Step::Refused("nothing is trusted yet".into()) };
        if block.height() == trusted.height {
            return Step::Trusted;
        }
        match self.verdict(trusted, block, Some(&next.validators), now) {
            Step::Trusted => self.trust(block, next).map_or_else(Step::Refused, |()| Step::Trusted),
            other => other,
        }
    }

    /// Verifies the header right after the trusted one, without trusting it.
    ///
    /// # Errors
    /// Whoever sent it is at fault.
    pub fn follows(&self, next: &LightBlock, now: Time) -> Result<(), String> {
        let trusted = self.trusted.as_ref().ok_or("nothing is trusted yet")?;
        if next.height() != trusted.height + 1 {
            return Err(format!("height {} where {} belongs", next.height(), trusted.height + 1));
        }
        match self.verdict(trusted, next, None, now) {
            Step::Trusted => Ok(()),
            Step::TooFar => Err("too few validators signed it".into()),
            Step::Refused(why) => Err(why),
        }
    }

    fn trust(&mut self, block: &LightBlock, next: &LightBlock) -> Result<(), String> {
        let header = block.header();
        if next.validators.hash() != header.next_validators_hash {
            return Err(format!("the validators after height {} are not those that its header names", block.height()));
        }
        self.trusted = Some(Trusted {
            height: block.height(),
            time: header.time,
            next: next.validators.to_tendermint(),
            next_hash: header.next_validators_hash,
        });
        Ok(())
    }

    fn verdict(&self, trusted: &Trusted, block: &LightBlock, next: Option<&ValidatorSet>, now: Time) -> Step {
        let (validators, next) = (block.validators.to_tendermint(), next.map(ValidatorSet::to_tendermint));
        let untrusted = UntrustedBlockState {
            signed_header: &block.signed,
            validators: &validators,
            next_validators: next.as_ref(),
        };
        let Ok(height) = trusted.height.try_into() else { return Step::Refused("a height beyond 63 bits".into()) };
        let state = TrustedBlockState {
            chain_id: &self.chain_id,
            header_time: trusted.time,
            height,
            next_validators: &trusted.next,
            next_validators_hash: trusted.next_hash,
        };
        match ProdVerifier::default().verify_update_header(untrusted, state, &self.options, now) {
            Verdict::Success => Step::Trusted,
            Verdict::NotEnoughTrust(_) => Step::TooFar,
            Verdict::Invalid(why) => Step::Refused(told(&why, trusted)),
        }
    }
}

/// What is wrong, for people.
fn told(why: &VerificationErrorDetail, trusted: &Trusted) -> String {
    match why {
        VerificationErrorDetail::NotWithinTrustPeriod(_) => too_old(trusted),
        other => other.to_string(),
    }
}

fn too_old(trusted: &Trusted) -> String {
    format!(
        "what is trusted, height {} of {}, is older than state_sync.trust_period_hours: name a newer block by \
         state_sync.trust_height and trust_hash",
        trusted.height,
        trusted.time.to_rfc3339()
    )
}
