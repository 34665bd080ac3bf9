//! Values: bytes that are cheap to clone. Short ones (amounts, nonces, storage slots) lie in the value itself.

use std::fmt;
use std::hash::{Hash, Hasher};

use bytes::Bytes;

/// Bytes kept inside a value: amounts and EVM slots have 32, an account with its public key has 41.
const VALUE_INLINE_BYTES: usize = 46;

/// A stored value. Cloning copies a short value and shares a long one.
#[derive(Clone)]
pub struct Value(ValueBytes);

/// Long bytes are never kept inline and short ones never shared, so that cloning an amount touches no counter.
#[derive(Clone)]
enum ValueBytes {
    Inline { len: u8, bytes: [u8; VALUE_INLINE_BYTES] },
    Shared(Bytes),
}

impl Value {
    /// The value's bytes.
    #[must_use]
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            ValueBytes::Inline { len, bytes } => &bytes[..usize::from(*len)],
            ValueBytes::Shared(bytes) => bytes,
        }
    }

    /// The value as shared bytes.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self.0 {
            ValueBytes::Inline { len, bytes } => Bytes::copy_from_slice(&bytes[..usize::from(len)]),
            ValueBytes::Shared(bytes) => bytes,
        }
    }

    #[inline]
    fn inline(short: &[u8]) -> Option<Self> {
        let mut bytes = [0; VALUE_INLINE_BYTES];
        bytes.get_mut(..short.len())?.copy_from_slice(short);
        Some(Self(ValueBytes::Inline { len: short.len() as u8, bytes }))
    }
}

impl Default for Value {
    fn default() -> Self {
        Self(ValueBytes::Inline { len: 0, bytes: [0; VALUE_INLINE_BYTES] })
    }
}

impl PartialEq for Value {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", alloy_primitives::hex::encode(self.as_slice()))
    }
}

impl std::ops::Deref for Value {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::inline(&bytes).unwrap_or_else(|| Self(ValueBytes::Shared(bytes.into())))
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self::inline(&bytes).unwrap_or_else(|| Self(ValueBytes::Shared(bytes)))
    }
}

impl From<&[u8]> for Value {
    #[inline]
    fn from(bytes: &[u8]) -> Self {
        Self::inline(bytes).unwrap_or_else(|| Self(ValueBytes::Shared(Bytes::copy_from_slice(bytes))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_its_bytes_whatever_its_length_and_source() {
        for len in [0, 1, 32, 45, 46, 47, 48, 100] {
            let bytes: Vec<u8> = (0..len).collect();
            for value in [Value::from(&bytes[..]), Value::from(bytes.clone()), Value::from(Bytes::from(bytes.clone()))]
            {
                assert_eq!(value.as_slice(), bytes);
                assert_eq!(value.clone(), Value::from(&bytes[..]));
                assert_eq!(value.into_bytes(), bytes, "{len}");
            }
        }
    }

    #[test]
    fn a_value_takes_forty_eight_bytes() {
        let of_key_and_write = (size_of::<crate::Key>(), size_of::<crate::Write>());
        assert_eq!((size_of::<Value>(), size_of::<Option<Value>>(), of_key_and_write), (48, 48, (64, 48)));
    }
}
