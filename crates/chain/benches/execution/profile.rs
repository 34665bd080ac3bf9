//! One workload in one way, over and over: what a profiler is attached to.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use seiza_chain::Mode;

use crate::options::{Options, Profile};
use crate::ways::{Hint, Way};
use crate::workload::Workload;

/// Runs the workloads in turn until the time is over, and prints the blocks per second.
pub fn run(workloads: &[Workload], profile: Profile, workers: NonZeroUsize, options: &Options) {
    let way = way(profile, workers).map(|way| match (options.force, options.force_rounds) {
        (true, _) => way.forced(),
        (_, true) => way.in_rounds(),
        _ => way,
    });
    println!("all is set up: `perf record -p {}` sees nothing else", std::process::id());
    let (start, limit) = (Instant::now(), Duration::from_secs(options.seconds));
    let mut blocks = 0;
    while start.elapsed() < limit && !workloads.is_empty() {
        for workload in workloads {
            match &way {
                Some(way) => drop(workload.output(way)),
                None => drop(workload.plain.seconds(options.clock())),
            }
            blocks += 1;
        }
    }
    println!("{blocks} blocks in {:.1} s", start.elapsed().as_secs_f64());
}

fn way(profile: Profile, workers: NonZeroUsize) -> Option<Way> {
    Some(match profile {
        Profile::Revm => return None,
        Profile::Seq => Way::sequential(),
        Profile::Decl => Way::new(Mode::Declared { workers }, Hint::Learned),
        Profile::Opt => Way::new(Mode::Optimistic { workers }, Hint::Nothing),
        Profile::Ship => Way::new(Mode::Optimistic { workers }, Hint::Shipped),
    })
}
