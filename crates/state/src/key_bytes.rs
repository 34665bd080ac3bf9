//! The bytes of a key: in the key itself where they fit, handled as whole words.

use std::cmp::Ordering;
use std::num::NonZeroU8;

/// Bytes kept inside a key without an allocation, so that a key with its hash is one cache line: an EVM storage key (store,
/// prefix, address, slot) takes all but one.
pub(crate) const KEY_INLINE_BYTES: usize = 55;
/// Words of a short key with its length.
pub(crate) const SHORT_WORDS: usize = 7;

/// Short keys lie in the key itself.
pub(crate) enum KeyBytes {
    Short(Short),
    Long(Box<[u8]>),
}

/// Padded with zeros: copies and comparisons have a fixed length, no loop, no pointer. The length comes last and is never
/// zero (there is a store byte), so that telling long from short takes no room and the bytes begin at a whole word.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Short {
    bytes: [u8; KEY_INLINE_BYTES],
    len: NonZeroU8,
}

impl Short {
    /// Parts after each other, which fit.
    #[inline(always)]
    pub(crate) fn join(first: u8, parts: &[&[u8]]) -> Self {
        let mut bytes = [0; KEY_INLINE_BYTES];
        bytes[0] = first;
        let mut at = 1;
        for part in parts {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        Self { bytes, len: NonZeroU8::new(at as u8).expect("there is a first byte") }
    }

    /// From [`Short::words`], the length among them, which is not zero. Words are what processors pass on well: bytes that
    /// are written one by one and read together wait.
    #[inline(always)]
    pub(crate) fn of_words(words: [u64; SHORT_WORDS]) -> Self {
        let mut all = [0; KEY_INLINE_BYTES + 1];
        for (bytes, word) in all.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *bytes = word.to_le_bytes();
        }
        let [bytes @ .., len] = all;
        Self { bytes, len: NonZeroU8::new(len).expect("the caller's words tell a length") }
    }

    /// All of it, the length as the last byte: what is hashed, and compared for being the same.
    #[inline]
    pub(crate) fn words(&self) -> [u64; SHORT_WORDS] {
        let mut words = [0; SHORT_WORDS];
        let (whole, rest) = self.bytes.as_chunks::<8>();
        for (word, bytes) in words.iter_mut().zip(whole) {
            *word = u64::from_le_bytes(*bytes);
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        last[7] = self.len.get();
        words[SHORT_WORDS - 1] = u64::from_le_bytes(last);
        words
    }
}

impl KeyBytes {
    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Short(short) => &short.bytes[..usize::from(short.len.get())],
            Self::Long(bytes) => bytes,
        }
    }
}

impl Clone for KeyBytes {
    #[inline]
    fn clone(&self) -> Self {
        match self {
            Self::Short(short) => Self::Short(*short),
            Self::Long(bytes) => Self::Long(bytes.clone()),
        }
    }
}

impl PartialEq for KeyBytes {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Short(short), Self::Short(other)) => {
                // A loop over all words is four wide comparisons; comparing arrays would be a call.
                let different = |(a, b)| a ^ b;
                short.words().into_iter().zip(other.words()).map(different).fold(0, |all, word| all | word) == 0
            }
            _ => self.as_slice() == other.as_slice(),
        }
    }
}

impl Eq for KeyBytes {}

impl Ord for KeyBytes {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            // Padding sorts below every byte but zero; between equal paddings, the shorter is a prefix of the longer.
            (Self::Short(short), Self::Short(other)) => short.bytes.cmp(&other.bytes).then(short.len.cmp(&other.len)),
            _ => self.as_slice().cmp(other.as_slice()),
        }
    }
}

impl PartialOrd for KeyBytes {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
