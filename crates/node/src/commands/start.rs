//! `seiza start`: runs the node of a home that `init` wrote.

use crate::args::StartArgs;
use crate::failure::Failure;
use crate::founding::{read_genesis, read_key};
use crate::home::Home;
use crate::node::Node;
use crate::settings::Settings;
use crate::telemetry::logs;

/// Runs the node until it is stopped.
///
/// # Errors
/// A file of the home is missing or wrong, a port in use, a fatal failure.
pub fn run(args: &StartArgs) -> Result<(), Failure> {
    let home = Home::at(&args.home);
    let genesis = read_genesis(&home)?;
    let settings = Settings::load(&args.node, Some(&home.config()))?;
    let key = read_key(&home)?;
    logs::start(&settings);
    for default in &settings.defaulted {
        tracing::info!("{default} is set nowhere: its default is used");
    }
    let node = Node { home: &home, settings: &settings, genesis, key };
    node.run(|addresses| {
        let (http, ws, metrics) = (addresses.http, addresses.ws, addresses.metrics);
        tracing::info!(%http, %ws, %metrics, "listening");
        Ok(())
    })?;
    tracing::info!("stopped cleanly");
    Ok(())
}
