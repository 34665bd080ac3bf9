//! Announcements and evidence, out and in.

use std::{mem, time::Instant};

use libp2p::PeerId;
use seiza_types::Bytes;

use super::Hub;
use crate::{
    event::{Announced, Event},
    known::Known,
    limits::{ANNOUNCE_HASHES_MAX, OUTBOX_MAX, PUSH_BYTES_MAX, PUSH_PEERS_MAX, PUSH_TX_BYTES_MAX, PUSH_TXS_MAX},
    score::Fault,
    wire::LaneMessage,
};

/// Announced transactions that wait for others, a few milliseconds.
#[derive(Default)]
pub struct Outbox {
    txs: Vec<Announced>,
    bytes: usize,
    due: Option<Instant>,
}

impl Outbox {
    /// When to flush: never, while it is empty.
    pub const fn due(&self) -> Option<Instant> {
        self.due
    }

    /// How many of these did not fit.
    fn add(&mut self, mut txs: Vec<Announced>, due: Instant) -> usize {
        let room = OUTBOX_MAX - self.txs.len();
        let over = txs.len().saturating_sub(room);
        txs.truncate(room);
        self.bytes += txs.iter().map(|tx| tx.bytes.as_ref().map_or(0, |bytes| bytes.len())).sum::<usize>();
        self.txs.append(&mut txs);
        self.due = self.due.or(if self.txs.is_empty() { None } else { Some(due) });
        over
    }

    const fn big(&self) -> bool {
        self.txs.len() >= ANNOUNCE_HASHES_MAX || self.bytes >= PUSH_BYTES_MAX
    }
}

/// Frames for one peer out of a batch, as few as hold it: of small transactions the bytes (where `whole`), of the others
/// the hash.
fn frames(batch: &[Announced], known: &mut Known, whole: bool) -> Vec<LaneMessage> {
    let (mut out, mut hashes, mut push, mut bytes) = (vec![], vec![], vec![], 0);
    for tx in batch {
        if !known.tell(&tx.hash) {
            continue;
        }
        match tx.bytes.as_ref().filter(|bytes| whole && bytes.len() <= PUSH_TX_BYTES_MAX) {
            Some(tx_bytes) => {
                if push.len() >= PUSH_TXS_MAX || bytes + tx_bytes.len() > PUSH_BYTES_MAX {
                    out.push(LaneMessage::Push(mem::take(&mut push)));
                    bytes = 0;
                }
                bytes += tx_bytes.len();
                push.push((tx.hash, tx_bytes.clone()));
            }
            None => hashes.push(tx.hash),
        }
    }
    out.extend((!push.is_empty()).then_some(LaneMessage::Push(push)));
    out.extend(hashes.chunks(ANNOUNCE_HASHES_MAX).map(|some| LaneMessage::Announce(some.to_vec())));
    out
}

impl Hub {
    pub(super) fn announce(&mut self, txs: Vec<Announced>) {
        let due = Instant::now() + self.config.limits.announce_delay;
        let over = self.outbox.add(txs, due);
        self.shared.counters.announcements_dropped.fetch_add(over as u64, std::sync::atomic::Ordering::Relaxed);
        if self.outbox.big() {
            self.flush();
        }
    }

    /// Sends every peer what it does not know. Each transaction goes whole to a few peers, the same number for all.
    pub(super) fn flush(&mut self) {
        let batch = mem::take(&mut self.outbox).txs;
        let first = self.dialler.dice.below(self.peers.len());
        let count = self.peers.len();
        let mut sending = vec![];
        for (at, (id, peer)) in self.peers.iter_mut().enumerate() {
            let place = (at + count - first) % count;
            let Some(connection) = peer.connection() else { continue };
            let messages = frames(&batch, &mut peer.known, place < PUSH_PEERS_MAX);
            sending.extend(messages.into_iter().map(|message| (*id, connection, message)));
        }
        sending.iter().for_each(|(peer, connection, message)| self.send(*peer, *connection, message));
    }

    /// Sends evidence to all peers that do not know it.
    pub(super) fn spread(&mut self, bytes: &Bytes) {
        self.seen.told(bytes.as_ref());
        let unaware = self.peers.iter_mut().filter_map(|(id, peer)| {
            let unaware = peer.known.tell(bytes.as_ref());
            peer.connection().filter(|_| unaware).map(|connection| (*id, connection))
        });
        let to: Vec<_> = unaware.collect();
        let message = LaneMessage::Evidence(bytes.clone());
        to.into_iter().for_each(|(peer, connection)| self.send(peer, connection, &message));
    }

    /// What a greeted peer says on the lane, beyond the hello.
    pub(super) fn on_gossip(&mut self, peer: PeerId, message: LaneMessage) {
        match message {
            LaneMessage::Announce(hashes) => {
                let txs = hashes.into_iter().map(|hash| Announced { hash, bytes: None });
                self.on_announced(peer, txs.collect());
            }
            LaneMessage::Push(txs) => {
                let txs = txs.into_iter().map(|(hash, bytes)| Announced { hash, bytes: Some(bytes) });
                self.on_announced(peer, txs.collect());
            }
            LaneMessage::Evidence(bytes) => self.on_evidence(peer, bytes),
            LaneMessage::Hello(_) | LaneMessage::Welcome | LaneMessage::Refuse(_) => {}
        }
    }

    fn on_announced(&mut self, id: PeerId, txs: Vec<Announced>) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if !peer.announcements.take(txs.len().max(1), Instant::now()) {
            return self.fault(id, Fault::Flood);
        }
        txs.iter().for_each(|tx| peer.known.told(&tx.hash));
        self.tell(Event::Announced { peer: id, txs });
    }

    /// Evidence is told of once, whoever brings it; the node passes on what it has verified.
    fn on_evidence(&mut self, id: PeerId, bytes: Bytes) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if !peer.evidence.take(1, Instant::now()) {
            return self.fault(id, Fault::Flood);
        }
        peer.known.told(bytes.as_ref());
        if self.seen.tell(bytes.as_ref()) {
            self.tell(Event::Evidence { peer: id, bytes });
        }
    }
}

#[cfg(test)]
mod tests {
    use seiza_types::B256;

    use super::*;
    use crate::limits::LANE_FRAME_BYTES_MAX;

    fn tx(number: u64, bytes: Option<usize>) -> Announced {
        let hash = B256::left_padding_from(&number.to_be_bytes());
        Announced { hash, bytes: bytes.map(|count| Bytes::from(vec![1; count])) }
    }

    fn carried(messages: &[LaneMessage]) -> (usize, usize) {
        messages.iter().fold((0, 0), |(hashes, pushed), message| match message {
            LaneMessage::Announce(some) => (hashes + some.len(), pushed),
            LaneMessage::Push(some) => (hashes, pushed + some.len()),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn small_transactions_travel_whole_and_all_frames_keep_their_bounds() {
        let table = [
            ("small", 5_000, Some(200), true, (0, 5_000)),
            ("not to this peer", 5_000, Some(200), false, (5_000, 0)),
            ("large", 100, Some(PUSH_TX_BYTES_MAX + 1), true, (100, 0)),
            ("just small", 100, Some(PUSH_TX_BYTES_MAX), true, (0, 100)),
            ("empty", 5_000, Some(0), true, (0, 5_000)),
            ("hashes", 5_000, None, true, (5_000, 0)),
        ];
        for (name, count, bytes, whole, expected) in table {
            let batch: Vec<_> = (0..count).map(|number| tx(number, bytes)).collect();
            let mut known = Known::new(10_000);
            let messages = frames(&batch, &mut known, whole);
            assert_eq!(carried(&messages), expected, "{name}");
            for message in &messages {
                let frame = message.encode();
                assert!(frame.len() <= LANE_FRAME_BYTES_MAX + 4, "{name}");
                assert_eq!(LaneMessage::decode(&frame[4..]).as_ref(), Ok(message), "{name}");
            }
            assert_eq!(frames(&batch, &mut known, whole), vec![], "{name}: told once");
        }
    }

    #[test]
    fn the_outbox_is_bounded_and_due_once() {
        let (mut outbox, now) = (Outbox::default(), Instant::now());
        assert_eq!((outbox.add(vec![], now), outbox.due()), (0, None));
        assert_eq!(outbox.add((0..OUTBOX_MAX as u64 - 1).map(|number| tx(number, None)).collect(), now), 0);
        assert_eq!(
            outbox.add((0..9).map(|number| tx(number, None)).collect(), now + std::time::Duration::from_secs(1)),
            8
        );
        assert_eq!((outbox.txs.len(), outbox.due(), outbox.big()), (OUTBOX_MAX, Some(now), true));
    }
}
