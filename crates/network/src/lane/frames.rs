//! A lane's frames: out of the queue onto the stream, off the stream as messages.

use std::sync::Arc;

use futures::{
    AsyncWriteExt, FutureExt, StreamExt,
    channel::mpsc,
    stream::{self, BoxStream},
};
use libp2p::Stream;
use seiza_types::Bytes;

use super::handler::{Breach, FromLane};
use crate::{
    figures::Counters,
    limits::{HELLO_BYTES_MAX, LANE_FRAME_BYTES_MAX},
    wire::{LaneMessage, WireIo, read_frame, write_frame},
};

/// Writes what waits, and flushes when nothing waits any more. Ends when the stream breaks.
pub async fn write_frames(mut stream: Stream, mut frames: mpsc::Receiver<Bytes>, counters: Arc<Counters>) {
    while let Some(frame) = frames.next().await {
        let mut next = Some(frame);
        while let Some(frame) = next {
            counters.sent(LaneMessage::counted_as(frame[4]), frame.len());
            if write_frame(&mut stream, &frame).await.is_err() {
                return;
            }
            next = frames.next().now_or_never().flatten();
        }
        if stream.flush().await.is_err() {
            return;
        }
    }
}

/// Reads messages until one is none. The first is bounded as a hello.
pub fn read_frames(stream: Stream, counters: Arc<Counters>) -> BoxStream<'static, FromLane> {
    let start = Some((stream, HELLO_BYTES_MAX));
    stream::unfold(start, move |state| {
        let counters = Arc::clone(&counters);
        async move {
            let (mut stream, max) = state?;
            Some(match read_message(&mut stream, max, &counters).await {
                Ok(message) => (FromLane::Message(message), Some((stream, LANE_FRAME_BYTES_MAX))),
                Err(WireIo::Wire(error)) => (FromLane::Breach(Breach::Wire(error)), None),
                Err(WireIo::Io(_)) => (FromLane::Breach(Breach::Broken), None),
            })
        }
    })
    .fuse()
    .boxed()
}

async fn read_message(stream: &mut Stream, max: usize, counters: &Counters) -> Result<LaneMessage, WireIo> {
    let bytes = read_frame(stream, max).await?;
    counters.received(LaneMessage::counted_as(bytes[0]), bytes.len() + 4);
    Ok(LaneMessage::decode(&bytes)?)
}
