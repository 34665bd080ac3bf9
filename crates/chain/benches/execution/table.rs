//! What is printed: one line a workload, ratios to plain revm.

use crate::figures::Figures;
use crate::options::Options;
use crate::ways::Way;

/// What the columns mean.
pub fn legend(options: &Options) -> String {
    let which = if options.median { "median" } else { "best" };
    let time = if options.cpu { "in time on cores, " } else { "" };
    format!(
        "Ratios are to plain sequential revm (one EVM re-used over its in-memory database, which makes no receipts and no\n\
         bloom; ours does), {time}{which} of {} rounds, everything in turn in one process. seq: our sequential mode. decl N: declared\n\
         mode with N workers and footprints learned on the parent's state. opt N: optimistic, told nothing. ship N: optimistic\n\
         with the writes that the proposer found. Learning and proposing are not counted. again, serial: transactions that opt\n\
         with the most workers ran again, and those that it ran one after the other. Every way's changes and receipts were\n\
         compared with the sequential ones.\n",
        options.rounds
    )
}

/// A table: its columns are the ways.
pub struct Table<'a> {
    ways: &'a [Way],
    markdown: bool,
}

impl<'a> Table<'a> {
    /// With these columns, as `options` asks.
    pub fn of(ways: &'a [Way], options: &Options) -> Self {
        Self { ways, markdown: options.markdown }
    }

    /// The line above the table, with `more` columns at its end.
    pub fn header(&self, more: &[&str]) -> String {
        let names = self.ways.iter().map(Way::name);
        let first = ["workload", "txs", "revm tx/s", "Mgas/s", "best tx/s", "Mgas/s", "by"].map(str::to_owned);
        let last = ["again", "serial"].iter().chain(more).map(|name| (*name).to_owned());
        let cells: Vec<String> = first.into_iter().chain(names).chain(last).collect();
        let rule = if self.markdown { format!("\n|{}", "---|".repeat(cells.len())) } else { String::new() };
        self.line(&cells) + &rule
    }

    /// One line of it.
    pub fn row(&self, name: &str, figures: &Figures, more: &[&str]) -> String {
        let fastest = figures.fastest();
        let ratios = (0..self.ways.len()).map(|way| format!("{:.2}", figures.ratio(way)));
        let first = [
            name.to_owned(),
            figures.txs.to_string(),
            per_second(figures.txs as u64, figures.plain, 1.0),
            per_second(figures.plain_gas, figures.plain, 1e6),
            per_second(figures.txs as u64, figures.ways[fastest], 1.0),
            per_second(figures.gas, figures.ways[fastest], 1e6),
            self.ways[fastest].name(),
        ];
        let last = [figures.re_executions.to_string(), figures.serial.to_string()];
        let more = more.iter().map(|cell| (*cell).to_owned());
        self.line(&first.into_iter().chain(ratios).chain(last).chain(more).collect::<Vec<_>>())
    }

    fn line(&self, cells: &[String]) -> String {
        if self.markdown {
            return format!("| {} |", cells.join(" | "));
        }
        let rest: String = cells[1..].iter().map(|cell| format!("{cell:>10}")).collect();
        format!("{:<24}{rest}", cells[0])
    }
}

#[allow(clippy::cast_precision_loss)] // for display
fn per_second(count: u64, seconds: f64, unit: f64) -> String {
    format!("{:.0}", count as f64 / seconds / unit)
}
