//! A node's desk: does at once what core-consensus asks for (sign, verify, log, send, time), and puts down what the host
//! must do afterwards.
//!
//! Everything passes [`Desk::burn`]: a node whose fuse is lit dies in the midst of a step, after so many effects. What it
//! does from then on never leaves it: nothing is logged, sent or signed for others.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use malachitebft_core_consensus::{
    ConsensusMsg, Effect, LivenessMsg, MisbehaviorEvidence, Resumable as _, Resume, SignedConsensusMsg,
};
use malachitebft_core_types::{CommitCertificate, LinearTimeouts, SignedMessage, Timeout, ValueResponse};
use malachitebft_signing::VerifierExt as _;
use seiza_engine::context::{Seiza, Vote, round_number};
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

    /// Does what core-consensus asks for.
    pub fn handle(&mut self, effect: Effect<Seiza>) -> Result<Resume<Seiza>, Infallible> {
        let alive = self.burn(Torn::Clean);
        Ok(match effect {
            Effect::SignVote(vote, r) => r.resume_with(self.signer.vote(vote)),
            Effect::SignProposal(proposal, r) => r.resume_with(self.signer.proposal(proposal)),
            Effect::VerifySignature(signed, key, r) => r.resume_with(self.verifies(&signed, &key)),
            Effect::VerifyCommitCertificate(certificate, set, thresholds, r) => {
                r.resume_with(ready(self.verifier.verify_commit_certificate(&Seiza, &certificate, &set, thresholds)))
            }
            Effect::VerifyPolkaCertificate(certificate, set, thresholds, r) => {
                r.resume_with(ready(self.verifier.verify_polka_certificate(&Seiza, &certificate, &set, thresholds)))
            }
            Effect::VerifyRoundCertificate(certificate, set, thresholds, r) => {
                r.resume_with(ready(self.verifier.verify_round_certificate(&Seiza, &certificate, &set, thresholds)))
            }
            Effect::VerifyExtendedCommitCertificate(certificate, set, thresholds, policy, r) => {
                let verifier = &self.verifier;
                let verdict =
                    verifier.verify_extended_commit_certificate(&Seiza, &certificate, &set, thresholds, policy);
                r.resume_with(ready(verdict))
            }
            Effect::ExtendVote(.., r) => r.resume_with(None),
            Effect::VerifyVoteExtension(.., r) => r.resume_with(Ok(())),
            other => {
                if alive {
                    self.act(other);
                }
                Resume::Continue
            }
        })
    }

    fn verifies(&self, signed: &SignedMessage<Seiza, ConsensusMsg<Seiza>>, key: &tendermint::PublicKey) -> bool {
        match &signed.message {
            ConsensusMsg::Vote(vote) => self.verifier.vote(vote, &signed.signature, key),
            ConsensusMsg::Proposal(proposal) => self.verifier.proposal(proposal, &signed.signature, key),
        }
    }

    /// The effects that expect no answer.
    fn act(&mut self, effect: Effect<Seiza>) {
        match effect {
            Effect::CancelAllTimeouts(_) => self.timers.clear(),
            Effect::CancelTimeout(timeout, _) => self.timers.retain(|(found, _)| *found != timeout),
            Effect::ScheduleTimeout(timeout, _) => self.start_timer(timeout),
            Effect::StartRound(height, round, ..) => {
                self.wal.flush();
                self.tasks.push_back(Task::Round(height.0, round_number(round)));
            }
            Effect::PublishConsensusMsg(message, _) => self.publish(message),
            Effect::PublishLivenessMsg(message, _) => self.broadcast(Message::Liveness(message)),
            Effect::RepublishVote(vote, _) => self.republish(vote),
            Effect::RepublishRoundCertificate(certificate, _) => {
                self.broadcast(Message::Liveness(LivenessMsg::SkipRoundCertificate(certificate)));
            }
            Effect::GetValue(height, round, ..) => self.tasks.push_back(Task::Propose(height.0, round_number(round))),
            Effect::RestreamProposal(.., value, _) => self.tasks.push_back(Task::Restream(value.0)),
            Effect::Decide(certificate, ..) => {
                self.wal.flush();
                self.tasks.push_back(Task::Decide(certificate));
            }
            Effect::Finalize(_, _, evidence, _) => self.tasks.push_back(Task::Finalize(evidence)),
            Effect::CertVerifiedSyncValue(response, ..) => self.tasks.push_back(Task::Synced(response)),
            Effect::CertRejectedSyncValue(_, height, ..) => self.tasks.push_back(Task::Rejected(height.0)),
            Effect::WalAppend(height, entry, _) if self.validator && !self.recovering => {
                self.wal.append(height.0, entry);
            }
            // Those with an answer are not for here, and a log that is replayed is not written.
            _ => {}
        }
    }

    fn start_timer(&mut self, timeout: Timeout) {
        let after = self.timeouts.duration_for(timeout);
        self.timers.retain(|(found, _)| *found != timeout);
        self.timer += 1;
        self.timers.push((timeout, self.timer));
        let after = Micros::try_from(after.as_micros()).unwrap_or(Micros::MAX / 2);
        self.ring(after, Alarm::Timer(self.timer));
    }

    fn publish(&mut self, message: SignedConsensusMsg<Seiza>) {
        self.wal.flush();
        self.out.push(Out::Signed(message.clone()));
        self.broadcast(Message::Consensus(message));
    }

    fn republish(&mut self, vote: SignedMessage<Seiza, Vote>) {
        self.out.push(Out::Signed(SignedConsensusMsg::Vote(vote.clone())));
        self.broadcast(Message::Liveness(LivenessMsg::Vote(vote)));
    }
}

/// The result of a future that waits for nothing: the engine's verifier is asynchronous by its trait only.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a verifier that computes never waits"),
    }
}
