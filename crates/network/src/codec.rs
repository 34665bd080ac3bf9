//! Requests and responses on their streams, bounded and counted.

use std::{io, sync::Arc};

use async_trait::async_trait;
use futures::{AsyncRead, AsyncWrite, AsyncWriteExt};
use libp2p::{StreamProtocol, request_response};

use crate::{
    figures::Counters,
    limits::{REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX},
    score::Fault,
    wire::{Request, Response, WireError, WireIo, counted_as, read_frame, write_frame},
};

/// What a stream carried.
pub type Asking = Result<Request, WireError>;

/// The protocol of requests.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/seiza/fetch/1");

/// Reads and writes requests and responses.
#[derive(Clone)]
pub struct FetchCodec {
    counters: Arc<Counters>,
}

impl FetchCodec {
    /// Counts here.
    pub const fn new(counters: Arc<Counters>) -> Self {
        Self { counters }
    }

    async fn read<T: AsyncRead + Unpin>(&self, io: &mut T, max: usize) -> Result<Vec<u8>, WireIo> {
        let bytes = read_frame(io, max).await?;
        self.counters.received(counted_as(bytes[0]), bytes.len() + 4);
        Ok(bytes)
    }

    async fn write<T: AsyncWrite + Unpin>(&self, io: &mut T, frame: Vec<u8>) -> io::Result<()> {
        self.counters.sent(counted_as(frame[4]), frame.len());
        write_frame(io, &frame).await?;
        io.flush().await
    }
}

#[async_trait]
impl request_response::Codec for FetchCodec {
    type Protocol = StreamProtocol;
    /// A stream that carried no request is handed on as what is wrong with it: the peer is to be scored.
    type Request = Asking;
    type Response = Response;

    async fn read_request<T: AsyncRead + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
    ) -> io::Result<Asking> {
        match self.read(io, REQUEST_BYTES_MAX).await {
            Ok(bytes) => Ok(Request::decode(&bytes)),
            Err(WireIo::Wire(error)) => Ok(Err(error)),
            Err(WireIo::Io(error)) => Err(error),
        }
    }

    async fn read_response<T: AsyncRead + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
    ) -> io::Result<Response> {
        let bytes = self.read(io, RESPONSE_BYTES_MAX).await?;
        Response::decode(&bytes).map_err(|error| WireIo::Wire(error).into())
    }

    async fn write_request<T: AsyncWrite + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        request: Asking,
    ) -> io::Result<()> {
        let request = request.map_err(WireIo::Wire)?;
        self.write(io, request.encode()).await
    }

    async fn write_response<T: AsyncWrite + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        response: Response,
    ) -> io::Result<()> {
        self.write(io, response.encode()).await
    }
}

/// The fault behind a failed read, if the other side's bytes are to blame and not the stream.
pub fn fault_of(error: &io::Error) -> Option<Fault> {
    error.get_ref()?.downcast_ref::<WireError>().map(wire_fault)
}

/// What an undecodable message costs.
pub const fn wire_fault(error: &WireError) -> Fault {
    match error {
        WireError::Oversized { .. } => Fault::Oversized,
        _ => Fault::Undecodable,
    }
}
