//! One workload in one way, over and over: what a profiler is attached to.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use seiza_chain::Mode;

use crate::options::{Options, Profile};
use crate::ways::{Hint, Way};
use crate::workload::Workload;

/// Runs the workloads in turn until the time is over, and prints the blocks per second.
pub fn run(workloads: &[Workload], profile: Profile, workers: NonZeroUsize, options: &Options) {
    let (start, limit) = (Instant::now(), Duration::from_secs(options.seconds));
    let mut blocks = 0;
    while start.elapsed() < limit && !workloads.is_empty() {
        for workload in workloads {
            match way(profile, workers) {
                Some(way) => drop(workload.output(&way)),
                None => drop(workload.plain.seconds()),
            }
            blocks += 1;
        }
    }
    println!("{blocks} blocks in {:.1} s", start.elapsed().as_secs_f64());
}

fn way(profile: Profile, workers: NonZeroUsize) -> Option<Way> {
    Some(match profile {
        Profile::Revm => return None,
        Profile::Seq => Way::SEQUENTIAL,
        Profile::Decl => Way { mode: Mode::Declared { workers }, hint: Hint::Learned },
        Profile::Opt => Way { mode: Mode::Optimistic { workers }, hint: Hint::Nothing },
    })
}
