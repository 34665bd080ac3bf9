//! The two ways to ask a node to stop.

use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// For how long after a first signal others belong to it: a terminal and a supervisor (GNU `timeout`, npm) often send the same
/// request twice.
const ECHO: Duration = Duration::from_millis(500);

/// Ctrl-C and SIGTERM.
pub struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system refuses.
    pub fn listen() -> Result<Self, Failure> {
        let on = |kind| signal(kind).map_err(|error| Failure::refused(format!("cannot listen for signals: {error}")));
        Ok(Self { interrupt: on(SignalKind::interrupt())?, terminate: on(SignalKind::terminate())? })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => (),
            _ = self.terminate.recv() => (),
        }
    }

    /// Waits for one that is meant as a second request, not as the echo of the first; to be called right after the first.
    pub async fn again(&mut self) {
        let first = Instant::now();
        self.next().await;
        while first.elapsed() < ECHO {
            self.next().await;
        }
    }
}
