//! What is printed: one line a workload, ratios to plain revm.

use crate::figures::Figures;
use crate::options::Options;
use crate::ways::Way;

/// What the columns mean.
pub fn legend(options: &Options) -> String {
    let which = if options.median { "median" } else { "best" };
    format!(
        "Ratios are to plain sequential revm (one EVM re-used over its in-memory database, which makes no receipts and no\n\
         bloom; ours does), {which} of {} rounds, everything in turn in one process. seq: our sequential mode. decl N: declared\n\
         mode with N workers and footprints learned on the parent's state. opt N: optimistic, told nothing. ship N: optimistic\n\
         with the writes that the proposer found. Learning and proposing are not counted. again, serial: transactions that opt\n\
         with the most workers ran again, and those that it ran one after the other. Every way's changes and receipts were\n\
         compared with the sequential ones.\n",
        options.rounds
    )
}

/// The line above the table.
pub fn header(ways: &[Way]) -> String {
    let names: String = ways.iter().map(|way| format!("{:>8}", way.name())).collect();
    format!(
        "{:<24}{:>7}{:>9}{:>8}{:>9}{:>8}  {:<8}{names}{:>7}{:>7}",
        "workload", "txs", "revm/s", "Mgas/s", "best/s", "Mgas/s", "by", "again", "serial"
    )
}

/// One line of it.
pub fn row(name: &str, figures: &Figures, ways: &[Way]) -> String {
    let ratios: String = (0..ways.len()).map(|way| format!("{:>8.2}", figures.ratio(way))).collect();
    let fastest = figures.fastest();
    let rates = |seconds: f64, gas: u64| {
        format!("{:>9.0}{:>8.0}", per_second(figures.txs as u64, seconds), per_second(gas, seconds) / 1e6)
    };
    format!(
        "{name:<24}{:>7}{}{}  {:<8}{ratios}{:>7}{:>7}",
        figures.txs,
        rates(figures.plain, figures.plain_gas),
        rates(figures.ways[fastest], figures.gas),
        ways[fastest].name(),
        figures.re_executions,
        figures.serial,
    )
}

#[allow(clippy::cast_precision_loss)] // for display
fn per_second(count: u64, seconds: f64) -> f64 {
    count as f64 / seconds
}
