//! Header, commit and validators of one height, as they travel.

use prost::Message as _;
use seiza_types::{Certificate, Header, Height, ValidatorSet};
use tendermint::block::signed_header::SignedHeader;
use tendermint_proto::v0_38::types::{LightBlock as RawLightBlock, ValidatorSet as RawSet};

use super::limits::LIGHT_BYTES_MAX;

/// Header, commit and validators of one height: Tendermint's `LightBlock`.
#[derive(Debug, Clone, PartialEq)]
pub struct LightBlock {
    pub(super) signed: SignedHeader,
    pub(super) validators: ValidatorSet,
}

impl LightBlock {
    /// Of these parts; `None` where header and commit are of different heights.
    pub fn new(header: Header, certificate: &Certificate, validators: ValidatorSet) -> Option<Self> {
        Some(Self { signed: SignedHeader::new(header, certificate.0.clone()).ok()?, validators })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.signed.header
    }

    /// The validators of the height.
    pub fn validators(&self) -> &ValidatorSet {
        &self.validators
    }

    /// The height.
    pub fn height(&self) -> Height {
        self.signed.header.height.value()
    }

    /// Tendermint's protobuf.
    pub fn encode(&self) -> Vec<u8> {
        let validators = RawSet::decode(&*self.validators.encode()).expect("what was just encoded decodes");
        RawLightBlock { signed_header: Some(self.signed.clone().into()), validator_set: Some(validators) }
            .encode_to_vec()
    }

    /// Reads it. Nothing is proved by that.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > LIGHT_BYTES_MAX {
            return Err(format!("a header with {} bytes", bytes.len()));
        }
        let raw = RawLightBlock::decode(bytes).map_err(|error| error.to_string())?;
        let signed = raw.signed_header.ok_or("the header is missing")?;
        let validators = raw.validator_set.ok_or("the validators are missing")?;
        let validators = ValidatorSet::decode(&validators.encode_to_vec()).map_err(|error| error.to_string())?;
        let signed = SignedHeader::try_from(signed).map_err(|error| error.to_string())?;
        Ok(Self { signed, validators })
    }
}
