//! What two nodes say of themselves before anything else, and how they refuse each other.

use seiza_types::B256;

use super::{Reader, VERSION, WireError, put_count};
use crate::limits::{CHAIN_ID_BYTES_MAX, MONIKER_BYTES_MAX, REASON_BYTES_MAX};

/// What a node says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The chain that it follows.
    pub chain_id: String,
    /// Hash of its genesis document.
    pub genesis_hash: B256,
    /// Height of its head.
    pub height: u64,
    /// Its name, for people.
    pub moniker: String,
    /// TCP port where it accepts peers of this protocol.
    pub port: u16,
    /// TCP port of its consensus engine.
    pub consensus_port: u16,
    /// That it holds a validator's key.
    pub proof: Option<Proof>,
}

/// A validator's signature over the peer id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The validator's ed25519 public key.
    pub public_key: [u8; 32],
    /// Over a domain, the chain id, the genesis hash and the peer id (`docs/spec/network.md`).
    pub signature: [u8; 64],
}

/// The field of a hello that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Protocol version.
    Version,
    /// Chain id.
    ChainId,
    /// Genesis hash.
    Genesis,
    /// The validator's proof.
    Proof,
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Version => "protocol version",
            Self::ChainId => "chain id",
            Self::Genesis => "genesis hash",
            Self::Proof => "validator proof",
        })
    }
}

/// Why one node does not talk with another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct Refusal {
    /// The field that does not fit.
    pub field: Field,
    /// Both values, for people.
    pub reason: String,
}

impl Hello {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&VERSION.to_be_bytes());
        put_text(out, &self.chain_id);
        out.extend_from_slice(self.genesis_hash.as_slice());
        out.extend_from_slice(&self.height.to_be_bytes());
        put_text(out, &self.moniker);
        out.extend_from_slice(&self.port.to_be_bytes());
        out.extend_from_slice(&self.consensus_port.to_be_bytes());
        out.push(u8::from(self.proof.is_some()));
        self.proof.iter().for_each(|proof| proof.put(out));
    }

    /// The version comes first, and of another one nothing else is read.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        match reader.u16("version")? {
            VERSION => {}
            theirs => return Err(WireError::Version { theirs }),
        }
        Ok(Self {
            chain_id: reader.text(CHAIN_ID_BYTES_MAX, "chain id")?,
            genesis_hash: reader.hash("genesis hash")?,
            height: reader.u64("height")?,
            moniker: reader.text(MONIKER_BYTES_MAX, "moniker")?,
            port: reader.u16("port")?,
            consensus_port: reader.u16("consensus port")?,
            proof: if reader.flag("proof")? { Some(Proof::read(reader)?) } else { None },
        })
    }
}

impl Proof {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.public_key);
        out.extend_from_slice(&self.signature);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let public_key = reader.hash("public key")?.0;
        Ok(Self { public_key, signature: reader.signature("signature")? })
    }
}

impl Refusal {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.push(self.field as u8);
        put_text(out, &self.reason);
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let field = match reader.u8("field")? {
            0 => Field::Version,
            1 => Field::ChainId,
            2 => Field::Genesis,
            3 => Field::Proof,
            value => return Err(WireError::Unknown { what: "field", value: u64::from(value) }),
        };
        Ok(Self { field, reason: reader.text(REASON_BYTES_MAX, "reason")? })
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_count(out, text.len());
    out.extend_from_slice(text.as_bytes());
}
