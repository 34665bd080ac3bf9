//! How a node that lags catches up: everybody says how high it is; who is behind asks for decided values, one at a time,
//! and core-consensus checks the certificate before the host sees the block.

use malachitebft_core_consensus::{Input, PeerId};
use malachitebft_core_types::{ExtendedCommitCertificate, Validity, ValueOrigin, ValueResponse};
use seiza_engine::context::{Seiza, round_number};
use seiza_engine::{Decision, convert};
use seiza_types::{Block, Bytes, Height, ValueId};

use super::live::Live;
use crate::limits::{SYNC_RETRY_US, TICK_US};
use crate::message::Message;
use crate::out::Alarm;

/// What is known of the others' heights, and what was asked.
pub struct Sync {
    tips: Vec<Height>,
    /// Ticks since the height began.
    ticks: u64,
    /// Tick at which a value was asked for.
    asked: Option<u64>,
    /// Who is asked next.
    turn: usize,
}

impl Sync {
    /// Nothing is known of `nodes` nodes.
    pub fn new(nodes: usize) -> Self {
        Self { tips: vec![0; nodes], ticks: 0, asked: None, turn: 0 }
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> usize {
        self.tips.len()
    }

    /// A height begins.
    pub fn begin(&mut self) {
        (self.ticks, self.asked) = (0, None);
    }

    /// A peer said how high it is.
    pub fn heard(&mut self, from: usize, height: Height) {
        self.tips[from] = self.tips[from].max(height);
    }

    /// The value that was asked for is not good.
    pub fn failed(&mut self) {
        self.asked = None;
    }

    /// Whom to ask for the value of `height` now, if anybody.
    fn next(&mut self, height: Height) -> Option<usize> {
        let waits = self.asked.is_some_and(|at| (self.ticks - at) * TICK_US < SYNC_RETRY_US);
        let lags = self.tips.iter().any(|tip| *tip > height) || self.ticks > 1;
        if waits || !lags {
            return None;
        }
        let nodes = self.tips.len();
        let peer = (0..nodes).map(|step| (self.turn + step) % nodes).find(|peer| self.tips[*peer] >= height)?;
        (self.turn, self.asked) = (peer + 1, Some(self.ticks));
        Some(peer)
    }
}

impl Live {
    /// Says how high it is, and asks for the next value where it lags.
    pub fn tick(&mut self) {
        let tip = self.host.chain.head().height;
        self.desk.broadcast(Message::Status(tip));
        self.sync.ticks += 1;
        self.ask_value();
        self.desk.ring(TICK_US, Alarm::Tick);
    }

    fn ask_value(&mut self) {
        let height = self.host.height();
        if let Some(peer) = self.sync.next(height) {
            self.desk.send(peer, Message::AskValue(height));
        }
    }

    /// Somebody lags.
    pub fn give_value(&mut self, to: usize, height: Height) {
        let found = self.host.chain.storage().block(height).ok().flatten();
        let Some(found) = found.filter(|_| height <= self.host.chain.head().height) else { return };
        let decision = Decision {
            height,
            round: found.certificate.round(),
            value: ValueId::of(&found.block.header),
            signatures: found.certificate.signatures().collect(),
        };
        let certificate = convert::certificate(decision);
        self.desk.send(to, Message::Value(found.block.encode().into(), certificate));
    }

    /// A decided value came.
    pub fn take_value(&mut self, from: usize, bytes: Bytes, certificate: ExtendedCommitCertificate<Seiza>) {
        if certificate.height.0 != self.host.height() {
            return;
        }
        self.input(Input::SyncValueResponse(ValueResponse::new(peer_id(from), bytes.0, certificate)));
    }

    /// The certificate of a synced value holds: is the block the one that it names, and valid here?
    pub fn synced(&mut self, response: ValueResponse<Seiza>) {
        let (certified, round) = (response.certificate.value_id.0, round_number(response.certificate.round));
        let block = Block::decode(&response.value_bytes).ok().filter(|block| ValueId::of(&block.header) == certified);
        let Some(block) = block else {
            self.desk.note("refuses a synced value: another block than its certificate's".to_owned());
            return self.sync.failed();
        };
        match self.host.validate(block.clone()) {
            Ok(verified) => {
                let kept = self.host.keep(verified, round, Bytes::new());
                self.sound("executing a synced block", kept);
                self.desk.note(format!("syncs height {}", block.height()));
                self.feed(self.proposed(&block, round, Validity::Valid, ValueOrigin::Sync));
            }
            Err(error) => {
                // Its header is certified, so only transactions that do not belong to it can be wrong.
                self.desk.note(format!("refuses a synced value: {error}"));
                self.sync.failed();
            }
        }
    }
}

/// A name for a node in the engine's words: an identity multihash of its number.
fn peer_id(node: usize) -> PeerId {
    let number = u8::try_from(node).unwrap_or(u8::MAX);
    PeerId::from_bytes(&[0, 1, number]).expect("an identity multihash of one byte is a peer id")
}
