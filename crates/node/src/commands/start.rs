//! `seiza start`: runs the node of a home that `init` wrote.

use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};

use crate::args::StartArgs;
use crate::failure::Failure;
use crate::founding::{NodeKey, read_genesis, read_key};
use crate::home::Home;
use crate::node::{Addresses, Node};
use crate::settings::Settings;
use crate::telemetry::logs;

/// How long a node whose starter is gone may take to stop.
const ORPHAN_PATIENCE: Duration = Duration::from_secs(30);

/// Runs the node until it is stopped.
///
/// # Errors
/// A file of the home is missing or wrong, a port in use, a fatal failure.
pub fn run(args: &StartArgs) -> Result<(), Failure> {
    let home = Home::at(&args.home);
    let genesis = read_genesis(&home)?;
    let settings = Settings::load(&args.node, Some(&home.config()))?;
    let key = read_key(&home)?;
    NodeKey::open(&home)?;
    logs::start(&settings);
    if args.while_stdin {
        stop_with_input()?;
    }
    for default in &settings.defaulted {
        tracing::info!("{default} is set nowhere: its default is used");
    }
    let node = Node { home: &home, settings: &settings, genesis, key };
    node.run(|addresses| {
        let Addresses { http, ws, tendermint, metrics } = *addresses;
        tracing::info!(%http, %ws, %tendermint, %metrics, "listening");
        Ok(())
    })?;
    tracing::info!("stopped cleanly");
    Ok(())
}

/// Asks this process to stop when standard input ends. A pipe ends when whoever holds the other side closes it or dies, however
/// it dies: so no node outlives the `seiza localnet` that started it.
fn stop_with_input() -> Result<(), Failure> {
    let watch = || {
        // An error ends the input as well.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        // The same as a SIGTERM of a supervisor; it cannot fail for oneself.
        let _ = kill_process(getpid(), Signal::TERM);
        std::thread::sleep(ORPHAN_PATIENCE);
        std::process::exit(1);
    };
    let thread = std::thread::Builder::new().name("stdin".into()).spawn(watch);
    thread.map(|_| ()).map_err(|error| Failure::refused(format!("cannot start threads: {error}")))
}
