//! What comes of a node's step: messages onto the links, twisted where a liar sends them; alarms; the checker's look.

use malachitebft_core_consensus::SignedConsensusMsg;
use rand::Rng as _;
use seiza_engine::signing::Signer;

use super::{Cluster, Event};
use crate::liar::{Liar, TRICKS, Trick};
use crate::message::Message;
use crate::node::Sabotage;
use crate::out::{Alarm, Out};

/// Old messages that a liar remembers.
const STALE: usize = 32;

impl Cluster {
    /// Sees to everything that a node did.
    pub(super) fn dispatch(&mut self, node: usize, out: Vec<Out>) -> Result<(), String> {
        for one in out {
            match one {
                Out::Broadcast(message) => self.broadcast(node, message)?,
                Out::Send(to, message) => self.send(node, to, message),
                Out::Ring(after, alarm) => {
                    let life = self.nodes[node].life;
                    self.schedule.after(after, Event::Ring { node, life, alarm });
                }
                Out::Signed(message) if !self.liars[node] => self.checker.signed(&message)?,
                Out::Signed(_) => {}
                Out::Committed(head, set) => {
                    self.checker.committed(node, &head, &set)?;
                    self.story.tell(
                        self.schedule.now(),
                        format_args!("{node} commits {} {:.8} app {:.8}", head.height, head.block_hash, head.app_hash),
                    );
                    self.count(&head);
                }
                Out::Evidence(found) => self.counts.caught += found as u64,
                Out::Note(text) => self.note(node, &text),
                Out::Failed(what) => return Err(format!("node {node} fails: {what}")),
            }
        }
        Ok(())
    }

    fn note(&mut self, node: usize, text: &str) {
        let counts = &mut self.counts;
        counts.blamed += u64::from(text.starts_with("blames"));
        counts.refused += u64::from(text.contains("is untimely") || text.contains("is invalid"));
        counts.synced += u64::from(text.starts_with("syncs"));
        self.story.tell(self.schedule.now(), format_args!("{node} {text}"));
    }

    /// Keeps the figures of a committed block; the first node to commit it counts.
    fn count(&mut self, head: &seiza_storage::Head) {
        if head.height <= self.counts.height {
            return;
        }
        self.counts.height = head.height;
        let now = self.schedule.now();
        self.counts.stall_us = self.counts.stall_us.max(now - self.rose);
        self.rose = now;
        if let Some(stored) = &head.block {
            self.counts.txs += stored.block.txs.len() as u64;
            self.counts.evidence += stored.block.evidence.len() as u64;
            self.counts.late_rounds += u64::from(stored.certificate.round() > 0);
        }
        if head.height.is_multiple_of(16) {
            self.checker.forget();
        }
    }

    fn send(&mut self, from: usize, to: usize, message: Message) {
        if from == to {
            return;
        }
        for after in self.links.arrivals(from, to, &mut self.rng) {
            self.schedule.after(after, Event::Arrive { from, to, message: message.clone() });
        }
    }

    fn broadcast(&mut self, from: usize, message: Message) -> Result<(), String> {
        if self.nodes[from].sabotage == Some(Sabotage::SignsTwice) && self.contradicted(from, &message)? {
            return Ok(());
        }
        if self.lies(from) {
            self.lie(from, &message);
            return Ok(());
        }
        (0..self.nodes.len()).for_each(|to| self.send(from, to, message.clone()));
        Ok(())
    }

    /// A broken node's vote and the vote that contradicts it, both seen by the checker.
    fn contradicted(&mut self, node: usize, message: &Message) -> Result<bool, String> {
        let Message::Consensus(SignedConsensusMsg::Vote(vote)) = message else { return Ok(false) };
        let key = self.nodes[node].key.clone();
        let signer = self.signer(node);
        let liar = Liar { key: &key, signer: &signer, round: 0 };
        let other = liar.contradiction(&vote.message, &mut self.rng);
        self.checker.signed(&other)?;
        Ok(true)
    }

    fn signer(&self, node: usize) -> Signer {
        let chain_id = crate::wallet::CHAIN_ID.parse().expect("the simulated chain's id is one");
        Signer::new(chain_id, self.nodes[node].key.clone())
    }

    /// What a liar makes of a message: its lie instead of its proposal, a second vote to every other node, old messages
    /// again.
    fn lie(&mut self, from: usize, message: &Message) {
        let nodes = self.nodes.len();
        let told = self.nodes[from].live.as_ref().and_then(|live| live.lie.clone());
        self.stale[from].truncate(STALE - 1);
        self.stale[from].insert(0, message.clone());
        match (message, told) {
            (Message::Consensus(SignedConsensusMsg::Proposal(_)), Some(lie)) => {
                self.counts.lies += 1;
                self.note(from, &format!("lies: {:?}", lie.trick));
                (0..nodes).for_each(|to| lie.to(to).into_iter().for_each(|message| self.send(from, to, message)));
            }
            (Message::Consensus(SignedConsensusMsg::Vote(vote)), _) if self.rng.random_range(0..3) == 0 => {
                let (key, signer) = (self.nodes[from].key.clone(), self.signer(from));
                let liar = Liar { key: &key, signer: &signer, round: 0 };
                let other = Message::Consensus(liar.contradiction(&vote.message, &mut self.rng));
                self.counts.lies += 1;
                self.note(from, "lies: votes twice");
                (0..nodes).for_each(|to| self.send(from, to, message.clone()));
                (0..nodes).step_by(2).for_each(|to| self.send(from, to, other.clone()));
            }
            _ => (0..nodes).for_each(|to| self.send(from, to, message.clone())),
        }
    }

    /// A liar wakes: in its turn it makes up a lie, at other times it plays the proposer or repeats old things.
    pub(super) fn tempt(&mut self, node: usize, alarm: &Alarm) {
        let (trick, chance) = (TRICKS[self.rng.random_range(0..TRICKS.len())], self.rng.random_range(0..10));
        match alarm {
            Alarm::Propose(_, round) => {
                let lie = (chance < 8).then(|| self.make_lie(node, trick, *round)).flatten();
                self.nodes[node].live.as_mut().expect("an alarm rings in a process that runs").lie = lie;
            }
            Alarm::Tick if chance < 3 => self.impersonate(node),
            Alarm::Tick if chance < 6 && !self.stale[node].is_empty() => {
                let at = self.rng.random_range(0..self.stale[node].len());
                let message = self.stale[node][at].clone();
                self.counts.lies += 1;
                self.note(node, "lies: says something old again");
                (0..self.nodes.len()).for_each(|to| self.send(node, to, message.clone()));
            }
            _ => {}
        }
    }

    fn make_lie(&mut self, node: usize, trick: Trick, round: u32) -> Option<crate::liar::Lie> {
        let (key, signer) = (self.nodes[node].key.clone(), self.signer(node));
        let clock_ns = super::BEGINNING_NS + self.schedule.now() * 1_000 + self.nodes[node].skew_ns;
        let live = self.nodes[node].live.as_mut()?;
        live.clock_ns = clock_ns;
        let block = live.build();
        Some(Liar { key: &key, signer: &signer, round }.lie(trick, &block, &mut self.rng))
    }

    fn impersonate(&mut self, node: usize) {
        let round = self.nodes[node].live.as_ref().and_then(|live| live.core.round().as_u32());
        let Some(lie) = round.and_then(|round| self.make_lie(node, Trick::Impostor, round)) else { return };
        self.counts.lies += 1;
        self.note(node, "lies: proposes in another's turn");
        for to in 0..self.nodes.len() {
            lie.to(to).into_iter().for_each(|message| self.send(node, to, message));
        }
    }
}
