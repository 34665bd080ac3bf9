//! How a running node tells what it does: log lines, figures, progress.

pub mod execution;
pub mod figures;
pub mod logs;
pub mod progress;
