//! What the records of the undecided file hold.
//!
//! ```text
//! 1 | 0 or 1: proposed by this node | round | 0: a block kept before: its hash (32)
//!                                           | 1: Tendermint's protobuf Block (to the end)
//! ```

use seiza_types::{B256, Block};

use crate::log::frame;
use crate::wire::{Reader, WireError, put_number};

const VERSION: u8 = 1;
const AGAIN: u8 = 0;
const BODY: u8 = 1;

/// What is kept for a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kept {
    /// A block that an earlier record holds, by hash.
    Again(B256),
    /// A block.
    Body(Box<Block>),
}

/// A framed record of a block.
pub(super) fn body(round: u32, own: bool, block: &Block) -> Vec<u8> {
    let bytes = block.encode();
    let mut out = begin(round, own, BODY, bytes.len());
    out.extend_from_slice(&bytes);
    out
}

/// A framed record of a block that the file holds already.
pub(super) fn again(round: u32, own: bool, hash: B256) -> Vec<u8> {
    let mut out = begin(round, own, AGAIN, B256::len_bytes());
    out.extend_from_slice(hash.as_slice());
    out
}

fn begin(round: u32, own: bool, kind: u8, bytes: usize) -> Vec<u8> {
    let mut out = frame(bytes + 8);
    out.extend_from_slice(&[VERSION, u8::from(own)]);
    put_number(&mut out, u64::from(round));
    out.push(kind);
    out
}

/// Reads a record's payload: the round, whether this node proposed, and what.
pub(super) fn read(payload: &[u8]) -> Result<(u32, bool, Kept), WireError> {
    let mut reader = Reader::new(payload);
    match reader.byte()? {
        VERSION => {}
        other => return Err(WireError::Version(other)),
    }
    let own = match reader.byte()? {
        flag @ (0 | 1) => flag == 1,
        _ => return Err(WireError::Field("own")),
    };
    let round = reader.number_as("round")?;
    let kept = match reader.byte()? {
        AGAIN => Kept::Again(B256::new(reader.array()?)),
        BODY => {
            let block = Block::decode(reader.take(reader.left())?).map_err(|_| WireError::Field("block"))?;
            Kept::Body(Box::new(block))
        }
        _ => return Err(WireError::Field("kind")),
    };
    reader.end()?;
    Ok((round, own, kept))
}
