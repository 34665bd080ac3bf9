//! `seiza devnet`: a chain with funded accounts, founded if need be and run at once.

use std::io::Write as _;

use super::place::Place;
use crate::args::DevnetArgs;
use crate::banner::banner;
use crate::failure::Failure;
use crate::founding::{Founding, NodeKey, check_same, read_founders, read_genesis, read_key};
use crate::home::Home;
use crate::market::{self, Crowd, Doors};
use crate::node::{Addresses, Node};
use crate::settings::Settings;
use crate::settings::field::{self, Field};
use crate::telemetry::logs;

/// Funded accounts where nobody says how many.
const ACCOUNTS: u32 = 10;

/// Runs the devnet until it is stopped.
///
/// # Errors
/// Flags that contradict the chain in the home, a port in use, a fatal failure.
pub fn run(args: &DevnetArgs) -> Result<(), Failure> {
    let place = Place::of(args.home.as_deref(), "devnet")?;
    let home = &place.home();
    found_unless_there(args, home)?;
    let (genesis, founders, key) = (read_genesis(home)?, read_founders(home)?, read_key(home)?);
    NodeKey::open(home)?;
    check_same(&args.chain, &genesis, founders.as_ref())?;
    if args.with_market && !market::is_funded(&genesis)? {
        return Err(Failure::refused("this chain was founded without --with-market: choose another --home"));
    }
    let config = home.config();
    let settings = Settings::load(&args.node, config.exists().then_some(config.as_path()))?;
    logs::start(&settings);
    let node = Node { home, settings: &settings, genesis: genesis.clone(), key };
    let mut crowd = None;
    let ended = node.run(|addresses| {
        if !settings.quiet {
            println!("{}", banner(&genesis, founders.as_ref(), &endpoints(addresses), &place.says())?);
            println!("Listening on {}", addresses.http);
        }
        crowd = args.with_market.then(|| Crowd::start(doors(addresses)));
        Ok(())
    });
    drop(crowd);
    ended?;
    let end = place.leave()?;
    if !settings.quiet {
        // Whoever read the banner may be gone by now.
        let _ = writeln!(std::io::stdout(), "Stopped. {end}");
    }
    Ok(())
}

fn doors(addresses: &Addresses) -> Doors {
    let [rpc, tendermint] = [addresses.http, addresses.tendermint].map(|address| format!("http://{address}"));
    Doors { rpc, tendermint }
}

fn endpoints(addresses: &Addresses) -> String {
    let Addresses { http, ws, tendermint, metrics } = addresses;
    format!(
        "HTTP       http://{http}\nWebSocket  ws://{ws}\nTendermint http://{tendermint}\nMetrics    \
         http://{metrics}/metrics"
    )
}

/// Founds a chain in an empty home; a home with something else in it is left alone.
fn found_unless_there(args: &DevnetArgs, home: &Home) -> Result<(), Failure> {
    if home.genesis().exists() {
        return Ok(());
    }
    if !home.is_empty()? {
        let path = home.path().display();
        return Err(Failure::refused(format!(
            "{path} is not empty and holds no chain (no genesis.json): choose another --home, or empty it"
        )));
    }
    let mut founding = Founding::of(&args.chain, ACCOUNTS, None)?.with_markets()?;
    if args.with_market {
        market::fund(&mut founding.genesis)?;
    }
    founding.write_with(home, &alone())
}

/// A devnet has one validator and expects nobody: its peer ports are free ones of this machine alone.
fn alone() -> [(&'static Field, String); 4] {
    [
        (&field::P2P_HOST, "127.0.0.1".into()),
        (&field::P2P_PORT, "0".into()),
        (&field::GOSSIP_PORT, "0".into()),
        (&field::DISCOVERY, "false".into()),
    ]
}
