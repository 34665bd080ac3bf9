//! The table of a local network: kept in place on a terminal, lines elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::watch::Seen;

/// Between two refreshes of a table.
pub const TABLE_EVERY: Duration = Duration::from_millis(500);
/// Between two groups of lines.
const LINES_EVERY: Duration = Duration::from_secs(5);
/// A height that stands still for longer than this, and than three block times, is said to.
const STILL: Duration = Duration::from_secs(10);

/// What is known of one node.
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its answers.
    pub seen: Seen,
    /// How its process ended, if it did.
    pub ended: Option<String>,
    /// How often it was started again.
    pub restarts: u32,
}

/// Where the table is shown.
pub enum Screen {
    /// In place.
    Table(MultiProgress, Vec<ProgressBar>),
    /// As lines, the last ones at that time.
    Lines(Option<Instant>),
    /// Nowhere.
    Dark,
}

impl Screen {
    /// A table on a terminal that is wanted, lines elsewhere.
    pub fn of(plain: bool, quiet: bool) -> Self {
        match (quiet, plain || !std::io::stdout().is_terminal()) {
            (true, _) => Self::Dark,
            (false, true) => Self::Lines(None),
            (false, false) => Self::Table(MultiProgress::with_draw_target(ProgressDrawTarget::stdout()), Vec::new()),
        }
    }

    /// Shows the rows, if it is time to.
    pub fn show(&mut self, rows: &[Row], block_time: Duration) {
        let now = Instant::now();
        match self {
            Self::Table(table, bars) => draw(table, bars, &lines(rows, block_time, now)),
            Self::Lines(last) if last.is_none_or(|at| at.elapsed() >= LINES_EVERY) => {
                *last = Some(now);
                // Whoever read this may be gone by now.
                let _ = writeln!(std::io::stdout(), "{}", lines(rows, block_time, now).join("\n"));
            }
            Self::Lines(_) | Self::Dark => (),
        }
    }

    /// Says something that stays.
    pub fn say(&self, text: &str) {
        match self {
            // A terminal that is gone is no reason to stop.
            Self::Table(table, _) => drop(table.println(text)),
            Self::Lines(_) => drop(writeln!(std::io::stdout(), "{text}")),
            Self::Dark => (),
        }
    }

    /// Leaves the table as it is.
    pub fn leave(&self) {
        if let Self::Table(_, bars) = self {
            bars.iter().for_each(ProgressBar::abandon);
        }
    }
}

fn draw(table: &MultiProgress, bars: &mut Vec<ProgressBar>, lines: &[String]) {
    while bars.len() < lines.len() {
        let style = ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        bars.push(table.add(ProgressBar::new_spinner().with_style(style)));
    }
    for (bar, line) in bars.iter().zip(lines) {
        bar.set_message(line.clone());
        bar.tick();
    }
}

fn lines(rows: &[Row], block_time: Duration, now: Instant) -> Vec<String> {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0).max(4);
    let line = |cells: [&str; 7]| {
        let [name, height, round, peers, pool, time, state] = cells;
        format!("{name:<width$}  {height:>9}  {round:>5}  {peers:>5}  {pool:>7}  {time:>10}  {state}")
            .trim_end()
            .to_owned()
    };
    let head = line(["node", "height", "round", "peers", "mempool", "block time", "state"]);
    let row = |row: &Row| {
        let Seen { height, round, peers, pool, .. } = row.seen;
        let [height, round, peers, pool] = [height, round, peers, pool].map(shown);
        let time = row.seen.block_time().map_or_else(|| "-".into(), length);
        line([&row.name, &height, &round, &peers, &pool, &time, &state(row, block_time, now)])
    };
    [head].into_iter().chain(rows.iter().map(row)).collect()
}

fn shown(number: Option<u64>) -> String {
    number.map_or_else(|| "-".into(), |number| number.to_string())
}

fn length(time: Duration) -> String {
    let millis = time.as_millis();
    if millis < 1000 { format!("{millis} ms") } else { format!("{}.{:02} s", millis / 1000, millis % 1000 / 10) }
}

fn state(row: &Row, block_time: Duration, now: Instant) -> String {
    let still = row.seen.still_for(now);
    let state = match &row.ended {
        Some(how) => how.clone(),
        None if row.seen.answered.is_none() => "starting".into(),
        None if row.seen.is_silent(now) => "does not answer".into(),
        None if row.seen.syncing => "syncing".into(),
        None if still > STILL.max(block_time * 3) => format!("no block for {} s", still.as_secs()),
        None => "running".into(),
    };
    if row.restarts == 0 { state } else { format!("{state}, started again {}x", row.restarts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seen: Seen, ended: Option<&str>, restarts: u32) -> Row {
        Row { name: "node0".into(), seen, ended: ended.map(str::to_owned), restarts }
    }

    #[test]
    fn rows_stand_below_their_titles() {
        let now = Instant::now();
        let seen = Seen { answered: Some(now), height: Some(12), peers: Some(3), ..Seen::default() };
        let lines = lines(&[row(seen, None, 0)], Duration::from_secs(1), now);
        assert_eq!(lines[0], "node      height  round  peers  mempool  block time  state");
        assert_eq!(lines[1], "node0         12      -      3        -           -  running");
    }

    #[test]
    fn states_are_told_apart() {
        let now = Instant::now();
        let answered = |ago| Some(now.checked_sub(Duration::from_secs(ago)).unwrap());
        let table = [
            (row(Seen::default(), None, 0), "starting"),
            (row(Seen { answered: answered(0), ..Seen::default() }, None, 2), "running, started again 2x"),
            (row(Seen { answered: answered(9), ..Seen::default() }, None, 0), "does not answer"),
            (row(Seen { answered: answered(0), syncing: true, ..Seen::default() }, None, 0), "syncing"),
            (row(Seen { answered: answered(9), ..Seen::default() }, Some("ended: x"), 0), "ended: x"),
        ];
        for (row, expected) in table {
            assert_eq!(state(&row, Duration::from_secs(1), now), expected);
        }
    }

    #[test]
    fn times_have_their_unit() {
        for (millis, text) in [(0, "0 ms"), (999, "999 ms"), (1000, "1.00 s"), (12_345, "12.34 s")] {
            assert_eq!(length(Duration::from_millis(millis)), text);
        }
    }
}
