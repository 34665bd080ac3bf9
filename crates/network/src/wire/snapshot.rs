//! State sync: what a node may be asked of a snapshot, and the pieces in which it answers.
//!
//! The network carries bytes: what they mean, and whether they are sound, the node says (`docs/spec/state-sync.md`).

use seiza_types::{B256, Bytes};

use super::{Reader, WireError, put_blob};
use crate::limits::{SNAPSHOT_BYTES_MAX, SNAPSHOT_OFFERS_MAX, SNAPSHOT_PART_BYTES_MAX};

/// What is asked for. A large one comes in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// Which heights the node can give: an encoded [`Offer`].
    Offer,
    /// Header, commit and validators of a height.
    Light(u64),
    /// The block of a height, with its results.
    Base(u64),
    /// The top of the state after a height.
    Top(u64),
    /// A chunk of it.
    Chunk {
        /// The height.
        height: u64,
        /// The store.
        store: u8,
        /// Hash of the chunk's root.
        hash: B256,
    },
}

/// One part of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// In how many parts the item comes; at least one.
    pub parts: u32,
    /// The part: all but the last are full.
    pub bytes: Bytes,
}

/// The heights whose snapshots a node can give.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offer {
    /// The lowest height of which it could make one.
    pub lowest: u64,
    /// The highest.
    pub highest: u64,
    /// Heights of which it has one at hand, ascending.
    pub ready: Vec<u64>,
}

const OFFER: u8 = 0;
const LIGHT: u8 = 1;
const BASE: u8 = 2;
const TOP: u8 = 3;
const CHUNK: u8 = 4;

impl Item {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let (tag, height) = match self {
            Self::Offer => (OFFER, None),
            Self::Light(height) => (LIGHT, Some(height)),
            Self::Base(height) => (BASE, Some(height)),
            Self::Top(height) => (TOP, Some(height)),
            Self::Chunk { height, .. } => (CHUNK, Some(height)),
        };
        out.push(tag);
        height.into_iter().for_each(|height| out.extend_from_slice(&height.to_be_bytes()));
        if let Self::Chunk { store, hash, .. } = self {
            out.push(*store);
            out.extend_from_slice(hash.as_slice());
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(match reader.u8("item")? {
            OFFER => Self::Offer,
            LIGHT => Self::Light(reader.u64("height")?),
            BASE => Self::Base(reader.u64("height")?),
            TOP => Self::Top(reader.u64("height")?),
            CHUNK => {
                Self::Chunk { height: reader.u64("height")?, store: reader.u8("store")?, hash: reader.hash("chunk")? }
            }
            value => return Err(WireError::Unknown { what: "item", value: u64::from(value) }),
        })
    }
}

impl Piece {
    /// The part of an item at a place; `None` where it has none there.
    #[must_use]
    pub fn of(item: &Bytes, part: u32) -> Option<Self> {
        let parts = item.len().div_ceil(SNAPSHOT_PART_BYTES_MAX).max(1);
        let start = (part as usize).checked_mul(SNAPSHOT_PART_BYTES_MAX)?;
        let end = start.saturating_add(SNAPSHOT_PART_BYTES_MAX).min(item.len());
        let bytes = Bytes::copy_from_slice(item.get(start..end).filter(|_| (part as usize) < parts)?);
        Some(Self { parts: u32::try_from(parts).ok()?, bytes })
    }

    /// The most parts that any item comes in.
    pub(crate) const PARTS_MAX: u32 = (SNAPSHOT_BYTES_MAX / SNAPSHOT_PART_BYTES_MAX) as u32;

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.parts.to_be_bytes());
        put_blob(out, &self.bytes);
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let parts = reader.u32("parts")?;
        if parts == 0 {
            return Err(WireError::Unknown { what: "parts", value: 0 });
        }
        if parts > Self::PARTS_MAX {
            return Err(WireError::Oversized { what: "parts", count: parts.into(), max: Self::PARTS_MAX.into() });
        }
        Ok(Self { parts, bytes: reader.blob(SNAPSHOT_PART_BYTES_MAX, "part of a snapshot")? })
    }
}

impl Offer {
    /// Encodes the offer; of too many heights at hand the lowest are left out.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = [self.lowest.to_be_bytes(), self.highest.to_be_bytes()].concat();
        let kept = &self.ready[self.ready.len().saturating_sub(SNAPSHOT_OFFERS_MAX)..];
        super::put_count(&mut out, kept.len());
        kept.iter().for_each(|height| out.extend_from_slice(&height.to_be_bytes()));
        out
    }

    /// Reads an offer.
    ///
    /// # Errors
    /// [`WireError`] names the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let (lowest, highest) = (reader.u64("lowest")?, reader.u64("highest")?);
        let ready = reader.list((SNAPSHOT_OFFERS_MAX, 8), "heights", |r| r.u64("height"))?;
        if !ready.is_sorted_by(|a, b| a < b) {
            return Err(WireError::Unknown { what: "order of heights", value: 0 });
        }
        reader.end()?;
        Ok(Self { lowest, highest, ready })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_item_comes_in_full_parts_and_a_rest() {
        let item = Bytes::from(vec![7; SNAPSHOT_PART_BYTES_MAX * 2 + 1]);
        let pieces: Vec<Piece> = (0..3).map(|part| Piece::of(&item, part).unwrap()).collect();
        assert!(pieces.iter().all(|piece| piece.parts == 3));
        assert_eq!(pieces.iter().map(|piece| piece.bytes.len()).collect::<Vec<_>>()[2], 1);
        assert_eq!(Piece::of(&item, 3), None);
        assert_eq!(Piece::of(&item, u32::MAX), None);
        assert_eq!(Piece::of(&Bytes::new(), 0).map(|piece| piece.parts), Some(1), "nothing is one empty part");
    }

    proptest! {
        #[test]
        fn an_offer_has_one_encoding(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(offer) = Offer::decode(&bytes) {
                prop_assert_eq!(offer.encode(), bytes);
            }
        }

        #[test]
        fn offers_return(lowest: u64, highest: u64, ready in proptest::collection::btree_set(any::<u64>(), 0..20)) {
            let mut offer = Offer { lowest, highest, ready: ready.into_iter().collect() };
            let decoded = Offer::decode(&offer.encode()).unwrap();
            offer.ready = offer.ready.split_off(offer.ready.len().saturating_sub(SNAPSHOT_OFFERS_MAX));
            prop_assert_eq!(decoded, offer);
        }
    }
}
