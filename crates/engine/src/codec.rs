//! How the engine's messages are written: one version byte, then Borsh. Lengths are bounded before anything is read, every
//! message has one encoding, and arbitrary bytes give an error.

use borsh::{BorshDeserialize, BorshSerialize, io};
use bytes::Bytes;
use malachitebft_app::types::streaming::StreamMessage;
use malachitebft_codec::{Codec as Encode, HasEncodedLen};
use malachitebft_core_consensus::{LivenessMsg, ProposedValue, SignedConsensusMsg};
use malachitebft_core_types::{ExtendedCommitCertificate, ExtendedCommitSignature};
use malachitebft_core_types::{PolkaCertificate, Round, ValidatorProof};
use malachitebft_sync::{RawDecidedValue, Request, Response, Status, ValueResponse};

use crate::context::{Address, Height, Part, Seiza, Value, round_number};
pub use crate::frame::CodecError;
use crate::frame::Kind;
use crate::limits::{CERTIFICATE_BYTES, PART_BYTES, SIGNED_BYTES, SMALL_BYTES, SYNC_RESPONSE_BYTES};
use crate::scheme::Signature;

/// The codec of the log, of consensus messages and of sync.
#[derive(Clone, Copy, Debug, Default)]
pub struct Codec;

macro_rules! borsh_codec {
    ($($message:ty: $what:literal, $limit:expr;)*) => {$(
        impl Encode<$message> for Codec {
            type Error = CodecError;

            fn decode(&self, bytes: Bytes) -> Result<$message, CodecError> {
                Kind { what: $what, limit: $limit }.decode(&bytes)
            }

            fn encode(&self, message: &$message) -> Result<Bytes, CodecError> {
                Kind { what: $what, limit: $limit }.encode(message)
            }
        }
    )*};
}

borsh_codec! {
    SignedConsensusMsg<Seiza>: "vote or proposal", SIGNED_BYTES;
    LivenessMsg<Seiza>: "liveness message", CERTIFICATE_BYTES;
    PolkaCertificate<Seiza>: "polka certificate", CERTIFICATE_BYTES;
    ProposedValue<Seiza>: "proposed value", SMALL_BYTES;
    Part: "proposal part", PART_BYTES;
    StreamMessage<Part>: "proposal stream", PART_BYTES;
    Status<Seiza>: "sync status", SMALL_BYTES;
    Request<Seiza>: "sync request", SMALL_BYTES;
}

impl BorshSerialize for Part {
    fn serialize<W: io::Write>(&self, writer: &mut W) -> io::Result<()> {
        self.0.as_ref().serialize(writer)
    }
}

impl BorshDeserialize for Part {
    fn deserialize_reader<R: io::Read>(reader: &mut R) -> io::Result<Self> {
        Vec::deserialize_reader(reader).map(|bytes| Self(bytes.into()))
    }
}

/// A validator proof as it travels.
#[derive(BorshSerialize, BorshDeserialize)]
struct Proof {
    public_key: Vec<u8>,
    peer_id: Vec<u8>,
    signature: Signature,
}

const PROOF: Kind = Kind { what: "validator proof", limit: SMALL_BYTES };

impl Encode<ValidatorProof<Seiza>> for Codec {
    type Error = CodecError;

    fn decode(&self, bytes: Bytes) -> Result<ValidatorProof<Seiza>, CodecError> {
        PROOF
            .decode(&bytes)
            .map(|Proof { public_key, peer_id, signature }| ValidatorProof::new(public_key, peer_id, signature))
    }

    fn encode(&self, proof: &ValidatorProof<Seiza>) -> Result<Bytes, CodecError> {
        let ValidatorProof { public_key, peer_id, signature } = proof.clone();
        PROOF.encode(&Proof { public_key, peer_id, signature })
    }
}

/// A decided value as it travels: block, then certificate without extensions.
#[derive(BorshSerialize, BorshDeserialize)]
struct Decided {
    bytes: Vec<u8>,
    height: Height,
    round: u32,
    value: Value,
    signatures: Vec<(Address, Signature)>,
}

impl From<&RawDecidedValue<Seiza>> for Decided {
    fn from(raw: &RawDecidedValue<Seiza>) -> Self {
        let certificate = &raw.certificate;
        Self {
            bytes: raw.value_bytes.to_vec(),
            height: certificate.height,
            round: round_number(certificate.round),
            value: certificate.value_id,
            signatures: certificate.commit_signatures.iter().map(|one| (one.address, one.signature)).collect(),
        }
    }
}

impl From<Decided> for RawDecidedValue<Seiza> {
    fn from(decided: Decided) -> Self {
        let signed = |(address, signature)| ExtendedCommitSignature::new(address, signature, None);
        let certificate = ExtendedCommitCertificate {
            height: decided.height,
            round: Round::new(decided.round),
            value_id: decided.value,
            commit_signatures: decided.signatures.into_iter().map(signed).collect(),
        };
        Self::new(decided.bytes.into(), certificate)
    }
}

const RESPONSE: Kind = Kind { what: "sync response", limit: SYNC_RESPONSE_BYTES + SMALL_BYTES };

impl Encode<Response<Seiza>> for Codec {
    type Error = CodecError;

    fn decode(&self, bytes: Bytes) -> Result<Response<Seiza>, CodecError> {
        let (start, values): (Height, Vec<Decided>) = RESPONSE.decode(&bytes)?;
        Ok(Response::ValueResponse(ValueResponse::new(start, values.into_iter().map(Into::into).collect())))
    }

    fn encode(&self, response: &Response<Seiza>) -> Result<Bytes, CodecError> {
        let Response::ValueResponse(response) = response;
        let values: Vec<Decided> = response.values.iter().map(Into::into).collect();
        RESPONSE.encode(&(response.start_height, values))
    }
}

impl HasEncodedLen<Response<Seiza>> for Codec {
    fn encoded_len(&self, response: &Response<Seiza>) -> Result<usize, CodecError> {
        let Response::ValueResponse(response) = response;
        // Version, start and count; then each value's bytes, height, round, value and signatures, with two counts.
        let signatures = |raw: &RawDecidedValue<Seiza>| raw.certificate.commit_signatures.len() * (20 + 64);
        let one = |raw: &RawDecidedValue<Seiza>| 4 + raw.value_bytes.len() + 8 + 4 + 40 + 4 + signatures(raw);
        Ok(1 + 8 + 4 + response.values.iter().map(one).sum::<usize>())
    }
}
