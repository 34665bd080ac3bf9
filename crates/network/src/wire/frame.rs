//! Frames on a stream: their bound is checked before their bytes are read.

use std::io;

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::WireError;

/// What went wrong with a stream: its bytes, or the stream itself.
#[derive(Debug, thiserror::Error)]
pub enum WireIo {
    /// The other side sent what is not a message.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The stream broke.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<WireIo> for io::Error {
    fn from(error: WireIo) -> Self {
        match error {
            WireIo::Wire(error) => Self::new(io::ErrorKind::InvalidData, error),
            WireIo::Io(error) => error,
        }
    }
}

/// Bytes that are made room for at once; a longer frame grows as its bytes arrive.
const ROOM: usize = 16 << 10;

/// Reads one frame of at most `max` bytes: its kind and body.
///
/// # Errors
/// [`WireError::Oversized`] before any of the body is read; [`WireIo::Io`] when the stream ends or breaks.
pub async fn read_frame<T: AsyncRead + Unpin>(io: &mut T, max: usize) -> Result<Vec<u8>, WireIo> {
    let mut prefix = [0; 4];
    io.read_exact(&mut prefix).await?;
    let length = u32::from_be_bytes(prefix) as usize;
    if length == 0 || length > max {
        return Err(WireError::Oversized { what: "frame", count: length as u64, max: max as u64 }.into());
    }
    let mut bytes = Vec::with_capacity(length.min(ROOM));
    io.take(length as u64).read_to_end(&mut bytes).await?;
    if bytes.len() == length { Ok(bytes) } else { Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()) }
}

/// Writes one encoded frame, without flushing.
///
/// # Errors
/// When the stream breaks.
pub async fn write_frame<T: AsyncWrite + Unpin>(io: &mut T, frame: &[u8]) -> io::Result<()> {
    io.write_all(frame).await
}
