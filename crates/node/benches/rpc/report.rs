//! What is printed: a line a round, and the table with the ratios at the end.

use std::fmt::Write as _;
use std::time::Duration;

use crate::load::Round;
use crate::queries::Latencies;

/// All that was measured on one chain.
pub struct Measured {
    name: &'static str,
    rounds: Vec<(&'static str, Round)>,
    idle: Latencies,
    loaded: Latencies,
}

impl Measured {
    /// Nothing yet.
    pub fn of(name: &'static str) -> Self {
        Self { name, rounds: Vec::new(), idle: Latencies::default(), loaded: Latencies::default() }
    }

    /// Adds a round.
    pub fn add(&mut self, kind: &'static str, round: Round) {
        self.rounds.push((kind, round));
    }

    /// Adds the reads.
    pub fn reads(&mut self, idle: Latencies, loaded: Latencies) {
        (self.idle, self.loaded) = (idle, loaded);
    }

    /// Transactions a second over all rounds of a kind.
    fn rate(&self, kind: &str) -> f64 {
        let rounds: Vec<&Round> = self.of_kind(kind).collect();
        let txs: usize = rounds.iter().map(|round| round.txs).sum();
        txs as f64 / rounds.iter().map(|round| round.took.as_secs_f64()).sum::<f64>()
    }

    fn inclusion(&self, kind: &str, percent: usize) -> f64 {
        let mut all: Vec<Duration> = self.of_kind(kind).flat_map(|round| round.inclusion.clone()).collect();
        all.sort_unstable();
        micros(&all, percent) / 1_000.0
    }

    fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Round> {
        self.rounds.iter().filter(move |(name, _)| *name == kind).map(|(_, round)| round)
    }
}

/// One line on one round.
pub fn round(name: &str, kind: &str, number: usize, round: &Round) -> String {
    let rate = round.txs as f64 / round.took.as_secs_f64();
    let (p50, p99) = (micros(&round.inclusion, 50) / 1_000.0, micros(&round.inclusion, 99) / 1_000.0);
    let (txs, blocks) = (round.txs, round.blocks);
    format!(
        "{name:<6} {kind} {number}: {txs} in {blocks} blocks, {rate:.0}/s, inclusion p50 {p50:.0} ms p99 {p99:.0} ms"
    )
}

/// The table: one row a figure, one column a chain, and the ratio seiza/anvil.
pub fn table(measured: &[Measured]) -> String {
    let mut text = String::from("\nfigure                                    ");
    measured.iter().for_each(|chain| {
        let _ = write!(text, "{:>12}", chain.name);
    });
    text.push_str("   seiza/anvil\n");
    for (name, figure) in figures() {
        let values: Vec<f64> = measured.iter().map(figure).collect();
        let _ = write!(text, "{name:<42}");
        values.iter().for_each(|value| {
            let _ = write!(text, "{value:>12.1}");
        });
        let _ = match values[..] {
            [seiza, anvil] => writeln!(text, "{:>11.2} x", seiza / anvil),
            _ => writeln!(text, "{:>13}", "-"),
        };
    }
    text
}

type Figure = Box<dyn Fn(&Measured) -> f64>;

fn figures() -> Vec<(String, Figure)> {
    let mut all: Vec<(String, Figure)> = Vec::new();
    for kind in ["transfers", "ERC-20 transfers"] {
        all.push((format!("{kind}, included per second"), Box::new(move |chain| chain.rate(kind))));
        for percent in [50, 99] {
            let name = format!("{kind}, inclusion p{percent} ms");
            all.push((name, Box::new(move |chain| chain.inclusion(kind, percent))));
        }
    }
    for percent in [50, 99] {
        all.push((format!("eth_call idle p{percent} us"), Box::new(move |c| micros(&c.idle.call, percent))));
        all.push((format!("eth_getBalance idle p{percent} us"), Box::new(move |c| micros(&c.idle.balance, percent))));
        all.push((format!("eth_call under load p{percent} us"), Box::new(move |c| micros(&c.loaded.call, percent))));
        all.push((
            format!("eth_getBalance under load p{percent} us"),
            Box::new(move |c| micros(&c.loaded.balance, percent)),
        ));
    }
    all
}

/// A percentile of sorted durations, in microseconds.
fn micros(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(f64::NAN, |duration| duration.as_secs_f64() * 1e6)
}
