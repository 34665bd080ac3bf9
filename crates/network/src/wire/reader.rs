//! Reading a message's bytes, and what can be wrong with them.

use seiza_types::{B256, Bytes};

/// Why bytes are not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A length or count is beyond its bound.
    #[error("{what}: {count} is more than {max}")]
    Oversized {
        /// Which field.
        what: &'static str,
        /// What it says.
        count: u64,
        /// The bound.
        max: u64,
    },
    /// The bytes end within a field.
    #[error("{what}: the message ends within it")]
    Short {
        /// Which field.
        what: &'static str,
    },
    /// Bytes follow the message.
    #[error("{count} bytes follow the message")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// A tag that has no meaning, or a value outside of its range.
    #[error("{what}: {value} has no meaning")]
    Unknown {
        /// Which field.
        what: &'static str,
        /// What it says.
        value: u64,
    },
    /// A text that is not UTF-8.
    #[error("{what}: not UTF-8")]
    Text {
        /// Which field.
        what: &'static str,
    },
    /// The hello of another protocol version: its layout is not known.
    #[error("protocol version {theirs}")]
    Version {
        /// The other side's version.
        theirs: u16,
    },
}

/// A message's bytes, read from the front.
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads these bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(WireError::Short { what })?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], WireError> {
        Ok(self.take(N, what)?.try_into().expect("N bytes were taken"))
    }

    /// One byte.
    pub fn u8(&mut self, what: &'static str) -> Result<u8, WireError> {
        Ok(self.array::<1>(what)?[0])
    }

    /// Two bytes, big-endian.
    pub fn u16(&mut self, what: &'static str) -> Result<u16, WireError> {
        self.array(what).map(u16::from_be_bytes)
    }

    /// Four bytes, big-endian.
    pub fn u32(&mut self, what: &'static str) -> Result<u32, WireError> {
        self.array(what).map(u32::from_be_bytes)
    }

    /// Eight bytes, big-endian.
    pub fn u64(&mut self, what: &'static str) -> Result<u64, WireError> {
        self.array(what).map(u64::from_be_bytes)
    }

    /// A 32-byte hash.
    pub fn hash(&mut self, what: &'static str) -> Result<B256, WireError> {
        self.array(what).map(B256::new)
    }

    /// Sixty-four bytes: a signature.
    pub fn signature(&mut self, what: &'static str) -> Result<[u8; 64], WireError> {
        self.array(what)
    }

    /// A 4-byte count of at most `max`.
    pub fn count(&mut self, max: usize, what: &'static str) -> Result<usize, WireError> {
        let count = self.u32(what)? as usize;
        let oversized = || WireError::Oversized { what, count: count as u64, max: max as u64 };
        if count > max { Err(oversized()) } else { Ok(count) }
    }

    /// A list of at most `max` items of at least `least` bytes each.
    pub fn list<T>(
        &mut self,
        (max, least): (usize, usize),
        what: &'static str,
        mut item: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Vec<T>, WireError> {
        let count = self.count(max, what)?;
        if count.saturating_mul(least) > self.bytes.len() {
            return Err(WireError::Short { what });
        }
        (0..count).map(|_| item(self)).collect()
    }

    /// A byte string of at most `max` bytes, copied: it must not keep the whole frame alive.
    pub fn blob(&mut self, max: usize, what: &'static str) -> Result<Bytes, WireError> {
        let count = self.count(max, what)?;
        Ok(Bytes::copy_from_slice(self.take(count, what)?))
    }

    /// A text of at most `max` bytes.
    pub fn text(&mut self, max: usize, what: &'static str) -> Result<String, WireError> {
        let count = self.count(max, what)?;
        let text = std::str::from_utf8(self.take(count, what)?);
        text.map(str::to_owned).map_err(|_| WireError::Text { what })
    }

    /// Whether something optional follows.
    pub fn flag(&mut self, what: &'static str) -> Result<bool, WireError> {
        match self.u8(what)? {
            0 => Ok(false),
            1 => Ok(true),
            value => Err(WireError::Unknown { what, value: u64::from(value) }),
        }
    }

    /// An optional byte string of at most `max` bytes.
    pub fn option(&mut self, max: usize, what: &'static str) -> Result<Option<Bytes>, WireError> {
        if self.flag(what)? { self.blob(max, what).map(Some) } else { Ok(None) }
    }

    /// The end: nothing may follow.
    pub fn end(self) -> Result<(), WireError> {
        if self.bytes.is_empty() { Ok(()) } else { Err(WireError::Trailing { count: self.bytes.len() }) }
    }
}
