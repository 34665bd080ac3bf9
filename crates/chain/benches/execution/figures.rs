//! What is measured: plain revm and every way in turn, round by round in one process, so that whatever else the machine does
//! falls on all of them alike.

use crate::options::Options;
use crate::ways::Way;
use crate::workload::Workload;

/// Seconds that plain revm and each way took for a workload, and what was done in them.
#[derive(Clone, Default)]
pub struct Figures {
    pub txs: usize,
    pub gas: u64,
    /// Gas used and seconds taken by plain revm.
    pub plain_gas: u64,
    pub plain: f64,
    /// One for each way.
    pub ways: Vec<f64>,
    /// Runs thrown away in the last round of the optimistic way with the most workers.
    pub re_executions: usize,
    /// Transactions that it ran one after the other all the same.
    pub serial: usize,
}

/// A block that takes plain revm less than these seconds is run in more rounds, up to so many times as many.
const SHORT: f64 = 10e-3;
const MORE_ROUNDS_MAX: usize = 20;

/// Runs everything in turn and keeps the best of the rounds, or their median.
pub fn measure(workload: &Workload, ways: &[Way], options: &Options) -> Figures {
    let (mut plain, mut ours) = (Vec::new(), vec![Vec::new(); ways.len()]);
    let (mut re_executions, mut serial) = (0, 0);
    for _ in 0..options.rounds * more(workload.plain.seconds(options.clock())) {
        plain.push(workload.plain.seconds(options.clock()));
        for (way, times) in ways.iter().zip(&mut ours) {
            let (seconds, output) = workload.timed(way, options.clock());
            times.push(seconds);
            if way.is_optimistic() {
                (re_executions, serial) = (output.stats.re_executions, output.stats.sequential);
            }
        }
    }
    let one = |times: &mut Vec<f64>| if options.median { median(times) } else { best(times) };
    Figures {
        txs: workload.txs.len(),
        gas: workload.gas,
        plain_gas: workload.plain.gas,
        plain: one(&mut plain),
        ways: ours.iter_mut().map(one).collect(),
        re_executions,
        serial,
    }
}

impl Figures {
    /// All of them, one after the other.
    pub fn sum(each: &[Self]) -> Self {
        let mut sum = Self { ways: vec![0.0; each[0].ways.len()], ..Self::default() };
        for one in each {
            sum.txs += one.txs;
            sum.gas += one.gas;
            sum.plain_gas += one.plain_gas;
            sum.plain += one.plain;
            sum.ways.iter_mut().zip(&one.ways).for_each(|(sum, one)| *sum += one);
            sum.re_executions += one.re_executions;
            sum.serial += one.serial;
        }
        sum
    }

    /// How many times as fast as plain revm the way of that index is.
    pub fn ratio(&self, way: usize) -> f64 {
        self.plain / self.ways[way]
    }

    /// The index of the fastest way.
    pub fn fastest(&self) -> usize {
        let order = |a: &usize, b: &usize| self.ways[*a].total_cmp(&self.ways[*b]);
        (0..self.ways.len()).min_by(order).expect("sequential is always there")
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // it is small, and positive
fn more(seconds: f64) -> usize {
    ((SHORT / seconds) as usize).clamp(1, MORE_ROUNDS_MAX)
}

fn best(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::MAX, f64::min)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
