//! Records as bytes, field after field: each kind of field has one encoding, so each record has one.

use alloy_primitives::Address;

use super::{Reader, WireError, put_bytes, put_number};
use crate::Denom;

/// Something with one encoding. `take(put(x)) == x`, and `take` accepts no other bytes.
pub trait Wire: Sized {
    /// Fewest bytes it can take: what a length is held against before memory is asked for.
    const BYTES_MIN: usize = 1;

    /// Appends the encoding.
    fn put(&self, out: &mut Vec<u8>);

    /// Takes it off the front.
    ///
    /// # Errors
    /// [`WireError`] where the bytes are not what [`Wire::put`] writes.
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError>;

    /// The encoding alone.
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.put(&mut out);
        out
    }

    /// Reads bytes that hold this and nothing else.
    ///
    /// # Errors
    /// [`WireError`].
    fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let value = Self::take(&mut reader)?;
        reader.end()?;
        Ok(value)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Wire for $number {
            fn put(&self, out: &mut Vec<u8>) {
                put_number(out, u64::from(*self));
            }
            fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
                from.number_as(stringify!($number))
            }
        }
    )*};
}

numbers!(u8, u16, u32, u64);

impl Wire for u128 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut number = *self;
        while number >= 0x80 {
            out.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        out.push(number.to_le_bytes()[0]);
    }
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        let mut number = 0u128;
        for shift in (0..128).step_by(7) {
            let byte = from.byte()?;
            let bits = u128::from(byte & 0x7f);
            if (shift == 126 && bits > 3) || (shift > 0 && byte == 0) {
                return Err(WireError::Number);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(WireError::Number)
    }
}

impl Wire for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        match from.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(WireError::Field("yes or no")),
        }
    }
}

impl Wire for Address {
    const BYTES_MIN: usize = 20;
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_slice());
    }
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        from.array().map(Self::new)
    }
}

impl Wire for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.as_bytes());
    }
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        Self::from_utf8(from.bytes()?.to_vec()).map_err(|_| WireError::Field("text"))
    }
}

impl Wire for Denom {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.as_str().as_bytes());
    }
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        let text = std::str::from_utf8(from.bytes()?).map_err(|_| WireError::Field("denom"))?;
        text.parse().map_err(|_| WireError::Field("denom"))
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        if bool::take(from)? { T::take(from).map(Some) } else { Ok(None) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, self.len() as u64);
        self.iter().for_each(|item| item.put(out));
    }
    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        let count = from.count(T::BYTES_MIN)?;
        (0..count).map(|_| T::take(from)).collect()
    }
}

/// Defines a record that is [`Wire`]: its fields in the order in which they are listed.
macro_rules! wire_record {
    (
        $(#[$about:meta])*
        pub struct $record:ident {
            $(#[$first_about:meta])*
            pub $first:ident: $kind:ty
            $(, $(#[$field_about:meta])* pub $field:ident: $rest:ty)* $(,)?
        }
    ) => {
        $(#[$about])*
        pub struct $record {
            $(#[$first_about])*
            pub $first: $kind,
            $($(#[$field_about])* pub $field: $rest,)*
        }

        impl $crate::wire::Wire for $record {
            const BYTES_MIN: usize =
                <$kind as $crate::wire::Wire>::BYTES_MIN $(+ <$rest as $crate::wire::Wire>::BYTES_MIN)*;
            fn put(&self, out: &mut Vec<u8>) {
                self.$first.put(out);
                $(self.$field.put(out);)*
            }
            fn take(from: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::WireError> {
                let $first = <$kind as $crate::wire::Wire>::take(from)?;
                $(let $field = <$rest as $crate::wire::Wire>::take(from)?;)*
                Ok(Self { $first $(, $field)* })
            }
        }
    };
}

/// Makes an enum without fields [`Wire`] and gives it numbers: the byte it is written as, and in messages.
macro_rules! wire_enum {
    ($name:ident { $($variant:ident = $number:literal),* $(,)? }) => {
        impl $name {
            /// The number it has on every wire.
            #[must_use]
            pub fn number(self) -> u8 {
                match self { $(Self::$variant => $number),* }
            }

            /// The one of that number.
            #[must_use]
            pub fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }
        }

        impl $crate::wire::Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                out.push(self.number());
            }
            fn take(from: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::WireError> {
                Self::from_number(from.byte()?).ok_or($crate::wire::WireError::Field(stringify!($name)))
            }
        }
    };
}

pub(crate) use {wire_enum, wire_record};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn wide_numbers_return(number: u128) {
            prop_assert_eq!(u128::decode(&number.encode()), Ok(number));
        }

        #[test]
        fn an_accepted_wide_number_is_written_the_same_way(bytes in proptest::collection::vec(any::<u8>(), 0..22)) {
            if let Ok(number) = u128::decode(&bytes) {
                prop_assert_eq!(number.encode(), bytes);
            }
        }
    }

    #[test]
    fn the_widest_number_fits_and_nothing_beyond() {
        let mut bytes = u128::MAX.encode();
        assert_eq!((bytes.len(), u128::decode(&bytes)), (19, Ok(u128::MAX)));
        bytes[18] = 4;
        assert_eq!(u128::decode(&bytes), Err(WireError::Number));
    }

    #[test]
    fn a_length_that_lies_asks_for_no_memory() {
        let mut bytes = Vec::new();
        put_number(&mut bytes, u64::MAX >> 8);
        assert_eq!(Vec::<Address>::decode(&bytes), Err(WireError::Short));
    }
}
