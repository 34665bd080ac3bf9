//! `cargo xtask bench storage`: our state storage, nomt, and plain writes to fjall, on the same keys in the same run.
//!
//! Each engine runs in a process of its own, so that its memory and its writes are its own; the first process only starts
//! the others, one after another, and prints what they found. What is measured and how: docs/benchmarks.md.

mod figures;
mod fjall_engine;
mod nomt_engine;
mod ours;
mod table;
mod workload;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::{Parser, ValueEnum};

use crate::figures::Figures;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures state storage: updates per second with root and durable commit, latencies, reads, sizes, opening.
#[derive(Debug, Clone, Parser)]
#[command(name = "cargo xtask bench storage")]
struct Options {
    /// Keys in the state; `k` and `M` may follow the number.
    #[arg(long, default_value = "1M", value_parser = number)]
    keys: u64,
    /// Blocks committed.
    #[arg(long, default_value = "1100", value_parser = number)]
    blocks: u64,
    /// Blocks that the rivals commit: they are slower, and rates settle early. At most `--blocks`.
    #[arg(long, default_value = "100", value_parser = number)]
    rival_blocks: u64,
    /// Keys that each block updates.
    #[arg(long, default_value = "10k", value_parser = number)]
    updates: u64,
    /// Milliseconds between blocks, of ours only: 0 measures throughput, 400 a chain's everyday.
    #[arg(long, default_value_t = 0)]
    pause_ms: u64,
    /// Percent of our image files that may be of no use any more before an image is written whole.
    #[arg(long, default_value_t = 28)]
    dead_percent: u64,
    /// Folder in which each engine gets a folder of its own for the time of its run.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
    /// Engines, in the order in which they run.
    #[arg(long, value_delimiter = ',', default_value = "ours,nomt,fjall")]
    engines: Vec<Engine>,
    /// Runs one engine in this process and prints its figures as lines: how the first process calls the others.
    #[arg(long, hide = true)]
    alone: bool,
    /// `cargo bench` says so.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// SeiDB: IAVL roots, history, blocks, durable commits.
    Ours,
    /// nomt: a binary trie's root, the newest state only.
    Nomt,
    /// fjall: plain durable batches without any root, the floor.
    Fjall,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Nomt => "nomt",
            Self::Fjall => "fjall",
        }
    }
}

fn number(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.as_bytes().last() {
        Some(b'k') => (&text[..text.len() - 1], 1_000),
        Some(b'M') => (&text[..text.len() - 1], 1_000_000),
        _ => (text, 1),
    };
    digits.parse::<u64>().map(|number| number * factor).map_err(|error| error.to_string())
}

fn main() -> ExitCode {
    let options = Options::parse();
    if options.alone {
        alone(&options).print();
        return ExitCode::SUCCESS;
    }
    let mut columns = Vec::new();
    for engine in &options.engines {
        eprintln!("{} ...", engine.name());
        match in_its_process(&options, *engine) {
            Ok(figures) => columns.push((engine.name(), figures)),
            Err(error) => {
                eprintln!("{}: {error}", engine.name());
                return ExitCode::FAILURE;
            }
        }
    }
    table::print(&options, &columns);
    ExitCode::SUCCESS
}

/// Runs the only engine named.
fn alone(options: &Options) -> Figures {
    let dir = tempfile::tempdir_in(&options.dir).expect("the folder for the run can be written to");
    match options.engines[0] {
        Engine::Ours => ours::run(options, dir.path()),
        Engine::Nomt => nomt_engine::run(options, dir.path()),
        Engine::Fjall => fjall_engine::run(options, dir.path()),
    }
}

fn in_its_process(options: &Options, engine: Engine) -> Result<Figures, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let blocks = if engine == Engine::Ours { options.blocks } else { options.rival_blocks.min(options.blocks) };
    let output = Command::new(program)
        .args(["--alone", "--engines", engine.name()])
        .args(["--keys", &options.keys.to_string(), "--blocks", &blocks.to_string()])
        .args(["--updates", &options.updates.to_string(), "--pause-ms", &options.pause_ms.to_string()])
        .args(["--dead-percent", &options.dead_percent.to_string()])
        .arg("--dir")
        .arg(&options.dir)
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("it ended with {}", output.status));
    }
    Ok(Figures::read(&String::from_utf8_lossy(&output.stdout)))
}
