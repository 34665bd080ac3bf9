//! Parts on their way to a block: each checked when it arrives.

use seiza_types::{B256, Block, Bytes};

use super::{Part, PartError, PartSetHeader, merkle};
use crate::limits::{PART_BYTES, PARTS_MAX};

/// What became of a good part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It was missing; others still are.
    New,
    /// It was here already.
    Known,
    /// It was the last one missing.
    Complete,
}

/// The parts of one block that have arrived.
#[derive(Debug, Clone)]
pub struct PartSet {
    header: PartSetHeader,
    parts: Vec<Option<Bytes>>,
    missing: u32,
}

impl PartSet {
    /// An empty set.
    ///
    /// # Errors
    /// [`PartError::Total`].
    pub fn new(header: PartSetHeader) -> Result<Self, PartError> {
        if !(1..=PARTS_MAX).contains(&header.total) {
            return Err(PartError::Total(header.total));
        }
        Ok(Self { header, parts: vec![None; header.total as usize], missing: header.total })
    }

    /// Takes a part, if its proof leads to the root.
    ///
    /// # Errors
    /// [`PartError`]: the sender's fault. The set stays what it was.
    pub fn add(&mut self, part: Part) -> Result<Added, PartError> {
        self.check(&part)?;
        let slot = &mut self.parts[part.index as usize];
        if slot.is_some() {
            return Ok(Added::Known);
        }
        *slot = Some(part.bytes);
        self.missing -= 1;
        Ok(if self.missing == 0 { Added::Complete } else { Added::New })
    }

    fn check(&self, part: &Part) -> Result<(), PartError> {
        let (index, total, bytes) = (part.index, self.header.total, part.bytes.len());
        if index >= total {
            return Err(PartError::Index { index, total });
        }
        let least = if index + 1 == total { 1 } else { PART_BYTES };
        if !(least..=PART_BYTES).contains(&bytes) {
            return Err(PartError::Bytes { index, bytes });
        }
        let root = merkle::root(merkle::leaf(&part.bytes), index as usize, total as usize, &part.proof);
        if root == Some(self.header.root) { Ok(()) } else { Err(PartError::Proof { index }) }
    }

    /// Places of the parts that are not here.
    pub fn missing(&self) -> impl Iterator<Item = u32> {
        (0u32..).zip(&self.parts).filter(|(_, part)| part.is_none()).map(|(index, _)| index)
    }

    /// Whether all parts are here.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing == 0
    }

    /// The block that the parts make, which must be the one that hashes to `block`.
    ///
    /// # Errors
    /// [`PartError::Missing`]; [`PartError::Block`] and [`PartError::OtherBlock`], the proposer's fault.
    pub fn finish(self, block: B256) -> Result<Block, PartError> {
        if self.missing > 0 {
            return Err(PartError::Missing(self.missing));
        }
        let made = Block::decode(&self.parts.into_iter().flatten().flatten().collect::<Vec<u8>>())?;
        let actual = made.hash();
        if actual == block { Ok(made) } else { Err(PartError::OtherBlock { expected: block, actual }) }
    }
}
