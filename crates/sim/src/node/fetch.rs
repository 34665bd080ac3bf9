//! Where missing transactions come from: what `consensus::fetch` says goes out as messages, and what comes back is
//! supplied, counted, and blamed on whoever sent it.

use std::sync::Arc;

use seiza_consensus::compact::CompactProposal;
use seiza_consensus::fetch::{Action, Event, Failure, Fetch, FetchParams, Need, What};
use seiza_consensus::parts::{Part, PartSet, Parts};
use seiza_consensus::rebuild::Rebuild;
use seiza_types::{B256, Block, Bytes};

use super::bodies::Pending;
use super::live::Live;
use crate::limits::RTT_MS;
use crate::message::Message;
use crate::out::Alarm;

impl Live {
    fn now_ms(&self) -> u64 {
        self.clock_ns / 1_000_000
    }

    /// Puts together what the pool holds of a proposal, and fetches the rest.
    pub fn rebuild(&mut self, from: usize, compact: Arc<CompactProposal>, bytes: &Bytes) {
        let (hash, waiting) = (compact.block(), self.host.waiting());
        let rebuild = Rebuild::new(compact.clone(), waiting.iter().map(|(hash, bytes)| (hash, bytes)));
        let (rebuild, parts) = match (rebuild, PartSet::new(compact.parts)) {
            (Ok(rebuild), Ok(parts)) => (rebuild, parts),
            (Err(error), _) => return self.desk.note(format!("blames {from}: {error}")),
            (_, Err(error)) => return self.desk.note(format!("blames {from}: {error}")),
        };
        let need = Need { missing: rebuild.missing(), txs: rebuild.txs(), parts: compact.parts.total };
        let fetch = Fetch::new(FetchParams::default(), need, self.now_ms());
        self.host.pending.insert(hash, Pending { rebuild, parts, fetch, compact: bytes.clone() });
        let others = (0..self.sync.nodes()).filter(|node| ![self.index, from].contains(node));
        let others = others.map(|node| (node, RTT_MS)).collect();
        let proposer = (from != self.index).then_some((from, RTT_MS));
        self.fetched(hash, Event::Peers { proposer, others });
    }

    /// The fetch hears what happened, and what it wants is done.
    pub fn fetched(&mut self, hash: B256, event: Event<usize>) {
        let now = self.now_ms();
        let Some(pending) = self.host.pending.get_mut(&hash) else { return };
        let actions = pending.fetch.on(now, event);
        if pending.fetch.is_done() {
            return self.complete(hash);
        }
        let wake = pending.fetch.wake_ms(now);
        for action in actions {
            match action {
                Action::Ask { peer, what: What::Txs(indexes) } => {
                    self.desk.send(peer, Message::AskTxs { block: hash, indexes });
                }
                Action::Ask { peer, what: What::Part(index) } => self.desk.send(peer, Message::AskPart(hash, index)),
                Action::GiveUp => {
                    self.host.pending.remove(&hash);
                    return self.desk.note(format!("gives {hash:.8} up"));
                }
            }
        }
        if let Some(wake) = wake {
            self.desk.ring(wake.saturating_sub(now).max(1) * 1_000, Alarm::Fetch(hash));
        }
    }

    fn held(&self, hash: &B256) -> Option<Arc<Block>> {
        let stored = || Some(Arc::new(self.host.chain.storage().block_by_hash(hash).ok()??.block.clone()));
        self.host.blocks.get(hash).map(|block| block.block().clone()).or_else(stored)
    }

    /// A liar that withholds gives nothing while it lies.
    fn gives(&self) -> bool {
        self.lie.as_ref().is_none_or(|lie| !lie.withholds)
    }

    /// Somebody lacks transactions of a block.
    pub fn give_txs(&mut self, to: usize, block: B256, indexes: &[u32]) {
        if !self.gives() {
            return;
        }
        let held = self.held(&block);
        let tx = |index: &u32| Some((*index, held.as_ref()?.txs.get(*index as usize)?.clone()));
        let txs = indexes.iter().filter_map(tx).collect();
        self.desk.send(to, Message::Txs { block, txs });
    }

    /// Somebody lacks a part of a block.
    pub fn give_part(&mut self, to: usize, block: B256, index: u32) {
        if !self.gives() {
            return;
        }
        let part = self.held(&block).and_then(|held| Parts::of(&held).part(index));
        self.desk.send(to, Message::Part { block, index, part });
    }

    /// Transactions came.
    pub fn take_txs(&mut self, from: usize, block: B256, txs: Vec<(u32, Bytes)>) {
        let Some(pending) = self.host.pending.get_mut(&block) else { return };
        let mut accepted = Vec::new();
        for (index, bytes) in txs {
            if let Err(error) = pending.rebuild.supply(index, bytes) {
                self.desk.note(format!("blames {from}: {error}"));
                return self.fetched(block, Event::Failed { peer: from, part: None, failure: Failure::Wrong });
            }
            accepted.push(index);
        }
        self.fetched(block, Event::Txs { peer: from, accepted });
    }

    /// A part came, or word that there is none.
    pub fn take_part(&mut self, from: usize, block: B256, index: u32, part: Option<Part>) {
        let Some(pending) = self.host.pending.get_mut(&block) else { return };
        let failed = |failure| Event::Failed { peer: from, part: Some(index), failure };
        let event = match part.map(|part| pending.parts.add(part)) {
            Some(Ok(_)) => Event::Part { peer: from, index },
            Some(Err(error)) => {
                self.desk.note(format!("blames {from}: {error}"));
                failed(Failure::Wrong)
            }
            None => failed(Failure::Lacks),
        };
        self.fetched(block, event);
    }

    /// The block, once all of it is here; where ids were met by other transactions, its parts are fetched.
    fn finished(&mut self, hash: B256) -> Option<(Block, Pending)> {
        let pending = self.host.pending.get(&hash)?;
        let made = if pending.parts.is_complete() {
            pending.parts.clone().finish(hash).map_err(|error| (error.to_string(), true))
        } else {
            pending.rebuild.clone().finish().map_err(|error| (error.to_string(), false))
        };
        match made {
            Ok(block) => Some((block, self.host.pending.remove(&hash)?)),
            Err((error, over)) => {
                self.desk.note(format!("{hash:.8} is no block: {error}"));
                if over {
                    self.host.pending.remove(&hash);
                } else {
                    self.fetched(hash, Event::Collision);
                }
                None
            }
        }
    }

    fn complete(&mut self, hash: B256) {
        if let Some((block, pending)) = self.finished(hash) {
            self.judge(block, pending.rebuild.proposal().round, pending.compact);
        }
    }
}
