//! The frame of every message: a bound, a version byte, Borsh.

use borsh::{BorshDeserialize, BorshSerialize, io};
use bytes::Bytes;

/// First byte of every message.
const VERSION: u8 = 1;

/// Why bytes are no message, or a message has no bytes.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// Longer than its kind may be.
    #[error("{what}: {found} bytes, at most {limit} are allowed")]
    Length {
        /// The kind.
        what: &'static str,
        /// Its bound.
        limit: usize,
        /// What came.
        found: usize,
    },
    /// Not a version that this node reads.
    #[error("{what}: version {found:?}, this node reads {VERSION}")]
    Version {
        /// The kind.
        what: &'static str,
        /// First byte, where there is one.
        found: Option<u8>,
    },
    /// Malformed, or with bytes left over, or not its one encoding.
    #[error("{what}: {error}")]
    Malformed {
        /// The kind.
        what: &'static str,
        /// Borsh's word.
        error: io::Error,
    },
}

/// A kind of message: its name in errors, and its bound.
pub(crate) struct Kind {
    pub(crate) what: &'static str,
    pub(crate) limit: usize,
}

impl Kind {
    fn malformed(&self, error: io::Error) -> CodecError {
        CodecError::Malformed { what: self.what, error }
    }

    fn fits(&self, found: usize) -> Result<(), CodecError> {
        let (what, limit) = (self.what, self.limit);
        if found > limit { Err(CodecError::Length { what, limit, found }) } else { Ok(()) }
    }

    /// Version, then Borsh.
    pub(crate) fn encode(&self, message: &impl BorshSerialize) -> Result<Bytes, CodecError> {
        let mut bytes = vec![VERSION];
        message.serialize(&mut bytes).map_err(|error| self.malformed(error))?;
        self.fits(bytes.len())?;
        Ok(bytes.into())
    }

    /// What [`Kind::encode`] wrote.
    pub(crate) fn decode<T: BorshDeserialize>(&self, bytes: &[u8]) -> Result<T, CodecError> {
        self.fits(bytes.len())?;
        match bytes.split_first() {
            Some((&VERSION, rest)) => T::try_from_slice(rest).map_err(|error| self.malformed(error)),
            other => Err(CodecError::Version { what: self.what, found: other.map(|(version, _)| *version) }),
        }
    }
}
