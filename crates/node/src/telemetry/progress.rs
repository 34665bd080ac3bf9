//! Progress of what takes longer than two seconds: a bar on a terminal, log lines elsewhere; with rate and time left.
//!
//! Bars and log lines share standard error: [`stderr`] writes lines above the bars.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use parking_lot::Mutex;
use seiza_storage::Progress;

/// Between two log lines.
const LINE_EVERY: Duration = Duration::from_secs(2);

/// All bars of the process.
static BARS: LazyLock<MultiProgress> =
    LazyLock::new(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10)));

/// Hears of start-up work and shows it.
pub fn listener(quiet: bool) -> Arc<dyn Fn(Progress) + Send + Sync> {
    let meter: Mutex<Option<(&'static str, Meter)>> = Mutex::new(None);
    Arc::new(move |Progress { stage, done, total }| {
        let mut meter = meter.lock();
        let same = meter.as_ref().is_some_and(|(shown, _)| *shown == stage);
        if !same {
            *meter = Some((stage, Meter::new(stage, Unit::Items, quiet)));
        }
        if let Some((_, shown)) = &*meter {
            shown.show(done, total);
            if done >= total {
                *meter = None;
            }
        }
    })
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whatever the stage says.
    Items,
    /// Bytes; shown in megabytes.
    Bytes,
    /// Blocks.
    Blocks,
}

impl Unit {
    /// A number of these, for people.
    fn text(self, number: f64) -> String {
        match self {
            Self::Items => format!("{number:.0}"),
            Self::Bytes => format!("{:.1} MB", number / 1e6),
            Self::Blocks => format!("{number:.0} blocks"),
        }
    }
}

/// Shows how far one piece of work has come. Dropping it takes the bar away.
pub struct Meter {
    stage: &'static str,
    unit: Unit,
    bar: Option<ProgressBar>,
    quiet: bool,
    state: Mutex<State>,
}

/// What was shown first, and when the last line was.
struct State {
    since: Instant,
    first: Option<u64>,
    line: Option<Instant>,
}

impl Meter {
    /// Nothing is shown yet.
    pub fn new(stage: &'static str, unit: Unit, quiet: bool) -> Self {
        let bar = (!quiet && io::stderr().is_terminal()).then(|| {
            let bar = BARS.add(ProgressBar::new(0));
            let style = ProgressStyle::with_template("{msg} [{bar:40}] {prefix}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_message(stage);
            bar
        });
        Self { stage, unit, bar, quiet, state: Mutex::new(State { since: Instant::now(), first: None, line: None }) }
    }

    /// So much is done of so much.
    pub fn show(&self, done: u64, total: u64) {
        let mut state = self.state.lock();
        let first = *state.first.get_or_insert(done);
        let seconds = state.since.elapsed().as_secs_f64();
        let pace = Pace::of(done.saturating_sub(first), total.saturating_sub(done), seconds);
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_prefix(pace.text(self.unit, done, total));
        } else if !self.quiet && state.line.is_none_or(|at| at.elapsed() >= LINE_EVERY) {
            state.line = Some(Instant::now());
            let Pace { per_second, left } = pace;
            let left_seconds = left.map_or(0, |left| left.as_secs());
            tracing::info!(done, total, per_second, left_seconds, "{}", self.stage);
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
            BARS.remove(bar);
        }
    }
}

/// How fast it goes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pace {
    per_second: f64,
    left: Option<Duration>,
}

impl Pace {
    fn of(done: u64, left: u64, seconds: f64) -> Self {
        let per_second = if seconds > 0.0 { done as f64 / seconds } else { 0.0 };
        let left = (per_second > 0.0).then(|| left as f64 / per_second);
        // Longer than a year is no estimate.
        let left = left.filter(|seconds| *seconds < 3.2e7).map(Duration::from_secs_f64);
        Self { per_second, left }
    }

    fn text(&self, unit: Unit, done: u64, total: u64) -> String {
        let (done, total) = (unit.text(done as f64), unit.text(total as f64));
        let rate = match unit {
            Unit::Blocks => format!("{:.1} blocks/s", self.per_second),
            unit => format!("{}/s", unit.text(self.per_second)),
        };
        match self.left {
            Some(left) => format!("{done} of {total}, {rate}, {} s left", left.as_secs()),
            None => format!("{done} of {total}"),
        }
    }
}

/// Standard error for log lines: bars stand below them.
pub fn stderr() -> impl Write {
    Lines
}

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        BARS.suspend(|| io::stderr().lock().write(bytes))
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        BARS.suspend(|| io::stderr().lock().write_all(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pace_and_time_left_are_told() {
        let pace = Pace::of(50, 150, 10.0);
        assert_eq!(pace.text(Unit::Blocks, 60, 210), "60 blocks of 210 blocks, 5.0 blocks/s, 30 s left");
        let pace = Pace::of(50_000_000, 100_000_000, 2.0);
        assert_eq!(pace.text(Unit::Bytes, 50_000_000, 150_000_000), "50.0 MB of 150.0 MB, 25.0 MB/s, 4 s left");
        assert_eq!(Pace::of(0, 10, 0.0).text(Unit::Items, 0, 10), "0 of 10");
        assert_eq!(Pace::of(1, u64::MAX, 1.0).left, None, "no estimate of centuries");
    }
}
