//! What core-consensus asks for, and how the desk does it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use malachitebft_core_consensus::{ConsensusMsg, Effect, LivenessMsg, Resumable as _, Resume, SignedConsensusMsg};
use malachitebft_core_types::{SignedMessage, Timeout};
use malachitebft_signing::VerifierExt as _;
use seiza_engine::context::{Seiza, Vote, round_number};

use super::{Desk, Task, Torn};
use crate::message::Message;
use crate::out::{Alarm, Out};
use crate::schedule::Micros;

impl Desk {
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
