//! What one engine's run found, by name, and how it travels from its process to the one that prints.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Figures by name; times in microseconds, sizes in bytes.
#[derive(Debug, Default, Clone)]
pub struct Figures(BTreeMap<String, f64>);

impl Figures {
    /// Notes a figure.
    pub fn put(&mut self, name: &str, figure: f64) {
        self.0.insert(name.to_owned(), figure);
    }

    /// Notes a time.
    pub fn time(&mut self, name: &str, time: Duration) {
        self.put(name, time.as_secs_f64() * 1e6);
    }

    /// Notes percentiles 50 and 99 and the longest of several times; nothing where there are none.
    pub fn latencies(&mut self, name: &str, times: &mut [Duration]) {
        times.sort_unstable();
        let Some(last) = times.len().checked_sub(1) else { return };
        for (part, suffix) in [(50, "p50"), (99, "p99"), (100, "max")] {
            self.time(&format!("{name} {suffix}"), times[last * part / 100]);
        }
    }

    /// A figure, where the engine has it.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// Prints all, a line each.
    pub fn print(&self) {
        self.0.iter().for_each(|(name, figure)| println!("{name}={figure}"));
    }

    /// Reads what [`Figures::print`] printed.
    pub fn read(text: &str) -> Self {
        let pair = |line: &str| {
            let (name, figure) = line.split_once('=')?;
            Some((name.to_owned(), figure.parse().ok()?))
        };
        Self(text.lines().filter_map(pair).collect())
    }
}

/// Memory of this process that is its own, and all that is in RAM with the pages of mapped files, in bytes.
pub fn memory() -> (f64, f64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    (field("RssAnon:").unwrap_or(0.0) * 1024.0, field("VmRSS:").unwrap_or(0.0) * 1024.0)
}

/// Bytes that this process has had written to disks so far.
pub fn written() -> f64 {
    let io = fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes:"));
    line.and_then(|text| text.trim().parse().ok()).unwrap_or(0.0)
}

/// Bytes that a folder takes on disk, holes left out.
pub fn disk(dir: &Path) -> f64 {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(entries) = fs::read_dir(dir) else { return 0.0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => disk(&entry.path()),
            Ok(meta) => meta.blocks() as f64 * 512.0,
            Err(_) => 0.0,
        })
        .sum()
}
