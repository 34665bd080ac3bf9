//! Requests of ours: whom they wait for, and whether the response is one.

use libp2p::{
    PeerId,
    request_response::{Event as FetchEvent, Message, OutboundFailure, OutboundRequestId},
};
use seiza_types::B256;
use tokio::sync::oneshot;

use super::Hub;
use crate::{
    codec::{Asking, fault_of},
    command::{Answer, FetchError},
    figures::count,
    limits::ASKED_PER_PEER_MAX,
    score::Fault,
    wire::{Request, Response},
};

/// A request on its way.
pub struct Asked {
    peer: PeerId,
    fits: Fits,
    /// Nobody waits for addresses: they go into the book.
    reply: Option<oneshot::Sender<Answer>>,
}

/// What a response must be.
enum Fits {
    Txs(Vec<B256>),
    BlockTxs(usize),
    Part,
    Peers,
    Snapshot,
}

impl Fits {
    fn of(request: &Request) -> Self {
        match request {
            Request::Txs(hashes) => Self::Txs(hashes.clone()),
            Request::BlockTxs { indexes, .. } => Self::BlockTxs(indexes.len()),
            Request::Part { .. } => Self::Part,
            Request::Peers => Self::Peers,
            Request::Snapshot { .. } => Self::Snapshot,
        }
    }

    /// Whether the response is one to the request: of its kind, not more than asked, and at least one item, so that
    /// asking for the rest comes to an end.
    fn admits(&self, response: &Response) -> bool {
        match (self, response) {
            (Self::Txs(asked), Response::Txs(txs)) => (1..=asked.len()).contains(&txs.len()),
            (Self::BlockTxs(asked), Response::BlockTxs(Some(txs))) => (1..=*asked).contains(&txs.len()),
            (Self::BlockTxs(_), Response::BlockTxs(None))
            | (Self::Part, Response::Part(_))
            | (Self::Peers, Response::Peers(_))
            | (Self::Snapshot, Response::Snapshot(_))
            | (_, Response::Busy) => true,
            _ => false,
        }
    }
}

impl Hub {
    /// Asks a joined peer.
    pub(super) fn ask(&mut self, peer: PeerId, request: Request, reply: oneshot::Sender<Answer>) {
        if let Err(error) = self.place(peer, request, Some(reply)) {
            let (reply, error) = error;
            reply.map(|reply| reply.send(Err(error)));
        }
    }

    pub(super) fn ask_for_peers(&mut self, peer: PeerId) {
        // A peer that is not there, or busy, is asked another time.
        let _ = self.place(peer, Request::Peers, None);
    }

    fn place(
        &mut self,
        id: PeerId,
        request: Request,
        reply: Option<oneshot::Sender<Answer>>,
    ) -> Result<(), (Option<oneshot::Sender<Answer>>, FetchError)> {
        let Some(peer) = self.peers.get_mut(&id) else { return Err((reply, FetchError::NotConnected)) };
        if peer.asked >= ASKED_PER_PEER_MAX {
            return Err((reply, FetchError::Busy));
        }
        peer.asked += 1;
        let asked = Asked { peer: id, fits: Fits::of(&request), reply };
        let number = self.swarm.behaviour_mut().fetch.send_request(&id, Ok(request));
        self.asked.insert(number, asked);
        Ok(())
    }

    pub(super) fn on_fetch(&mut self, event: FetchEvent<Asking, Response>) {
        match event {
            FetchEvent::Message { peer, message: Message::Request { request, channel, .. }, .. } => {
                self.on_asking(peer, request, channel);
            }
            FetchEvent::Message { message: Message::Response { request_id, response }, .. } => {
                self.on_response(request_id, response);
            }
            FetchEvent::OutboundFailure { request_id, error, .. } => self.on_no_response(request_id, &error),
            FetchEvent::InboundFailure { .. } | FetchEvent::ResponseSent { .. } => {}
        }
    }

    fn finish(&mut self, number: OutboundRequestId) -> Option<Asked> {
        let asked = self.asked.remove(&number)?;
        if let Some(peer) = self.peers.get_mut(&asked.peer) {
            peer.asked = peer.asked.saturating_sub(1);
        }
        Some(asked)
    }

    fn on_response(&mut self, number: OutboundRequestId, response: Response) {
        let Some(Asked { peer, fits, reply }) = self.finish(number) else { return };
        let answer = match response {
            response if !fits.admits(&response) => {
                self.fault(peer, Fault::Unsolicited);
                Err(FetchError::Faulty(Fault::Unsolicited))
            }
            Response::Busy => Err(FetchError::Busy),
            Response::Peers(entries) => return self.on_addresses(peer, &entries),
            response => Ok(response),
        };
        if let (Fits::Txs(asked), Ok(Response::Txs(txs))) = (&fits, &answer) {
            self.check_promise(peer, asked, txs);
        }
        reply.map(|reply| reply.send(answer));
    }

    /// A peer that has none of what it announced and was asked for has broken its promise. Some may be included or
    /// displaced meanwhile: that is no fault.
    fn check_promise(&mut self, id: PeerId, asked: &[B256], txs: &[Option<seiza_types::Bytes>]) {
        let promised = |hash: &B256| self.peers.get(&id).is_some_and(|peer| peer.known.promised(hash));
        if txs.iter().all(Option::is_none) && asked[..txs.len()].iter().all(promised) {
            self.fault(id, Fault::NeverSent);
        }
    }

    fn on_no_response(&mut self, number: OutboundRequestId, error: &OutboundFailure) {
        let Some(Asked { peer, reply, .. }) = self.finish(number) else { return };
        let (error, fault) = verdict(error);
        if error == FetchError::Timeout {
            count(&self.shared.counters.timeouts);
        }
        fault.into_iter().for_each(|fault| self.fault(peer, fault));
        reply.map(|reply| reply.send(Err(error)));
    }
}

/// What a failed request means to who asked, and what it costs the peer.
fn verdict(error: &OutboundFailure) -> (FetchError, Option<Fault>) {
    match error {
        OutboundFailure::Timeout => (FetchError::Timeout, Some(Fault::Unanswered)),
        OutboundFailure::Io(error) => match fault_of(error) {
            Some(fault) => (FetchError::Faulty(fault), Some(fault)),
            None => (FetchError::NotConnected, None),
        },
        _ => (FetchError::NotConnected, None),
    }
}

#[cfg(test)]
mod tests {
    use seiza_types::Bytes;

    use super::*;

    #[test]
    fn a_response_fits_its_request_or_is_unsolicited() {
        let txs = Fits::Txs(vec![B256::ZERO; 3]);
        let block = Fits::BlockTxs(3);
        let tx = Bytes::from(vec![1]);
        let table = [
            (&txs, Response::Txs(vec![None; 3]), true),
            (&txs, Response::Txs(vec![None; 1]), true),
            (&txs, Response::Txs(vec![]), false),
            (&txs, Response::Txs(vec![None; 4]), false),
            (&txs, Response::Part(None), false),
            (&txs, Response::Busy, true),
            (&block, Response::BlockTxs(Some(vec![tx.clone(); 3])), true),
            (&block, Response::BlockTxs(Some(vec![tx.clone(); 4])), false),
            (&block, Response::BlockTxs(Some(vec![])), false),
            (&block, Response::BlockTxs(None), true),
            (&block, Response::Txs(vec![None; 3]), false),
            (&Fits::Part, Response::Part(Some(tx)), true),
            (&Fits::Part, Response::Peers(vec![]), false),
            (&Fits::Peers, Response::Peers(vec![]), true),
            (&Fits::Snapshot, Response::Snapshot(None), true),
            (&Fits::Snapshot, Response::Part(None), false),
        ];
        for (fits, response, expected) in table {
            assert_eq!(fits.admits(&response), expected, "{response:?}");
        }
    }
}
