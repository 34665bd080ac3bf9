//! Log lines on standard error, as text or JSON; panics become one line too.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use super::progress;
use crate::settings::{LogFormat, Settings};

/// The engine tells each step of each round at the level info, and calls it an error that a lone validator has no peers; what
/// an operator should know of it the host says itself. A filter that names these targets has the last word.
const ENGINE: &str = "arc_malachitebft_engine=warn,arc_malachitebft_network=off,arc_malachitebft_core_consensus=warn,\
                      arc_malachitebft_core_driver=warn,arc_malachitebft_sync=warn,arc_malachitebft_discovery=warn,\
                      arc_malachitebft_app=warn,arc_malachitebft_wal=warn,informalsystems_malachitebft=warn,libp2p=warn,\
                      libp2p_gossipsub=off,ractor=warn";

/// Starts logging as the settings say. Later calls in one process change nothing.
pub fn start(settings: &Settings) {
    let filter = if settings.quiet { "error" } else { settings.log_filter.0.as_str() };
    let filter = EnvFilter::builder().parse_lossy(format!("{ENGINE},{filter}"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(progress::stderr);
    // An error says that a subscriber is there already.
    let _ = match settings.log_format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    tell_panics();
}

/// From now on a panic is a log line.
fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or("no text");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a fault in seiza itself, please report it: {text}");
    }));
}
