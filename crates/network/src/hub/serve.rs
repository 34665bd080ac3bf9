//! Peers' requests: bounded at the door, answered by the node, in its time.

use std::time::Instant;

use futures::FutureExt;
use libp2p::{PeerId, request_response::ResponseChannel};
use seiza_types::{B256, Bytes, limits::TX_BYTES_MAX};
use tokio::sync::oneshot;

use super::Hub;
use crate::{
    codec::{Asking, wire_fault},
    event::Event,
    limits::{EVENTS_MAX, PART_BYTES_MAX, RESPONSE_TXS_BYTES_MAX, SNAPSHOT_PART_BYTES_MAX},
    score::Fault,
    wire::{Item, Piece, Request, Response},
};

/// A response that is ready, and where it goes.
pub struct Answered {
    peer: PeerId,
    channel: ResponseChannel<Response>,
    response: Response,
}

/// The node's answer, on its way.
enum Awaited {
    Txs(oneshot::Receiver<Vec<Option<Bytes>>>, usize),
    BlockTxs(oneshot::Receiver<Option<Vec<Bytes>>>, usize),
    Part(oneshot::Receiver<Option<Bytes>>),
    Snapshot(oneshot::Receiver<Option<Piece>>),
}

impl Awaited {
    /// The response; "not held" where the node drops the question.
    async fn response(self) -> Response {
        match self {
            Self::Txs(answer, asked) => Response::Txs(cut_txs(answer.await.unwrap_or_default(), asked)),
            Self::BlockTxs(answer, asked) => Response::BlockTxs(cut_block_txs(answer.await.ok().flatten(), asked)),
            Self::Part(answer) => {
                Response::Part(answer.await.ok().flatten().filter(|part| part.len() <= PART_BYTES_MAX))
            }
            Self::Snapshot(answer) => Response::Snapshot(answer.await.ok().flatten().filter(fits)),
        }
    }

    /// The response where the node takes too long.
    fn late(&self) -> Response {
        match self {
            Self::Txs(_, asked) => Response::Txs(vec![None; *asked]),
            Self::BlockTxs(..) => Response::BlockTxs(None),
            Self::Part(_) => Response::Part(None),
            Self::Snapshot(_) => Response::Snapshot(None),
        }
    }
}

/// Whether a piece is within the bounds of its message.
fn fits(piece: &Piece) -> bool {
    (1..=Piece::PARTS_MAX).contains(&piece.parts) && piece.bytes.len() <= SNAPSHOT_PART_BYTES_MAX
}

/// One answer for each hash, as many as fit one response; an answer that is too large, or absent, is none.
fn cut_txs(mut txs: Vec<Option<Bytes>>, asked: usize) -> Vec<Option<Bytes>> {
    txs.resize(asked, None);
    txs.iter_mut().filter(|tx| tx.as_ref().is_some_and(|tx| tx.len() > TX_BYTES_MAX)).for_each(|tx| *tx = None);
    txs.truncate(fitting(txs.iter().map(|tx| tx.as_ref().map_or(0, |bytes| bytes.len()))));
    txs
}

/// As many as fit one response; none if the node's list is not one for this request.
fn cut_block_txs(txs: Option<Vec<Bytes>>, asked: usize) -> Option<Vec<Bytes>> {
    let mut txs = txs.filter(|txs| txs.len() == asked && asked > 0)?;
    if txs.iter().any(|tx| tx.len() > TX_BYTES_MAX) {
        return None;
    }
    txs.truncate(fitting(txs.iter().map(|tx| tx.len())));
    Some(txs)
}

/// How many of these lengths fit one response. The first always does.
fn fitting(lengths: impl Iterator<Item = usize>) -> usize {
    let sums = lengths.scan(0, |sum, length| {
        *sum += length;
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= RESPONSE_TXS_BYTES_MAX).count()
}

impl Hub {
    /// A stream came that should carry a request.
    pub(super) fn on_asking(&mut self, id: PeerId, asking: Asking, channel: ResponseChannel<Response>) {
        match asking {
            Ok(request) => self.serve(id, request, channel),
            Err(error) => self.fault(id, wire_fault(&error)),
        }
    }

    fn serve(&mut self, id: PeerId, request: Request, channel: ResponseChannel<Response>) {
        let Some(peer) = self.peers.get_mut(&id) else { return self.fault(id, Fault::Unsolicited) };
        if !peer.requests.take(1, Instant::now()) {
            return self.fault(id, Fault::Flood);
        }
        if empty(&request) {
            return self.fault(id, Fault::Undecodable);
        }
        if request == Request::Peers {
            let response = Response::Peers(self.addresses_for(&id));
            return self.respond(channel, response);
        }
        let full = self.waiting.len() >= EVENTS_MAX;
        if full || peer.answering >= self.config.limits.requests_at_once {
            return self.respond(channel, Response::Busy);
        }
        peer.answering += 1;
        let awaited = self.pass_on(id, request);
        self.wait_for(id, awaited, channel);
    }

    /// Asks the node.
    fn pass_on(&mut self, peer: PeerId, request: Request) -> Awaited {
        match request {
            Request::BlockTxs { block, indexes } => {
                let (reply, answer) = oneshot::channel();
                let asked = indexes.len();
                self.tell(Event::BlockTxsAsked { peer, block, indexes, reply });
                Awaited::BlockTxs(answer, asked)
            }
            Request::Part { block, index } => {
                let (reply, answer) = oneshot::channel();
                self.tell(Event::PartAsked { peer, block, index, reply });
                Awaited::Part(answer)
            }
            Request::Snapshot { item, part } => self.pass_on_snapshot(peer, item, part),
            Request::Txs(hashes) => self.pass_on_txs(peer, hashes),
            Request::Peers => self.pass_on_txs(peer, vec![]),
        }
    }

    fn pass_on_snapshot(&mut self, peer: PeerId, item: Item, part: u32) -> Awaited {
        let (reply, answer) = oneshot::channel();
        self.tell(Event::SnapshotAsked { peer, item, part, reply });
        Awaited::Snapshot(answer)
    }

    fn pass_on_txs(&mut self, peer: PeerId, hashes: Vec<B256>) -> Awaited {
        let (reply, answer) = oneshot::channel();
        let asked = hashes.len();
        self.tell(Event::TxsAsked { peer, hashes, reply });
        Awaited::Txs(answer, asked)
    }

    fn wait_for(&mut self, peer: PeerId, awaited: Awaited, channel: ResponseChannel<Response>) {
        let (timeout, late) = (self.config.limits.answer_timeout, awaited.late());
        let answer = async move {
            let response = tokio::time::timeout(timeout, awaited.response()).await.unwrap_or(late);
            Answered { peer, channel, response }
        };
        self.answers.push(answer.boxed());
    }

    pub(super) fn on_answered(&mut self, answered: Answered) {
        let Answered { peer, channel, response } = answered;
        if let Some(peer) = self.peers.get_mut(&peer) {
            peer.answering = peer.answering.saturating_sub(1);
        }
        self.respond(channel, response);
    }

    /// A response that nobody waits for any more is dropped.
    fn respond(&mut self, channel: ResponseChannel<Response>, response: Response) {
        let _ = self.swarm.behaviour_mut().fetch.send_response(channel, response);
    }
}

/// Whether nothing is asked: no honest peer does.
fn empty(request: &Request) -> bool {
    match request {
        Request::Txs(hashes) => hashes.is_empty(),
        Request::BlockTxs { indexes, .. } => indexes.is_empty(),
        Request::Part { .. } | Request::Peers | Request::Snapshot { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tx(length: usize) -> Bytes {
        Bytes::from(vec![1; length])
    }

    #[test]
    fn answers_are_cut_to_what_fits_one_response() {
        let table = [
            ("all fit", vec![Some(tx(10)), None, Some(tx(10))], 3, 3),
            ("absent at the end", vec![Some(tx(10))], 3, 3),
            ("too many", vec![Some(tx(10)); 9], 3, 3),
            ("largest", vec![Some(tx(TX_BYTES_MAX)); 5], 5, 2),
            ("nothing", vec![], 4, 4),
        ];
        for (name, txs, asked, expected) in table {
            let cut = cut_txs(txs, asked);
            assert_eq!(cut.len(), expected, "{name}");
        }
        assert_eq!(cut_txs(vec![Some(tx(TX_BYTES_MAX + 1))], 1), vec![None], "no transaction is so large");
    }

    #[test]
    fn a_blocks_transactions_are_all_or_none_but_for_the_cut() {
        let table = [
            ("all fit", Some(vec![tx(10); 3]), 3, Some(3)),
            ("not held", None, 3, None),
            ("one too few", Some(vec![tx(10); 2]), 3, None),
            ("cut", Some(vec![tx(TX_BYTES_MAX); 3]), 3, Some(2)),
            ("no transaction is so large", Some(vec![tx(TX_BYTES_MAX + 1)]), 1, None),
        ];
        for (name, txs, asked, expected) in table {
            assert_eq!(cut_block_txs(txs, asked).map(|txs| txs.len()), expected, "{name}");
        }
    }
}
