//! A host in memory: it keeps what a node would keep on disk, so that it survives a restart of its engine.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use seiza_engine::{Ask, Decision, Proposed, Publisher, Synced};
use seiza_types::{Block, Evidence, Height, ValidatorKey, ValueId};
use tokio::sync::mpsc::UnboundedReceiver;

use super::plan::{Plan, block};

/// What it keeps.
#[derive(Default)]
pub struct Kept {
    /// Blocks and their decisions, from height 1.
    pub decided: Vec<(Bytes, Decision)>,
    /// Complete blocks not decided yet.
    pub undecided: BTreeMap<(Height, u32, ValueId), Bytes>,
    /// Our own, by height and round.
    own: BTreeMap<(Height, u32), ValueId>,
    /// Double votes that the engine told of.
    pub evidence: Vec<Evidence>,
    /// Proposals and synced blocks that came.
    pub proposals: usize,
    pub synced: usize,
}

/// The host of one engine.
#[derive(Clone)]
pub struct Host {
    pub plan: Plan,
    pub key: ValidatorKey,
    /// Whether proposals' replies are dropped.
    pub deaf: bool,
    kept: Arc<Mutex<Kept>>,
}

fn value(bytes: &Bytes) -> Option<ValueId> {
    Block::decode(bytes).ok().map(|block| ValueId::of(&block.header))
}

impl Host {
    pub fn new(plan: Plan, key: ValidatorKey) -> Self {
        Self { plan, key, deaf: false, kept: Arc::default() }
    }

    pub fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }

    /// Heights decided.
    pub fn tip(&self) -> Height {
        self.kept().decided.len() as Height
    }

    /// Proposals and synced blocks that came.
    pub fn came(&self) -> (usize, usize) {
        let kept = self.kept();
        (kept.proposals, kept.synced)
    }

    /// Answers until the engine stops.
    pub async fn serve(self, mut asks: UnboundedReceiver<Ask>, publisher: Publisher) {
        while let Some(ask) = asks.recv().await {
            self.answer(ask, &publisher);
        }
    }

    fn answer(&self, ask: Ask, publisher: &Publisher) {
        match ask {
            Ask::Ready { reply } => reply.send(self.plan.params(self.tip() + 1)),
            Ask::StartedRound { height, round, reply, .. } => reply.send(self.undecided(height, round)),
            Ask::GetValue { height, round, reply, .. } => {
                let value = self.propose(height, round);
                self.publish(height, round, value, publisher);
                reply.send(value);
            }
            Ask::Proposal { .. } if self.deaf => (),
            Ask::Proposal { bytes, reply, .. } => {
                if let Some(proposed) = self.proposal(&bytes) {
                    reply.send(proposed);
                }
            }
            Ask::Restream { height, round, value, .. } => self.publish(height, round, value, publisher),
            Ask::Decided { certificate, reply, .. } => {
                self.decide(certificate);
                reply.send(());
            }
            Ask::Finalized { height, evidence, reply, .. } => {
                self.kept().evidence.extend(evidence);
                reply.send(self.plan.params(height + 1));
            }
            Ask::DecidedValues { range, reply } => {
                let kept = self.kept();
                let (first, count) = (range.start().saturating_sub(1), range.end() - range.start() + 1);
                reply.send(kept.decided.iter().skip(first as usize).take(count as usize).cloned().collect());
            }
            Ask::Synced { height, round, bytes, reply, .. } => reply.send(self.synced(height, round, &bytes)),
            Ask::HistoryMin { reply } => reply.send(1),
        }
    }

    fn proposed(&self, height: Height, round: u32, value: ValueId) -> Proposed {
        let proposer = self.plan.set(height).proposer(round).address;
        Proposed { height, round, valid_round: None, proposer, value, valid: true }
    }

    fn undecided(&self, height: Height, round: u32) -> Vec<Proposed> {
        let kept = self.kept();
        let of_round = kept.undecided.keys().filter(|(h, r, _)| (*h, *r) == (height, round));
        of_round.map(|(_, _, value)| self.proposed(height, round, *value)).collect()
    }

    fn propose(&self, height: Height, round: u32) -> ValueId {
        let mut kept = self.kept();
        if let Some(value) = kept.own.get(&(height, round)) {
            return *value;
        }
        let block = block(height, &self.key, &self.plan.set(height));
        let value = ValueId::of(&block.header);
        kept.own.insert((height, round), value);
        kept.undecided.insert((height, round, value), block.encode().into());
        value
    }

    fn publish(&self, height: Height, round: u32, value: ValueId, publisher: &Publisher) {
        let kept = self.kept();
        let found = kept.undecided.iter().find(|((h, _, v), _)| (*h, *v) == (height, value));
        let ((_, round_then, _), bytes) = found.expect("what is asked for again was there");
        let framed = [&round_then.to_be_bytes()[..], bytes].concat();
        publisher.publish(height, round, framed.into());
    }

    fn proposal(&self, bytes: &Bytes) -> Option<Proposed> {
        self.kept().proposals += 1;
        let round = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
        let block = bytes.slice(4..);
        let value = value(&block)?;
        let height = Block::decode(&block).ok()?.height();
        self.kept().undecided.insert((height, round, value), block);
        Some(self.proposed(height, round, value))
    }

    fn synced(&self, height: Height, round: u32, bytes: &Bytes) -> Synced {
        self.kept().synced += 1;
        let Some(value) = value(bytes) else { return Synced::PeerFault };
        self.kept().undecided.insert((height, round, value), bytes.clone());
        Synced::Value(self.proposed(height, round, value))
    }

    fn decide(&self, decision: Decision) {
        let mut kept = self.kept();
        assert_eq!(decision.height, kept.decided.len() as Height + 1, "heights are decided in order");
        let found = kept.undecided.iter().find(|((h, _, v), _)| (*h, *v) == (decision.height, decision.value));
        let bytes = found.expect("a decided block was complete").1.clone();
        kept.decided.push((bytes, decision));
    }
}
