//! A node's desk: does at once what core-consensus asks for (sign, verify, log, send, time), and puts down what the host
//! must do afterwards.
//!
//! Everything passes [`Desk::burn`]: a node whose fuse is lit dies in the midst of a step, after so many effects. What it
//! does from then on never leaves it: nothing is logged, sent or signed for others.

mod effects;

use std::collections::VecDeque;
use std::time::Duration;

use malachitebft_core_consensus::MisbehaviorEvidence;
use malachitebft_core_types::{CommitCertificate, LinearTimeouts, Timeout, ValueResponse};
use seiza_engine::context::Seiza;
use seiza_engine::signing::{Signer, Verifier};
use seiza_types::{Height, ValueId};

use crate::message::Message;
use crate::out::{Alarm, Out};
use crate::schedule::Micros;
use crate::wal::Wal;

/// What the host does once core-consensus is done with an input.
pub enum Task {
    /// A round began.
    Round(Height, u32),
    /// A value is to be proposed.
    Propose(Height, u32),
    /// A stored compact proposal is to be published again.
    Restream(ValueId),
    /// A value is decided.
    Decide(CommitCertificate<Seiza>),
    /// The height is over.
    Finalize(MisbehaviorEvidence<Seiza>),
    /// A synced value whose certificate holds.
    Synced(ValueResponse<Seiza>),
    /// A synced value whose certificate does not hold.
    Rejected(Height),
}

/// Where a node is being torn from its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Torn {
    /// Between two writes.
    Clean,
    /// While a decided block was being written.
    Blocks,
    /// While a block's changes were being written.
    Changes,
}

/// One process' desk.
pub struct Desk {
    /// The log.
    pub wal: Wal,
    /// What the host has yet to do.
    pub tasks: VecDeque<Task>,
    /// What leaves the node.
    pub out: Vec<Out>,
    /// Whether the log is being replayed: then nothing is logged.
    pub recovering: bool,
    /// Whether the node is a validator at this height: else it logs nothing.
    pub validator: bool,
    /// Steps until the process dies, where that is to happen.
    pub fuse: Option<u32>,
    /// Whether it is dead, and what was being written then.
    pub dead: Option<Torn>,
    timeouts: LinearTimeouts,
    timers: Vec<(Timeout, u64)>,
    timer: u64,
    signer: Signer,
    verifier: Verifier,
}

/// The timeouts of every height; `wait` is how long a proposer may wait for transactions.
fn timeouts(wait: Duration) -> LinearTimeouts {
    LinearTimeouts {
        propose: Duration::from_millis(1_000) + wait,
        propose_delta: Duration::from_millis(500),
        prevote: Duration::from_millis(300),
        prevote_delta: Duration::from_millis(200),
        precommit: Duration::from_millis(300),
        precommit_delta: Duration::from_millis(200),
        rebroadcast: Duration::from_millis(1_500),
        ..LinearTimeouts::default()
    }
}

impl Desk {
    /// The desk of a process that starts now, over the log it finds.
    #[must_use]
    pub fn new(wal: Wal, signer: Signer, verifier: Verifier, wait: Duration) -> Self {
        Self {
            wal,
            tasks: VecDeque::new(),
            out: Vec::new(),
            recovering: false,
            validator: false,
            fuse: None,
            dead: None,
            timeouts: timeouts(wait),
            timers: Vec::new(),
            timer: 0,
            signer,
            verifier,
        }
    }

    /// A step is about to be taken: is the process still alive? `torn` says what dies with it.
    pub fn burn(&mut self, torn: Torn) -> bool {
        match &mut self.fuse {
            Some(0) => self.dead = self.dead.or(Some(torn)),
            Some(left) => *left -= 1,
            None => {}
        }
        self.dead.is_none()
    }

    /// Sends to everybody else.
    pub fn broadcast(&mut self, message: Message) {
        if self.dead.is_none() {
            self.out.push(Out::Broadcast(message));
        }
    }

    /// Sends to one.
    pub fn send(&mut self, to: usize, message: Message) {
        if self.dead.is_none() {
            self.out.push(Out::Send(to, message));
        }
    }

    /// Rings later.
    pub fn ring(&mut self, after: Micros, alarm: Alarm) {
        self.out.push(Out::Ring(after, alarm));
    }

    /// Tells the story.
    pub fn note(&mut self, text: String) {
        self.out.push(Out::Note(text));
    }

    /// The timer with this number has run out; `None` where it was cancelled.
    pub fn elapsed(&mut self, timer: u64) -> Option<Timeout> {
        let at = self.timers.iter().position(|(_, found)| *found == timer)?;
        Some(self.timers.swap_remove(at).0)
    }
}
