//! The bytes of everything that is encoded by hand: LEB128 numbers and length-prefixed byte strings.
//!
//! Promise: a [`Reader`] never reads past its end, never allocates more than what is there, and accepts exactly one
//! encoding of each number.

mod fields;

pub use fields::Wire;
pub(crate) use fields::{wire_enum, wire_record};

/// Why bytes do not decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The bytes end inside a field.
    #[error("the bytes end too early")]
    Short,
    /// A number is longer than it needs to be, or beyond 64 bits.
    #[error("a number is not in its shortest form")]
    Number,
    /// Bytes are left over.
    #[error("bytes are left over")]
    Rest,
    /// A version that this program does not know.
    #[error("unknown version {0}")]
    Version(u8),
    /// A field has a value that its meaning forbids.
    #[error("{0} out of bounds")]
    Field(&'static str),
}

/// Appends a number, seven bits a byte, the lowest first.
#[inline]
pub fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Appends a length and the bytes.
#[inline]
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Takes fields off the front of a slice.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads `bytes` from their start.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// How many bytes are left.
    #[inline]
    pub fn left(&self) -> usize {
        self.0.len()
    }

    /// Exactly `count` bytes.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(WireError::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Exactly `N` bytes, as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        Ok(self.take(N)?.try_into().expect("take gives as many bytes as asked for"))
    }

    /// One byte.
    #[inline]
    pub fn byte(&mut self) -> Result<u8, WireError> {
        Ok(self.array::<1>()?[0])
    }

    /// A number written by [`put_number`].
    #[inline]
    pub fn number(&mut self) -> Result<u64, WireError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if (shift == 63 && bits > 1) || (shift > 0 && byte == 0) {
                return Err(WireError::Number);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(WireError::Number)
    }

    /// A number that has to fit `T`; `name` says which in the error.
    pub fn number_as<T: TryFrom<u64>>(&mut self, name: &'static str) -> Result<T, WireError> {
        T::try_from(self.number()?).map_err(|_| WireError::Field(name))
    }

    /// A byte string written by [`put_bytes`].
    #[inline]
    pub fn bytes(&mut self) -> Result<&'a [u8], WireError> {
        let count = usize::try_from(self.number()?).map_err(|_| WireError::Short)?;
        self.take(count)
    }

    /// How many items follow, each of which takes at least `item_bytes_min` bytes: so a lie cannot make anyone allocate.
    pub fn count(&mut self, item_bytes_min: usize) -> Result<usize, WireError> {
        let count = usize::try_from(self.number()?).map_err(|_| WireError::Short)?;
        if count.checked_mul(item_bytes_min).is_none_or(|bytes| bytes > self.left()) {
            return Err(WireError::Short);
        }
        Ok(count)
    }

    /// Ends reading: nothing may be left.
    pub fn end(self) -> Result<(), WireError> {
        if self.0.is_empty() { Ok(()) } else { Err(WireError::Rest) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_return(number: u64) {
            let mut out = Vec::new();
            put_number(&mut out, number);
            let mut reader = Reader::new(&out);
            prop_assert_eq!(reader.number(), Ok(number));
            prop_assert_eq!(reader.end(), Ok(()));
        }

        #[test]
        fn any_accepted_number_is_written_the_same_way(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut reader = Reader::new(&bytes);
            if let Ok(number) = reader.number() {
                let mut out = Vec::new();
                put_number(&mut out, number);
                prop_assert_eq!(&bytes[..out.len()], &out[..]);
            }
        }
    }

    #[test]
    fn numbers_have_one_form_only() {
        for (bytes, expected) in [
            (&[0x80u8, 0x00][..], WireError::Number),
            (&[0xff, 0x80, 0x00], WireError::Number),
            (&[0xff; 10], WireError::Number),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], WireError::Number),
            (&[0x80], WireError::Short),
            (&[], WireError::Short),
        ] {
            assert_eq!(Reader::new(bytes).number(), Err(expected), "{bytes:x?}");
        }
    }

    #[test]
    fn lengths_beyond_the_end_are_refused() {
        let mut out = Vec::new();
        put_number(&mut out, u64::MAX);
        assert_eq!(Reader::new(&out).bytes(), Err(WireError::Short));
        assert_eq!(Reader::new(&out).count(1), Err(WireError::Short));
        assert_eq!(Reader::new(&out).number_as::<u32>("x"), Err(WireError::Field("x")));
    }
}
