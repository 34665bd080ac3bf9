//! How a running node tells what it does: log lines, figures, progress.

pub mod figures;
pub mod logs;
pub mod progress;
