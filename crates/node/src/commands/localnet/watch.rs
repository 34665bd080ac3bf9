//! What the nodes of a local network do, asked of each again and again by a thread of its own, so that a node that hangs delays
//! nobody else's row.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::client::Client;
use crate::failure::Failure;

/// Between two questions to one node.
const EVERY: Duration = Duration::from_millis(400);
/// Time over which the block time is averaged.
const PACE_SPAN: Duration = Duration::from_secs(10);
/// After this a node that does not answer is said not to.
const SILENCE: Duration = Duration::from_secs(3);

/// A node's newest answers.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// When it last answered.
    pub answered: Option<Instant>,
    /// Newest block.
    pub height: Option<u64>,
    /// Round that it is in.
    pub round: Option<u64>,
    /// Peers that it is connected with.
    pub peers: Option<u64>,
    /// Transactions that wait in its pool.
    pub pool: Option<u64>,
    /// Whether it fetches old blocks.
    pub syncing: bool,
    /// When it came to which height, the last seconds.
    pub(super) heights: VecDeque<(Instant, u64)>,
}

impl Seen {
    /// Whether it has not answered for a while.
    pub fn is_silent(&self, now: Instant) -> bool {
        self.answered.is_some_and(|at| now.duration_since(at) > SILENCE)
    }

    /// How long its height stands still.
    pub fn still_for(&self, now: Instant) -> Duration {
        self.heights.back().map_or(Duration::ZERO, |(at, _)| now.duration_since(*at))
    }

    /// Time from block to block, averaged over the last seconds.
    pub fn block_time(&self) -> Option<Duration> {
        let ((from, low), (to, high)) = (self.heights.front()?, self.heights.back()?);
        let blocks = u32::try_from(high.checked_sub(*low)?).ok().filter(|blocks| *blocks > 0)?;
        Some(to.duration_since(*from) / blocks)
    }

    fn note_height(&mut self, now: Instant, height: u64) {
        self.height = Some(height);
        // A height that falls is that of another life of this node: what was before counts no more.
        if self.heights.back().is_some_and(|(_, last)| *last > height) {
            self.heights.clear();
        }
        if self.heights.back().is_none_or(|(_, last)| *last < height) {
            self.heights.push_back((now, height));
        }
        while self.heights.len() > 2 && now.duration_since(self.heights[0].0) > PACE_SPAN {
            self.heights.pop_front();
        }
    }
}

/// Asks one node for as long as this process lives; what it answered stands in the result.
///
/// # Errors
/// No thread.
pub fn watch(http: SocketAddr, metrics: SocketAddr) -> Result<Arc<Mutex<Seen>>, Failure> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let shared = seen.clone();
    let (node, figures) = (Client::of(&format!("http://{http}"))?, Client::of(&format!("http://{metrics}/metrics"))?);
    let asking = move || {
        // Ends when nobody looks any more.
        while Arc::strong_count(&shared) > 1 {
            ask(&node, &figures, &shared);
            std::thread::sleep(EVERY);
        }
    };
    let thread = std::thread::Builder::new().name("watch".into()).spawn(asking);
    thread.map_err(|error| Failure::refused(format!("cannot start threads: {error}")))?;
    Ok(seen)
}

fn ask(node: &Client, figures: &Client, seen: &Mutex<Seen>) {
    let none = || json!([]);
    let questions =
        [("eth_blockNumber", none()), ("eth_syncing", none()), ("net_peerCount", none()), ("txpool_status", none())];
    let Ok(answers) = node.ask(&questions) else { return };
    let figures = figures.get().unwrap_or_default();
    note(&mut seen.lock(), &answers, &figures, Instant::now());
}

fn note(seen: &mut Seen, answers: &[Value], figures: &str, now: Instant) {
    seen.answered = Some(now);
    if let Some(height) = quantity(&answers[0]) {
        seen.note_height(now, height);
    }
    seen.syncing = !matches!(answers[1], Value::Bool(false) | Value::Null);
    seen.peers = figure(figures, "seiza_p2p_peers").or_else(|| quantity(&answers[2]));
    let (ready, waiting) = (quantity(&answers[3]["pending"]), quantity(&answers[3]["queued"]));
    seen.pool = ready.zip(waiting).map(|(ready, waiting)| ready + waiting);
    seen.round = figure(figures, "seiza_consensus_round");
}

fn quantity(value: &Value) -> Option<u64> {
    u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()
}

/// The value of a figure without labels in Prometheus' text; whole, as heights, rounds and peers are.
fn figure(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    value.trim().split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_by_their_whole_name() {
        let text = "# TYPE seiza_consensus_round gauge\nseiza_consensus_rounds_total 7\nseiza_consensus_round 2\nx{a=\"b\"} 1\n";
        for (name, value) in
            [("seiza_consensus_round", Some(2)), ("seiza_consensus_rounds_total", Some(7)), ("x", None)]
        {
            assert_eq!(figure(text, name), value, "{name}");
        }
    }

    #[test]
    fn answers_become_a_row_and_what_is_missing_stays_open() {
        let (mut seen, now) = (Seen::default(), Instant::now());
        let answers = [json!("0x10"), json!(false), json!("0x3"), json!({"pending": "0x2", "queued": "0x1"})];
        note(&mut seen, &answers, "seiza_consensus_round 1", now);
        assert_eq!((seen.height, seen.round, seen.peers, seen.pool), (Some(16), Some(1), Some(3), Some(3)));
        note(&mut seen, &vec![Value::Null; 4], "", now);
        assert_eq!((seen.height, seen.round, seen.peers, seen.pool), (Some(16), None, None, None));
        assert!(!seen.is_silent(now) && seen.is_silent(now + SILENCE * 2));
    }

    #[test]
    fn the_block_time_is_an_average_of_the_last_seconds() {
        let (mut seen, start) = (Seen::default(), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(seen.block_time(), None);
        for (millis, height) in [(0, 1), (500, 1), (1000, 2), (2000, 4)] {
            seen.note_height(at(millis), height);
        }
        assert_eq!(seen.block_time(), Some(Duration::from_secs(2) / 3));
        seen.note_height(at(60_000), 5);
        seen.note_height(at(61_000), 6);
        assert_eq!(seen.block_time(), Some(Duration::from_secs(1)), "what is long ago counts no more");
        assert_eq!(seen.still_for(at(64_000)), Duration::from_secs(3));
        seen.note_height(at(65_000), 2);
        assert_eq!((seen.block_time(), seen.height), (None, Some(2)));
    }
}
