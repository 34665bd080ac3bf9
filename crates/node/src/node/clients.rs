//! The servers that clients speak to, over one door to chain and pool.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seiza_engine::{Ballot, RoundBallots};
use seiza_network::{Announced, Direction, Network, PeerInfo};
use seiza_rpc::{Backend, Parts, Peers, ServerConfig, ServerHandle, Source};
use seiza_rpc::{
    PeerView, RoundState, RoundVotes, TendermintConfig, TendermintHandle, TendermintParts, VoteView, node_id,
    serve_tendermint,
};
use seiza_types::{Time, VerifiedTx};
use tokio::sync::Notify;

use super::Node;
use crate::clock;
use crate::failure::Failure;
use crate::founding::NodeKey;
use crate::host::{Input, Inputs, Meetings, RoundView, Shared};
use crate::ports::listen_failure;

impl Node<'_> {
    pub(super) fn backend(
        &self,
        shared: &Shared,
        network: &Network,
        wake: &Arc<Notify>,
        rounds: Arc<RoundView>,
    ) -> Backend {
        let (waker, announcer, peers, broadcast) =
            (wake.clone(), network.clone(), network.clone(), self.settings.broadcast);
        let on_admitted = move |txs: &[VerifiedTx], source: Source| {
            waker.notify_one();
            if !broadcast {
                return;
            }
            // What enters the network here travels at once; what is passed on is asked for by those who lack it.
            let bytes = |tx: &VerifiedTx| (source == Source::Client).then(|| tx.raw.clone());
            announcer.announce(txs.iter().map(|tx| Announced { hash: tx.hash, bytes: bytes(tx) }).collect());
        };
        Backend::new(Parts {
            chain: shared.chain.clone(),
            pool: shared.pool.clone(),
            notifier: shared.notifier.clone(),
            clock: Arc::new(clock::now),
            on_admitted: Arc::new(on_admitted),
            peers: Arc::new(move || Peers { count: peers.peers().len() as u64, syncing: rounds.get().syncing }),
            executions: shared.executions.clone(),
            footprints: shared.footprints.clone(),
        })
    }

    pub(super) async fn listen(&self, backend: Arc<Backend>) -> Result<ServerHandle, Failure> {
        let settings = self.settings;
        let config = ServerConfig {
            http: Some(SocketAddr::new(settings.host, settings.http_port)),
            ws: Some(SocketAddr::new(settings.host, settings.ws_port)),
            connections_max: u32::try_from(settings.connections_max.0).unwrap_or(u32::MAX),
        };
        seiza_rpc::serve(config, backend).await.map_err(|error| listen_failure(&error))
    }

    /// Serves Tendermint's RPC.
    pub(super) async fn listen_tendermint(
        &self,
        backend: Arc<Backend>,
        parts: TendermintParts,
    ) -> Result<TendermintHandle, Failure> {
        let listen = SocketAddr::new(self.settings.host, self.settings.tendermint_port);
        let config = TendermintConfig { listen, ..TendermintConfig::default() };
        serve_tendermint(config, backend, parts).await.map_err(|error| listen_failure(&error))
    }

    /// What Tendermint's RPC says of this node that the chain does not know.
    pub(super) fn tendermint_parts(
        &self,
        shared: &Shared,
        network: Network,
        meetings: Meetings,
        rounds: Arc<RoundView>,
        letters: Inputs,
    ) -> Result<TendermintParts, Failure> {
        let p2p = &self.settings.p2p;
        let peer_id = NodeKey::open(self.home)?.peer_id();
        let (chain, syncing) = (shared.chain.clone(), rounds.clone());
        Ok(TendermintParts {
            moniker: self.settings.moniker.clone(),
            node_id: node_id(peer_id.as_bytes()),
            public_key: self.key.public_key(),
            listen: format!("tcp://{}:{}", p2p.host, p2p.port),
            peers: Arc::new(move || network.peers().iter().map(|peer| view(peer, &meetings)).collect()),
            consensus: Arc::new(move || round_state(&rounds)),
            syncing: Arc::new(move || syncing.get().syncing.is_some()),
            evidence: Arc::new(move |evidence| {
                chain.check_evidence(&evidence).map_err(|error| error.to_string())?;
                letters.tell(Input::Evidence(evidence.encode()));
                Ok(())
            }),
        })
    }
}

fn view(peer: &PeerInfo, meetings: &Meetings) -> PeerView {
    PeerView {
        id: node_id(peer.id.to_base58().as_bytes()),
        moniker: peer.moniker.clone(),
        address: peer.address,
        outbound: peer.direction == Direction::Outbound,
        connected: meetings.since(&peer.id).map_or(Duration::ZERO, |since: Instant| since.elapsed()),
    }
}

/// What is locked stays in the engine.
fn round_state(rounds: &RoundView) -> RoundState {
    let at = rounds.get();
    RoundState {
        height: at.height,
        round: at.round,
        step: at.step,
        start: at.start,
        proposal: at.proposal,
        locked: None,
        valid: None,
        votes: rounds.votes(at.height).into_iter().map(|round| votes(round, at.start)).collect(),
    }
}

/// A vote for nothing names no time: it is shown with the height's start.
fn votes(ballots: RoundBallots, start: Time) -> RoundVotes {
    let view = |ballot: Ballot| VoteView {
        validator: ballot.validator,
        block: ballot.value.map(|value| value.block),
        signature: *ballot.signature.first_chunk().expect("64 bytes have a first six"),
        time: ballot.value.map_or(start, |value| value.time()),
    };
    let views = |votes: Vec<Option<Ballot>>| votes.into_iter().map(|vote| vote.map(view)).collect();
    let RoundBallots { round, prevotes, precommits } = ballots;
    RoundVotes { round, prevotes: views(prevotes), precommits: views(precommits) }
}
