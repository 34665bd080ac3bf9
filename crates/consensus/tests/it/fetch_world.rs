//! A world for the fetch policy: peers that answer after their round trip, or do not, and a clock that jumps.

use std::collections::{BTreeMap, BTreeSet};

use seiza_consensus::fetch::{Action, Event, Failure, Fetch, FetchParams, Need, What};
use seiza_consensus::limits::IN_FLIGHT_MAX;

/// How a peer behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Gives what it is asked for.
    Honest,
    /// Has the block from this time on.
    HonestFrom(u64),
    /// Never answers.
    Silent,
    /// Answers with something else.
    Wrong,
    /// Its connection breaks.
    Broken,
    /// Gives at most that many transactions at a time, and no parts.
    Sparing(usize),
    /// Answers, and long after its round trip.
    Late(u64),
}

/// A peer: 0 is the proposer.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    pub id: u32,
    pub rtt_ms: u64,
    pub manner: Manner,
}

/// How a fetch went.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub done_ms: Option<u64>,
    pub given_up_ms: Option<u64>,
    /// Who was asked for transactions, in order, and when.
    pub tx_asks: Vec<(u64, u32)>,
    /// Who was asked for how many parts.
    pub part_asks: BTreeMap<u32, usize>,
}

pub struct World {
    peers: Vec<Peer>,
    queue: BTreeMap<(u64, u64), Event<u32>>,
    events: u64,
    /// Peers whose wrong answer has arrived.
    wrong: BTreeSet<u32>,
    outcome: Outcome,
}

pub fn need(missing: u32, txs: usize, parts: u32) -> Need {
    Need { missing: (0..missing).map(|at| at * 2).collect(), txs, parts }
}

/// Plays a fetch to its end, within `until_ms`.
pub fn play(params: FetchParams, need: Need, peers: &[Peer], collides: bool, until_ms: u64) -> Outcome {
    let world = World {
        peers: peers.to_vec(),
        queue: BTreeMap::new(),
        events: 0,
        wrong: BTreeSet::new(),
        outcome: Outcome::default(),
    };
    world.play(Fetch::new(params, need, 0), collides, until_ms)
}

impl World {
    fn play(mut self, mut fetch: Fetch<u32>, mut collides: bool, until_ms: u64) -> Outcome {
        let proposer = self.peers.iter().find(|peer| peer.id == 0).map(|peer| (peer.id, peer.rtt_ms));
        let others = self.peers.iter().filter(|peer| peer.id != 0).map(|peer| (peer.id, peer.rtt_ms)).collect();
        self.push(0, Event::Peers { proposer, others });
        let (mut now, mut steps) = (0, 0);
        loop {
            steps += 1;
            assert!(steps < 20_000, "it turns in circles");
            let wake = fetch.wake_ms(now);
            let next = self.queue.first_key_value().map(|((at, _), _)| *at);
            let Some(at) = wake.into_iter().chain(next).min().filter(|at| *at <= until_ms) else { return self.outcome };
            assert!(at >= now, "time goes back");
            now = at;
            let event = if next == Some(at) { self.queue.pop_first().map(|(_, event)| event) } else { None };
            let event = event.unwrap_or(Event::Tick);
            if let Event::Failed { peer, failure: Failure::Wrong, .. } = &event {
                self.wrong.insert(*peer);
            }
            let actions = fetch.on(now, event);
            actions.into_iter().for_each(|action| self.act(now, action));
            assert!(fetch.in_flight() <= IN_FLIGHT_MAX);
            if fetch.is_done() && std::mem::take(&mut collides) {
                self.push(now, Event::Collision);
            } else if fetch.is_done() {
                self.outcome.done_ms.get_or_insert(now);
                return self.outcome;
            }
        }
    }

    fn push(&mut self, at: u64, event: Event<u32>) {
        self.events += 1;
        self.queue.insert((at, self.events), event);
    }

    fn act(&mut self, now: u64, action: Action<u32>) {
        match action {
            Action::GiveUp => assert_eq!(self.outcome.given_up_ms.replace(now), None, "given up twice"),
            Action::Ask { peer, what } => {
                assert_eq!(self.outcome.given_up_ms, None, "asked after giving up");
                assert!(!self.wrong.contains(&peer), "who was wrong is asked again");
                self.note(now, peer, &what);
                self.answer(now, peer, what);
            }
        }
    }

    fn note(&mut self, now: u64, peer: u32, what: &What) {
        match what {
            What::Txs(indexes) => {
                let distinct: BTreeSet<&u32> = indexes.iter().collect();
                assert!(!indexes.is_empty() && distinct.len() == indexes.len());
                self.outcome.tx_asks.push((now, peer));
            }
            What::Part(_) => *self.outcome.part_asks.entry(peer).or_default() += 1,
        }
    }

    fn answer(&mut self, now: u64, id: u32, what: What) {
        let peer = *self.peers.iter().find(|peer| peer.id == id).expect("only peers are asked");
        let at = now + peer.rtt_ms;
        let failed = |part, failure| Event::Failed { peer: id, part, failure };
        let part = match &what {
            What::Txs(_) => None,
            What::Part(index) => Some(*index),
        };
        let given = |max: usize| match &what {
            What::Txs(indexes) => Event::Txs { peer: id, accepted: indexes.iter().copied().take(max).collect() },
            What::Part(index) => Event::Part { peer: id, index: *index },
        };
        match peer.manner {
            Manner::Silent => {}
            Manner::Honest => self.push(at, given(usize::MAX)),
            Manner::HonestFrom(from) if at >= from => self.push(at, given(usize::MAX)),
            Manner::HonestFrom(_) => self.push(at, failed(part, Failure::Lacks)),
            Manner::Late(late) => self.push(at + late, given(usize::MAX)),
            Manner::Wrong => self.push(at, failed(part, Failure::Wrong)),
            Manner::Broken => self.push(at, failed(part, Failure::Broke)),
            Manner::Sparing(max) if part.is_none() => self.push(at, given(max)),
            Manner::Sparing(_) => self.push(at, failed(part, Failure::Lacks)),
        }
    }
}
