//! How long a height takes, empty: as fast as validators can on one machine, and over wires with latency, against the limit
//! of three hops (proposal, prevote, precommit).

use std::time::Duration;

use crate::cluster::{Cluster, Logged, Plan};
use crate::line::Wire;

/// Heights of the start, which are not counted.
const WARM_UP: usize = 5;

pub fn run(seconds: u64) -> Result<(), String> {
    println!("heights: 4 validators, empty blocks, homes in memory; times between commits on validator 0");
    println!("| one-way delay | loss | heights | median | p90 | limit (3 hops) | over the limit | heights/s |");
    println!("|---|---|---|---|---|---|---|---|");
    let wires = [None, Some((50, 0)), Some((50, 10)), Some((100, 0))];
    for wire in wires {
        let plan = Plan::new(&["--block-time", "1ms", "--gather", "0ms", "--log", "info"]);
        let plan = match wire {
            Some((ms, loss_permille)) => {
                plan.over(Wire { delay: Duration::from_millis(ms), loss_permille, uplink_bits: 0 })
            }
            None => plan,
        };
        match measure(plan, seconds) {
            Ok(blocks) => row(wire, &blocks),
            Err(error) => println!("| {} | NOT MEASURED: {error} |", wire.map_or(0, |(ms, _)| ms)),
        }
    }
    println!();
    Ok(())
}

/// Lets a network run and gives the blocks of validator 0.
pub fn measure(plan: Plan, seconds: u64) -> Result<Vec<Logged>, String> {
    let mut cluster = Cluster::start(plan)?;
    let before = cluster.blocks(0).len();
    std::thread::sleep(Duration::from_secs(seconds));
    cluster.check()?;
    Ok(cluster.blocks(0).split_off(before.max(WARM_UP)))
}

fn row(wire: Option<(u64, u32)>, blocks: &[Logged]) {
    let times = sorted(blocks);
    let (ms, loss) = wire.unwrap_or((0, 0));
    let (median, p90) = (quantile(&times, 0.5), quantile(&times, 0.9));
    let limit = 3.0 * ms as f64;
    let rate = times.len() as f64 * 1000.0 / times.iter().sum::<f64>();
    println!(
        "| {ms} ms | {} % | {} | {median:.1} ms | {p90:.1} ms | {limit:.0} ms | {:.1} ms | {rate:.1} |",
        f64::from(loss) / 10.0,
        times.len(),
        median - limit
    );
}

/// The blocks' times, ascending.
pub fn sorted(blocks: &[Logged]) -> Vec<f64> {
    let mut times: Vec<f64> = blocks.iter().map(|block| block.ms).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// A quantile of ascending times; NaN of none.
pub fn quantile(times: &[f64], at: f64) -> f64 {
    let last = times.len().saturating_sub(1);
    times.get((last as f64 * at).round() as usize).copied().unwrap_or(f64::NAN)
}
