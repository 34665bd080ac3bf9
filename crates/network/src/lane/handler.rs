//! One connection's lane: frames out of a bounded queue onto one stream, frames from another stream to the behaviour.

use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::{FutureExt, StreamExt, channel::mpsc, future::BoxFuture, stream::BoxStream};
use libp2p::{
    Stream, StreamProtocol,
    core::upgrade::ReadyUpgrade,
    swarm::{
        ConnectionHandler, ConnectionHandlerEvent, SubstreamProtocol,
        handler::{ConnectionEvent, FullyNegotiatedInbound, FullyNegotiatedOutbound},
    },
};
use seiza_types::Bytes;

use super::{
    PROTOCOL,
    frames::{read_frames, write_frames},
};
use crate::{
    figures::{Counters, count},
    limits::LANE_QUEUE_MAX,
    wire::{LaneMessage, WireError},
};

/// What a lane tells.
#[derive(Debug)]
pub enum FromLane {
    /// A message came.
    Message(LaneMessage),
    /// The other side broke the rules, or the stream broke: nothing comes any more.
    Breach(Breach),
}

/// Why a lane ended.
#[derive(Debug)]
pub enum Breach {
    /// The other side sent what is not a message.
    Wire(WireError),
    /// It opened a second stream.
    Second,
    /// It does not know the protocol.
    Unsupported,
    /// The stream ended or broke.
    Broken,
}

type Written = BoxFuture<'static, ()>;
type Read = BoxStream<'static, FromLane>;

/// The handler of one connection's lane.
pub struct LaneHandler {
    counters: Arc<Counters>,
    queue: mpsc::Sender<Bytes>,
    frames: Option<mpsc::Receiver<Bytes>>,
    timeout: Duration,
    opened: bool,
    writing: Option<Written>,
    reading: Option<Read>,
    breach: Option<Breach>,
}

impl LaneHandler {
    /// A lane whose first frame is the hello.
    pub fn new(hello: Bytes, timeout: Duration, counters: Arc<Counters>) -> Self {
        // A sender adds one place of its own to the channel's.
        let (mut queue, frames) = mpsc::channel(LANE_QUEUE_MAX - 1);
        queue.try_send(hello).expect("an empty queue takes a frame");
        let frames = Some(frames);
        Self { counters, queue, frames, timeout, opened: false, writing: None, reading: None, breach: None }
    }

    fn listened(&mut self, stream: Stream) {
        if self.reading.is_some() {
            self.breach = Some(Breach::Second);
        } else {
            self.reading = Some(read_frames(stream, Arc::clone(&self.counters)));
        }
    }

    fn dialled(&mut self, stream: Stream) {
        let frames = self.frames.take().expect("one stream is asked for");
        self.writing = Some(write_frames(stream, frames, Arc::clone(&self.counters)).boxed());
    }
}

impl ConnectionHandler for LaneHandler {
    type FromBehaviour = Bytes;
    type ToBehaviour = FromLane;
    type InboundProtocol = ReadyUpgrade<StreamProtocol>;
    type OutboundProtocol = ReadyUpgrade<StreamProtocol>;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = ();

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol> {
        SubstreamProtocol::new(ReadyUpgrade::new(PROTOCOL), ())
    }

    fn connection_keep_alive(&self) -> bool {
        true
    }

    fn on_behaviour_event(&mut self, frame: Bytes) {
        if self.queue.try_send(frame).is_err() {
            count(&self.counters.frames_dropped);
        }
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<Self::OutboundProtocol, (), Self::ToBehaviour>> {
        if !self.opened {
            self.opened = true;
            let protocol = SubstreamProtocol::new(ReadyUpgrade::new(PROTOCOL), ()).with_timeout(self.timeout);
            return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol });
        }
        if self.writing.as_mut().is_some_and(|writing| writing.poll_unpin(cx).is_ready()) {
            self.writing = None;
            self.breach.get_or_insert(Breach::Broken);
        }
        if let Some(breach) = self.breach.take() {
            return Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(FromLane::Breach(breach)));
        }
        match self.reading.as_mut().map(|reading| reading.poll_next_unpin(cx)) {
            Some(Poll::Ready(Some(told))) => Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(told)),
            _ => Poll::Pending,
        }
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<'_, Self::InboundProtocol, Self::OutboundProtocol>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol, .. }) => self.listened(protocol),
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol, .. }) => {
                self.dialled(protocol)
            }
            ConnectionEvent::DialUpgradeError(_) => self.breach = Some(Breach::Unsupported),
            _ => {}
        }
    }

    /// What waits is handed to the connection before it closes, a refusal's reason before all. What finds no room there
    /// is dropped: from here on nobody reads what the other side would make room with.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::ToBehaviour>> {
        self.queue.close_channel();
        if let Some(mut writing) = self.writing.take() {
            let _ = writing.poll_unpin(cx);
        }
        Poll::Ready(None)
    }
}

impl fmt::Debug for LaneHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaneHandler").finish_non_exhaustive()
    }
}
