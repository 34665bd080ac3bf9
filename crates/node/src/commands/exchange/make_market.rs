//! `seiza exchange make-market`: the devnet's crowd beside a node that runs without it.

use std::sync::mpsc::channel;
use std::time::Duration;

use crate::args::MakeMarketArgs;
use crate::failure::Failure;
use crate::market::{self, Doors};
use crate::signals::Signals;

/// Quotes and trades until it is told to stop.
///
/// # Errors
/// No node answers; its chain has no markets or no funds for the crowd.
pub fn run(args: &MakeMarketArgs) -> Result<(), Failure> {
    let doors = Doors { rpc: args.url.clone(), tendermint: args.tendermint.clone() };
    market::check(&doors)?;
    let (stop, stopped) = channel();
    let crowd = std::thread::spawn(move || market::trade(&doors, &stopped));
    println!("trading in {} on {}; Ctrl-C ends", market::names(), args.url);
    told_to_stop(args.lasting.map(|lasting| lasting.0))?;
    drop(stop);
    crowd.join().unwrap_or_else(|_| Err(Failure::refused("the crowd's thread broke")))
}

/// Waits for a signal, or until the time is over.
fn told_to_stop(lasting: Option<Duration>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::refused(format!("cannot start threads: {error}")))?;
    runtime.block_on(async {
        let mut signals = Signals::listen()?;
        match lasting {
            Some(lasting) => drop(tokio::time::timeout(lasting, signals.next()).await),
            None => signals.next().await,
        }
        Ok(())
    })
}
