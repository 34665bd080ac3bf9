//! Progress of what takes longer than two seconds: a bar on a terminal, log lines elsewhere.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use parking_lot::Mutex;
use seiza_storage::Progress;

/// Between two log lines.
const LINE_EVERY: Duration = Duration::from_secs(2);

/// Hears of start-up work and shows it.
pub fn listener(quiet: bool) -> Arc<dyn Fn(Progress) + Send + Sync> {
    if quiet {
        return Arc::new(|_| ());
    }
    if std::io::stderr().is_terminal() { bar() } else { lines() }
}

fn bar() -> Arc<dyn Fn(Progress) + Send + Sync> {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    Arc::new(move |progress: Progress| {
        bar.set_length(progress.total);
        bar.set_message(progress.stage);
        bar.set_position(progress.done);
        if progress.done >= progress.total {
            bar.finish_and_clear();
        }
    })
}

fn lines() -> Arc<dyn Fn(Progress) + Send + Sync> {
    let last: Mutex<Option<Instant>> = Mutex::new(None);
    Arc::new(move |Progress { stage, done, total }| {
        let mut last = last.lock();
        if done >= total || last.is_none_or(|at| at.elapsed() >= LINE_EVERY) {
            *last = Some(Instant::now());
            tracing::info!(done, total, "{stage}");
        }
    })
}
