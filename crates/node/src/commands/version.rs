//! `seiza version`: what this binary is.

use serde::Serialize;

use super::print_json;
use crate::args::VersionArgs;
use crate::failure::Failure;

/// What a binary says of itself.
#[derive(Debug, Serialize)]
pub struct Version {
    /// Release.
    pub version: &'static str,
    /// Git commit, where the build was told (`SEIZA_COMMIT`).
    pub commit: Option<&'static str>,
    /// Newest Ethereum fork, active from genesis.
    pub fork: &'static str,
    /// Who makes blocks.
    pub engine: &'static str,
    /// What it was built for.
    pub target: String,
}

/// This binary.
pub fn this() -> Version {
    Version {
        version: env!("CARGO_PKG_VERSION"),
        commit: option_env!("SEIZA_COMMIT"),
        fork: "prague",
        engine: "malachite 0.8.2 (arc-malachitebft)",
        target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
    }
}

/// Prints the version.
///
/// # Errors
/// None.
pub fn run(args: &VersionArgs) -> Result<(), Failure> {
    let this = this();
    if args.json {
        print_json(&this);
        return Ok(());
    }
    println!("seiza   {}", this.version);
    println!("commit  {}", this.commit.unwrap_or("unknown (not told at build time)"));
    println!("fork    {}", this.fork);
    println!("engine  {}", this.engine);
    println!("target  {}", this.target);
    Ok(())
}
