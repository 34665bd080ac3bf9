//! How work scales with workers: independent work, where nothing but the machinery and the machine are in the way.

use std::num::NonZeroUsize;

use seiza_chain::Mode;

use crate::figures::measure;
use crate::options::Options;
use crate::ways::{Hint, Way};
use crate::workload::Workload;

/// Prints the ratios of optimistic execution to plain revm and to our sequential mode, worker by worker.
pub fn run(workloads: impl Iterator<Item = Workload>, counts: &[NonZeroUsize], options: &Options) {
    let optimistic = |workers: &NonZeroUsize| Way::new(Mode::Optimistic { workers: *workers }, Hint::Nothing);
    let ways: Vec<Way> = std::iter::once(Way::sequential()).chain(counts.iter().map(optimistic)).collect();
    println!("Independent work by workers, optimistic: times plain sequential revm (times our sequential mode).");
    println!("{:<24}{}", "workload", ways.iter().map(|way| format!("{:>15}", way.name())).collect::<String>());
    for workload in workloads {
        workload.assert_equal(&ways);
        let figures = measure(&workload, &ways, options);
        let cell = |way| format!("{:>7.2} ({:>5.2})", figures.ratio(way), figures.ways[0] / figures.ways[way]);
        println!("{:<24}{}", workload.name, (0..ways.len()).map(cell).collect::<String>());
    }
}
