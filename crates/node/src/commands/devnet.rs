//! `seiza devnet`: a chain with funded accounts, founded if need be and run at once.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::args::DevnetArgs;
use crate::banner::banner;
use crate::failure::Failure;
use crate::founding::{Founding, check_same, read_founders, read_genesis, read_key};
use crate::home::Home;
use crate::node::Node;
use crate::settings::Settings;
use crate::settings::field::{self, Field};
use crate::telemetry::logs;

/// Funded accounts where nobody says how many.
const ACCOUNTS: u32 = 10;
const REMOVE_TRIES: u32 = 20;
const REMOVE_PAUSE: Duration = Duration::from_millis(50);

/// Where a devnet lives: in a folder somebody named, or in one that goes with it.
enum Place {
    Kept(Home),
    Temporary(Home, TempDir),
}

impl Place {
    fn of(args: &DevnetArgs) -> Result<Self, Failure> {
        if let Some(path) = &args.home {
            return Ok(Self::Kept(Home::at(path)));
        }
        let folder = tempfile::Builder::new().prefix("seiza-devnet-").tempdir();
        let folder = folder.map_err(|error| Failure::io("make a folder in", &std::env::temp_dir(), &error))?;
        Ok(Self::Temporary(Home::at(folder.path()), folder))
    }

    fn home(&self) -> &Home {
        match self {
            Self::Kept(home) | Self::Temporary(home, _) => home,
        }
    }

    /// Removes a temporary folder; says what became of the chain.
    fn leave(self) -> Result<String, Failure> {
        match self {
            Self::Kept(home) => {
                Ok(format!("The chain is kept in {}: the same command continues it.", home.path().display()))
            }
            Self::Temporary(home, folder) => {
                remove(&folder.keep())?;
                Ok(format!("The temporary {} is removed.", home.path().display()))
            }
        }
    }

    fn says(&self) -> String {
        let path = self.home().path().display();
        match self {
            Self::Kept(_) => format!("{path} (kept; the same command continues this chain)"),
            Self::Temporary(..) => format!("{path} (temporary: removed when stopped; keep a chain with --home DIR)"),
        }
    }
}

/// Removes a folder. What still writes there is ending, so a second try may be needed.
fn remove(path: &Path) -> Result<(), Failure> {
    for _ in 0..REMOVE_TRIES {
        if std::fs::remove_dir_all(path).is_ok() {
            return Ok(());
        }
        std::thread::sleep(REMOVE_PAUSE);
    }
    std::fs::remove_dir_all(path).map_err(|error| Failure::io("remove", path, &error))
}

/// Runs the devnet until it is stopped.
///
/// # Errors
/// Flags that contradict the chain in the home, a port in use, a fatal failure.
pub fn run(args: &DevnetArgs) -> Result<(), Failure> {
    let place = Place::of(args)?;
    let home = place.home();
    found_unless_there(args, home)?;
    let (genesis, founders, key) = (read_genesis(home)?, read_founders(home)?, read_key(home)?);
    check_same(&args.chain, &genesis, founders.as_ref())?;
    let config = home.config();
    let settings = Settings::load(&args.node, config.exists().then_some(config.as_path()))?;
    logs::start(&settings);
    let node = Node { home, settings: &settings, genesis: genesis.clone(), key };
    node.run(|addresses| {
        if !settings.quiet {
            println!("{}", banner(&genesis, founders.as_ref(), addresses, &place.says())?);
            println!("Listening on {}", addresses.http);
        }
        Ok(())
    })?;
    let end = place.leave()?;
    if !settings.quiet {
        // Whoever read the banner may be gone by now.
        let _ = writeln!(std::io::stdout(), "Stopped. {end}");
    }
    Ok(())
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
    Founding::of(&args.chain, ACCOUNTS, None)?.write_with(home, &alone())
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
