//! The peer exchange: asking peers for peers, answering, dialling those found, and the book's file.

use std::time::Instant;

use libp2p::PeerId;

use super::Hub;
use crate::{
    book::{tellable, write_book},
    limits::{DIALS_MAX, EXCHANGE_MAX},
    wire::Entry,
};

impl Hub {
    /// Dials found peers, while there is room: half of the places stay for those that dial us.
    pub(super) fn dial_found(&mut self, now: Instant) {
        let target = self.config.peers_max.div_ceil(2).max(self.config.peers_max.min(8));
        let busy = self.peers.len() + self.dialler.dialling.len();
        let room = target.saturating_sub(busy).min(DIALS_MAX.saturating_sub(self.dialler.dialling.len()));
        if !self.config.discovery || room == 0 {
            return;
        }
        let mut dice = self.dialler.dice.clone();
        let chosen = self.dialler.book.choose(room, now, &mut dice, |id| self.is_stranger(id, now));
        self.dialler.dice = dice;
        for entry in chosen {
            if let Ok(connection) = self.dial(Some(entry.id), entry.address) {
                self.dialler.dialling.insert(connection, entry.id);
            }
        }
    }

    fn is_stranger(&self, id: &PeerId, now: Instant) -> bool {
        let dialling = self.dialler.dialling.values().any(|dialled| dialled == id);
        *id != self.shared.id && !dialling && !self.swarm.is_connected(id) && !self.dialler.avoids(id, now)
    }

    /// Asks a random peer for addresses, now and then, and writes the book.
    pub(super) fn exchange(&mut self, now: Instant) {
        if !self.config.discovery || now < self.dialler.next_exchange {
            return;
        }
        self.dialler.next_exchange = now + self.config.limits.exchange_interval;
        let at = self.dialler.dice.below(self.peers.len());
        if let Some(id) = self.peers.keys().nth(at).copied() {
            self.ask_for_peers(id);
        }
        self.keep_book();
    }

    pub(super) fn on_addresses(&mut self, from: PeerId, entries: &[Entry]) {
        if self.config.discovery && self.dialler.book.heard(from, entries) > 0 {
            self.dial_found(Instant::now());
        }
    }

    /// Connected peers whose address the asking one can use; none, without discovery.
    pub(super) fn addresses_for(&self, asking: &PeerId) -> Vec<Entry> {
        let Some(to) = self.peers.get(asking).filter(|_| self.config.discovery) else { return vec![] };
        let others = self.peers.values().filter(|peer| peer.info.id != *asking);
        let known = others.map(|peer| Entry { id: peer.info.id, address: peer.info.address });
        known.filter(|entry| tellable(&entry.address, &to.info.address)).take(EXCHANGE_MAX).collect()
    }

    /// Writes the book beside the task: a disk must not hold the swarm up.
    pub(super) fn keep_book(&self) {
        if let Some(path) = self.config.book.clone() {
            let text = self.dialler.book.to_text();
            tokio::task::spawn_blocking(move || {
                if let Err(error) = write_book(&path, &text) {
                    tracing::warn!(path = %path.display(), %error, "the address book was not written");
                }
            });
        }
    }
}
