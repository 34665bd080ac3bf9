//! Reads fields off the front of bytes, each within its bound.

use super::CompactError;

/// The bytes not read yet.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next `count` bytes.
    pub fn take(&mut self, field: &'static str, count: usize) -> Result<&'a [u8], CompactError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(CompactError::Short(field))?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], CompactError> {
        Ok(self.take(field, N)?.try_into().expect("as many were taken"))
    }

    /// One byte.
    pub fn byte(&mut self, field: &'static str) -> Result<u8, CompactError> {
        Ok(self.array::<1>(field)?[0])
    }

    /// A number of 4 bytes, at most `max`.
    pub fn number(&mut self, field: &'static str, max: usize) -> Result<usize, CompactError> {
        let found = u32::from_be_bytes(self.array(field)?) as usize;
        if found > max { Err(CompactError::Bound { field, found, max }) } else { Ok(found) }
    }

    /// A length of at most `max`, then as many bytes.
    pub fn blob(&mut self, field: &'static str, max: usize) -> Result<&'a [u8], CompactError> {
        let length = self.number(field, max)?;
        self.take(field, length)
    }
}
