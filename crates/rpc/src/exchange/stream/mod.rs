//! Streams: what a subscriber is told, and in which order. No socket is known here.
//!
//! A stream's sequence number is the block height. Each message names its height and, in `previous`, that of the message
//! before it, so a client sees by itself that it has missed nothing. Promises, for any client, however slow:
//! - A `snapshot`, then `update`s; applied in order they give what a snapshot at each update's height would.
//! - A client that names the height it has gets the updates after it. Where they are no longer to be had it gets a snapshot
//!   marked `reset` instead, never a gap.
//! - A quiet stream says so every [`QUIET_BLOCKS_MAX`] blocks, so that a client's place never grows old.

mod topic;

#[cfg(test)]
mod tests;

use seiza_types::Height;
use serde::Serialize;

use super::interval::Millis;
use super::source::Source;
use crate::Failure;
use crate::limits::{QUIET_BLOCKS_MAX, RESUME_BLOCKS_MAX, STREAM_STEP_BLOCKS};
use crate::methods::Answer;
pub(crate) use topic::{Body, Topic};

/// What kind of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Everything, as of the height.
    Snapshot,
    /// What changed since `previous`.
    Update,
}

/// One message of a stream.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Message {
    /// Snapshot or update.
    pub(crate) kind: Kind,
    /// The block after which this is so.
    pub(crate) height: Height,
    /// Height of the message before; `null` in a snapshot.
    pub(crate) previous: Option<Height>,
    /// Time of the block.
    pub(crate) time: Millis,
    /// Whether this snapshot stands in for updates that could not be had: forget what you have.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) reset: bool,
    /// What is told.
    #[serde(flatten)]
    pub(crate) body: Body,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's shape")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// What a stream has to say.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// A message.
    Message(Box<Message>),
    /// Nothing yet: ask again at once.
    Later,
    /// Nothing until there is a new block.
    InStep,
}

/// One subscriber's place in a stream.
#[derive(Debug)]
pub(crate) struct Stream {
    topic: Topic,
    place: Place,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// Nothing was told; the client says that it has everything up to that height.
    Start(Option<Height>),
    /// Told up to `told`; looked at up to `seen`.
    At { told: Height, seen: Height },
}

impl Stream {
    /// A stream for a client that has everything up to `from`.
    ///
    /// # Errors
    /// [`Failure::InvalidParams`] where that height is not there yet.
    pub(crate) fn new(topic: Topic, from: Option<Height>, source: &impl Source) -> Answer<Self> {
        let head = source.head();
        match from.filter(|from| *from > head) {
            Some(from) => Err(Failure::InvalidParams(format!("fromHeight: {from} is above the head, {head}"))),
            None => Ok(Self { topic, place: Place::Start(from) }),
        }
    }

    /// What comes next. Looks at a bounded number of blocks.
    ///
    /// # Errors
    /// Ours alone.
    pub(crate) fn next(&mut self, source: &impl Source) -> Answer<Next> {
        match self.place {
            Place::Start(None) => self.snapshot(source, false),
            Place::Start(Some(from)) if can_resume(source, from) => {
                self.place = Place::At { told: from, seen: from };
                Ok(Next::Later)
            }
            Place::Start(Some(_)) => self.snapshot(source, true),
            Place::At { told, seen } if !self.topic.is_whole_since(source, seen)? => {
                tracing::debug!(told, seen, "a subscriber is too far behind and begins anew");
                self.snapshot(source, true)
            }
            Place::At { told, seen } => self.update(source, told, seen),
        }
    }

    fn snapshot(&mut self, source: &impl Source, reset: bool) -> Answer<Next> {
        let (height, time, body) = self.topic.snapshot(source)?;
        self.place = Place::At { told: height, seen: height };
        let message = Message { kind: Kind::Snapshot, height, previous: None, time, reset, body };
        Ok(Next::Message(Box::new(message)))
    }

    fn update(&mut self, source: &impl Source, told: Height, seen: Height) -> Answer<Next> {
        let head = source.head();
        let last = head.min(seen.saturating_add(STREAM_STEP_BLOCKS));
        let mut at = seen;
        while at < last {
            let quiet = at + 1 - told >= QUIET_BLOCKS_MAX;
            let (height, time, body) = self.topic.update(source, at)?;
            at = height;
            if quiet || !body.is_empty() {
                self.place = Place::At { told: height, seen: height };
                let message = Message { kind: Kind::Update, height, previous: Some(told), time, reset: false, body };
                return Ok(Next::Message(Box::new(message)));
            }
        }
        self.place = Place::At { told, seen: at };
        Ok(if at < head { Next::Later } else { Next::InStep })
    }
}

/// Whether the updates after a height are to be had, and are not too many.
fn can_resume(source: &impl Source, from: Height) -> bool {
    source.head().saturating_sub(from) <= RESUME_BLOCKS_MAX && from + 1 >= source.earliest()
}
