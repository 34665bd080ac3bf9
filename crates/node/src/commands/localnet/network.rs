//! The network of a folder: founded if need be, and read again.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use clap::Parser as _;
use seiza_chain::Genesis;

use super::seats::{LOOPBACK, seats};
use crate::args::{Command, CommandLine, LocalnetArgs, NodeFlags};
use crate::failure::Failure;
use crate::founding::{Founders, Founding, check_same, name, read_founders, read_genesis, write_network};
use crate::home::Home;
use crate::settings::{ConfigFile, Settings, Sources};

/// Funded accounts where nobody says how many.
const ACCOUNTS: u32 = 10;

/// One node of it.
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub home: Home,
    /// Its settings, flags for each node included.
    pub settings: Settings,
}

impl Node {
    /// Where it serves.
    pub fn at(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.settings.host, port)
    }

    /// Where it serves JSON-RPC.
    pub fn http(&self) -> SocketAddr {
        self.at(self.settings.http_port)
    }
}

/// A whole network.
pub struct Network {
    /// Its chain.
    pub genesis: Genesis,
    /// Who is funded.
    pub founders: Option<Founders>,
    /// Its nodes, validators first.
    pub nodes: Vec<Node>,
    /// Flags that each node is started with.
    pub flags: Vec<String>,
}

impl Network {
    /// Founds the network in an empty folder, or reads the one that is there.
    ///
    /// # Errors
    /// Flags that make no sense or contradict what is there, a folder with something else, what the system says.
    pub fn open(args: &LocalnetArgs, root: &Path) -> Result<Self, Failure> {
        let flags = flags(args);
        let parsed = parsed(&flags)?;
        let first = Home::at(root.join(name(0)));
        if !first.genesis().exists() {
            found(args, root)?;
        }
        let (genesis, founders) = (read_genesis(&first)?, read_founders(&Home::at(root))?);
        check_same(&args.chain, &genesis, founders.as_ref())?;
        let homes = (0..).map(|index| (name(index), Home::at(root.join(name(index)))));
        let homes = homes.take_while(|(_, home)| home.genesis().exists());
        let nodes = homes.map(|(name, home)| Ok(Node { settings: settings(&home, &parsed)?, name, home }));
        let network = Self { genesis, founders, nodes: nodes.collect::<Result<_, Failure>>()?, flags };
        network.check_size(args)?;
        Ok(network)
    }

    /// Refuses flags that contradict the network in the folder.
    fn check_size(&self, args: &LocalnetArgs) -> Result<(), Failure> {
        let validators = self.genesis.validators.len();
        let port = self.nodes.first().map(|node| usize::from(node.settings.p2p.gossip_port));
        let table = [
            ("--validators", args.network.validators.map(|count| count.size()), Some(validators)),
            (
                "--full-nodes",
                args.network.full_nodes.map(|count| count.size()),
                self.nodes.len().checked_sub(validators),
            ),
            ("--base-port", args.base_port.map(usize::from), port),
        ];
        let differs = table.iter().find(|(_, asked, has)| asked.is_some() && asked != has);
        differs.map_or(Ok(()), |(flag, asked, has)| {
            let (asked, has) = (asked.unwrap_or_default(), has.unwrap_or_default());
            Err(Failure::refused(format!(
                "this network was founded with {has}, not {flag} {asked}: leave the flag away, or choose another --home"
            )))
        })
    }

    /// Interval of its empty blocks.
    pub fn block_time(&self) -> Duration {
        self.nodes.first().map_or(Duration::ZERO, |node| node.settings.block_time.0)
    }
}

fn found(args: &LocalnetArgs, root: &Path) -> Result<(), Failure> {
    if !Home::at(root).is_empty()? {
        let path = root.display();
        return Err(Failure::refused(format!(
            "{path} is not empty and holds no network (no node0/genesis.json): choose another --home, or empty it"
        )));
    }
    let founding = Founding::shared(&args.chain, ACCOUNTS, None, args.network.validators())?.with_markets()?;
    write_network(root, &founding, &seats(args.network.nodes(), args.base_port)?, &[])
}

fn flags(args: &LocalnetArgs) -> Vec<String> {
    let pace = args.network.block_time.map(|time| [String::from("--block-time"), time.to_string()]);
    pace.into_iter().flatten().chain(args.node.iter().cloned()).collect()
}

/// The flags as the nodes will read them.
fn parsed(flags: &[String]) -> Result<NodeFlags, Failure> {
    let words = ["seiza", "start", "--home", "."].into_iter().chain(flags.iter().map(String::as_str));
    let line = CommandLine::try_parse_from(words);
    match line.map_err(|error| Failure::usage(format!("flags for each node: {error}")))?.command {
        Command::Start(args) => Ok(args.node),
        _ => Err(Failure::usage("flags for each node: they are those of `seiza start`")),
    }
}

/// What a node will run with, as far as it is not said by variables.
fn settings(home: &Home, flags: &NodeFlags) -> Result<Settings, Failure> {
    let file = ConfigFile::read(&home.config())?;
    let settings = Settings::resolve(flags, &Sources { file, variable: &|_| None })?;
    if settings.host == LOOPBACK { Ok(settings) } else { Ok(Settings { host: LOOPBACK, ..settings }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(root: &Path, flags: &[&str]) -> Result<Network, String> {
        let line = CommandLine::try_parse_from([&["seiza", "localnet"], flags].concat()).unwrap();
        let Command::Localnet(args) = line.command else { panic!("another command") };
        Network::open(&args, root).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_network_is_founded_once_and_continued_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let founded = open(folder.path(), &["--full-nodes", "1", "--block-time", "250ms"]).unwrap();
        assert_eq!((founded.genesis.validators.len(), founded.nodes.len()), (4, 5));
        assert_eq!(founded.block_time(), Duration::from_millis(250));
        assert_eq!(founded.founders.as_ref().unwrap().accounts, 10);
        let again = open(folder.path(), &["--", "--log", "debug"]).unwrap();
        assert_eq!((&again.genesis, again.block_time()), (&founded.genesis, Duration::from_secs(1)));
        assert_eq!(again.nodes[4].http(), founded.nodes[4].http(), "ports stay");
        let table = [
            (vec!["--validators", "3"], "founded with 4, not --validators 3"),
            (vec!["--full-nodes", "0"], "founded with 1, not --full-nodes 0"),
            (vec!["--base-port", "1"], "not --base-port 1"),
            (vec!["--chain-id", "5"], "not --chain-id 5"),
            (vec!["--", "--nothing"], "unexpected argument '--nothing'"),
        ];
        for (flags, expected) in table {
            let failure = open(folder.path(), &flags).err().unwrap();
            assert!(failure.contains(expected), "{flags:?}: {failure}");
        }
    }

    #[test]
    fn a_folder_with_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "x").unwrap();
        let failure = open(folder.path(), &[]).err().unwrap();
        assert!(failure.contains("is not empty and holds no network"), "{failure}");
    }
}
