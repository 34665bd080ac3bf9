//! The actor that stands between Malachite's actors and our host: it forwards each message as an [`Ask`] and returns at once,
//! so that one slow answer holds nothing up.

use async_trait::async_trait;
use malachitebft_app::types::streaming::StreamMessage;
use malachitebft_core_consensus::{LocallyProposedValue, ProposedValue, Role};
use malachitebft_core_types::Round;
use malachitebft_engine::host::{HostMsg, HostRef, Next};
use malachitebft_peer::PeerId;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort, SpawnErr};
use tokio::sync::mpsc::UnboundedSender;
use tracing::debug;

use crate::context::{Height, Part, Seiza, Value, round_number};
use crate::convert;
use crate::gate::Gate;
use crate::reply::Reply;
use crate::sets::Sets;
use crate::words::{Ask, HeightParams};

/// The forwarding actor.
pub(crate) struct Host {
    asks: UnboundedSender<Ask>,
    gate: Gate,
    sets: Sets,
}

/// A reply through `port`, turned into the engine's type; dropped, it answers `otherwise`, or drops the port.
fn reply<T, E>(port: RpcReplyPort<E>, turn: impl FnOnce(T) -> E + Send + 'static, otherwise: Option<E>) -> Reply<T>
where
    T: 'static,
    E: Send + 'static,
{
    Reply::new(move |answer: Option<T>| {
        // A port whose other end is gone belongs to a stopped engine.
        if let Some(answer) = answer.map(turn).or(otherwise) {
            let _ = port.send(answer);
        }
    })
}

impl Host {
    /// Starts the actor; questions go to `asks`, each height's validators to `sets`.
    pub(crate) async fn spawn(asks: UnboundedSender<Ask>, sets: Sets) -> Result<HostRef<Seiza>, SpawnErr> {
        let host = Self { asks, gate: Gate::default(), sets };
        Actor::spawn(None, host, ()).await.map(|(actor, _)| actor)
    }

    fn params<E: Send + 'static>(
        &self,
        port: RpcReplyPort<E>,
        turn: impl FnOnce(HeightParams) -> E + Send + 'static,
    ) -> Reply<HeightParams> {
        let sets = self.sets.clone();
        let kept = move |params: HeightParams| {
            sets.keep(&params);
            turn(params)
        };
        reply(port, kept, None)
    }

    fn proposal(
        &self,
        from: PeerId,
        publisher: Option<PeerId>,
        part: StreamMessage<Part>,
        port: RpcReplyPort<ProposedValue<Seiza>>,
    ) -> Option<Ask> {
        let bytes = part.content.into_data()?.0;
        let Some(place) = self.gate.enter(from) else {
            debug!(%from, "proposal dropped: too many wait");
            return None;
        };
        let turn = move |value| {
            drop(place);
            convert::proposed(value)
        };
        let publisher = publisher.map(|id| id.to_string());
        Some(Ask::Proposal { from: from.to_string(), publisher, bytes, reply: reply(port, turn, None) })
    }

    fn ask(&self, message: HostMsg<Seiza>) -> Option<Ask> {
        Some(match message {
            HostMsg::ConsensusReady { reply_to } => Ask::Ready { reply: self.params(reply_to, convert::height_params) },
            HostMsg::StartedRound { height, round, proposer, role, reply_to } => Ask::StartedRound {
                height: height.0,
                round: round_number(round),
                proposer: proposer.into(),
                ours: role == Role::Proposer,
                reply: reply(
                    reply_to,
                    |all: Vec<_>| all.into_iter().map(convert::proposed).collect(),
                    Some(Vec::new()),
                ),
            },
            HostMsg::GetValue { height, round, timeout, reply_to } => Ask::GetValue {
                height: height.0,
                round: round_number(round),
                timeout,
                reply: reply(reply_to, move |value| LocallyProposedValue::new(height, round, Value(value)), None),
            },
            HostMsg::ReceivedProposalPart { from, published_by, part, reply_to } => {
                return self.proposal(from, published_by, part, reply_to);
            }
            HostMsg::RestreamValue { height, round, valid_round, value_id, .. } => Ask::Restream {
                height: height.0,
                round: round_number(round),
                valid_round: Round::as_u32(&valid_round),
                value: value_id.0,
            },
            other => return self.decided(other),
        })
    }

    fn decided(&self, message: HostMsg<Seiza>) -> Option<Ask> {
        Some(match message {
            HostMsg::Decided { certificate, reply_to, .. } => Ask::Decided {
                height: certificate.height.0,
                certificate: convert::decision(certificate),
                reply: reply(reply_to, |()| (), None),
            },
            HostMsg::Finalized { certificate, evidence, reply_to, .. } => {
                let certificate = convert::decision(certificate);
                let evidence = self.sets.evidence(&certificate, &evidence);
                let next = |params| {
                    let (height, params) = convert::height_params(params);
                    Next::Start(height, params)
                };
                Ask::Finalized { height: certificate.height, certificate, evidence, reply: self.params(reply_to, next) }
            }
            HostMsg::GetDecidedValues { range, reply_to } => Ask::DecidedValues {
                range: range.start().0..=range.end().0,
                reply: reply(reply_to, convert::decided_values, Some(Vec::new())),
            },
            HostMsg::ProcessSyncedValue { height, round, proposer, value_bytes, reply_to } => Ask::Synced {
                height: height.0,
                round: round_number(round),
                proposer: proposer.into(),
                bytes: value_bytes,
                reply: reply(reply_to, convert::synced, None),
            },
            HostMsg::GetHistoryMinHeight { reply_to } => {
                Ask::HistoryMin { reply: reply(reply_to, Height, Some(Height(1))) }
            }
            other => {
                extensions(other);
                return None;
            }
        })
    }
}

/// Answers what is only asked at heights with vote extensions, of which there are none.
fn extensions(message: HostMsg<Seiza>) {
    match message {
        HostMsg::ExtendVote { reply_to, .. } => drop(reply_to.send(None)),
        HostMsg::VerifyVoteExtensions { extensions, reply_to, .. } => {
            drop(reply_to.send(extensions.into_iter().map(|(address, ())| (address, Ok(()))).collect()));
        }
        _ => (),
    }
}

#[async_trait]
impl Actor for Host {
    type Msg = HostMsg<Seiza>;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _myself: ActorRef<Self::Msg>, _arguments: ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(
        &self,
        _myself: ActorRef<Self::Msg>,
        message: Self::Msg,
        _state: &mut (),
    ) -> Result<(), ActorProcessingErr> {
        match self.ask(message) {
            // A host that no longer listens ends the engine.
            Some(ask) => self.asks.send(ask).map_err(|_| "the host has gone".into()),
            None => Ok(()),
        }
    }
}
