//! The message codec: what travels between peers, as bytes.
//!
//! A frame is a length (4 bytes, big-endian, of what follows), a kind (1 byte) and a body. Numbers are big-endian and
//! of fixed width, lists and byte strings open with their count, and nothing may follow: a message has one encoding.
//! Counts are compared with their bound and with the bytes that are left before anything is allocated.

mod entry;
mod fetch;
mod frame;
mod hello;
mod lane;
mod reader;
mod snapshot;
#[cfg(test)]
mod tests;

pub use entry::Entry;
pub(crate) use fetch::counted_as;
pub use fetch::{Request, Response};
pub use frame::{WireIo, read_frame, write_frame};
pub use hello::{Field, Hello, Proof, Refusal};
pub use lane::LaneMessage;
pub use reader::{Reader, WireError};
pub use snapshot::{Item, Offer, Piece};

use seiza_types::Bytes;

/// Protocol version in the hello: another one is refused.
pub const VERSION: u16 = 1;

/// Appends a byte string with its 4-byte length.
fn put_blob(out: &mut Vec<u8>, bytes: &[u8]) {
    put_count(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Appends a 4-byte count. Ours are bounded far below its range.
fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&u32::try_from(count).expect("every count is bounded below 2^32").to_be_bytes());
}

/// Appends an optional byte string: 0, or 1 and the string.
fn put_option(out: &mut Vec<u8>, bytes: Option<&Bytes>) {
    out.push(u8::from(bytes.is_some()));
    if let Some(bytes) = bytes {
        put_blob(out, bytes);
    }
}

/// A frame of one kind whose body `fill` writes.
fn framed(kind: u8, fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![0, 0, 0, 0, kind];
    fill(&mut out);
    let length = u32::try_from(out.len() - 4).expect("every message is bounded below 2^32");
    out[..4].copy_from_slice(&length.to_be_bytes());
    out
}
