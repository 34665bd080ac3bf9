//! The lane: one stream in each direction of a connection, open as long as the connection is.
//!
//! Announcements are many and small: a stream for each would cost more than its message. The first message on a lane is
//! the hello, and messages arrive in the order in which they were sent, so that nothing can overtake it.

mod behaviour;
mod frames;
mod handler;

pub use behaviour::{Lane, LaneEvent};
pub use handler::{Breach, FromLane};

use libp2p::StreamProtocol;

/// The lane's protocol. The hello on it carries the version of all that follows.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/seiza/lane/1");
