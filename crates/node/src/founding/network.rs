//! The homes of a whole network: one genesis, new keys for every node, and settings in which each names the validators as its
//! peers, by their ids.

use std::net::IpAddr;
use std::path::Path;

use seiza_types::{PeerAddress, ValidatorKey};

use super::{Files, Founding, NodeKey, files, new_validator_key};
use crate::failure::Failure;
use crate::home::Home;
use crate::settings::PeerList;
use crate::settings::field::{self, Field};

/// The ports of one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// Consensus with peers.
    pub consensus: u16,
    /// Transactions and blocks with peers: one below `consensus`, where peers look for it.
    pub gossip: u16,
    /// Tendermint RPC.
    pub tendermint: u16,
    /// JSON-RPC over HTTP.
    pub http: u16,
    /// JSON-RPC over WebSocket.
    pub ws: u16,
    /// Prometheus.
    pub metrics: u16,
}

impl Ports {
    /// The default settings'.
    pub const STANDARD: Self =
        Self { consensus: 26_656, gossip: 26_655, tendermint: 26_657, http: 8545, ws: 8546, metrics: 26_660 };
}

/// Where one node of a network will run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Under which others reach it: IP address or DNS name.
    pub host: String,
    /// Its ports.
    pub ports: Ports,
    /// Address on which it serves clients.
    pub serves: IpAddr,
    /// Address on which it meets peers.
    pub meets: IpAddr,
}

/// Names of the homes within the network's folder, `node0` first.
pub fn name(index: usize) -> String {
    format!("node{index}")
}

/// Writes a home for each seat into `root`: validators first, as many as the founding has, then nodes that follow. `node0` is
/// written last, so that a network whose `node0` has a genesis is whole. Every home gets the `common` settings too.
///
/// # Errors
/// No entropy, a host that is none, what the system says.
pub fn write_network(
    root: &Path,
    founding: &Founding,
    seats: &[Seat],
    common: &[(&'static Field, String)],
) -> Result<(), Failure> {
    let nodes = seats.iter().map(|_| NodeKey::generate()).collect::<Result<Vec<_>, _>>()?;
    let addresses = seats.iter().zip(&nodes).map(|(seat, key)| address(seat, key)).collect::<Result<Vec<_>, _>>()?;
    Home::at(root).create()?;
    if founding.founders.accounts > 0 {
        files::write_founders(&Home::at(root), &founding.founders)?;
    }
    let document = founding.document();
    for (index, seat) in seats.iter().enumerate().rev() {
        let others = addresses.iter().take(founding.keys.len()).enumerate().filter(|(other, _)| *other != index);
        let peers = PeerList(others.map(|(_, address)| address.clone()).collect());
        let settings: Vec<_> = settings(&name(index), seat, &peers).into_iter().chain(common.iter().cloned()).collect();
        let validator = key_of(founding, index)?;
        let files = Files { document: &document, settings: &settings, validator: &validator, node: &nodes[index] };
        files.write(&Home::at(root.join(name(index))))?;
    }
    Ok(())
}

fn key_of(founding: &Founding, index: usize) -> Result<ValidatorKey, Failure> {
    founding.keys.get(index).map_or_else(new_validator_key, |key| Ok(ValidatorKey::from_seed(key.seed())))
}

/// Where others find a node; read again as they will read it.
fn address(seat: &Seat, key: &NodeKey) -> Result<PeerAddress, Failure> {
    let address = PeerAddress { id: Some(key.peer_id()), host: seat.host.clone(), port: seat.ports.consensus };
    let read: Result<PeerAddress, _> = address.to_string().parse();
    read.map_err(|error| Failure::usage(format!("{:?} is no host: {error}", seat.host)))
}

fn settings(name: &str, seat: &Seat, peers: &PeerList) -> [(&'static Field, String); 10] {
    let Ports { consensus, gossip, tendermint, http, ws, metrics } = seat.ports;
    [
        (&field::MONIKER, name.to_owned()),
        (&field::HOST, seat.serves.to_string()),
        (&field::HTTP_PORT, http.to_string()),
        (&field::WS_PORT, ws.to_string()),
        (&field::TENDERMINT_PORT, tendermint.to_string()),
        (&field::METRICS_PORT, metrics.to_string()),
        (&field::P2P_HOST, seat.meets.to_string()),
        (&field::P2P_PORT, consensus.to_string()),
        (&field::GOSSIP_PORT, gossip.to_string()),
        (&field::PEERS, peers.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::args::ChainFlags;
    use crate::founding::{read_genesis, read_key};
    use crate::settings::{ConfigFile, Settings, Sources};

    fn seat(index: usize) -> Seat {
        let any = "0.0.0.0".parse().unwrap();
        Seat { host: format!("10.0.0.{index}"), ports: Ports::STANDARD, serves: any, meets: any }
    }

    fn settings_of(home: &Home) -> Settings {
        let file = ConfigFile::read(&home.config()).unwrap();
        Settings::resolve(&crate::args::NodeFlags::default(), &Sources { file, variable: &|_| None }).unwrap()
    }

    #[test]
    fn homes_share_the_genesis_know_each_other_and_keep_their_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("net");
        let founding = Founding::shared(&ChainFlags::default(), 0, None, 3).unwrap();
        let seats: Vec<Seat> = (0..4).map(seat).collect();
        write_network(&root, &founding, &seats, &[(&field::BLOCK_TIME, "7s".into())]).unwrap();
        let homes: Vec<Home> = (0..4).map(|index| Home::at(root.join(name(index)))).collect();
        let genesis = read_genesis(&homes[0]).unwrap();
        let ids: Vec<String> = homes.iter().map(|home| NodeKey::read(home).unwrap().peer_id()).collect();
        for (index, home) in homes.iter().enumerate() {
            assert_eq!(read_genesis(home).unwrap(), genesis);
            let key = read_key(home).unwrap().public_key();
            let place = genesis.validators.iter().position(|validator| validator.public_key == key);
            assert_eq!(place, (index < 3).then_some(index), "the last one is no validator");
            let settings = settings_of(home);
            assert_eq!((settings.moniker, settings.block_time.0.as_secs()), (name(index), 7));
            let known: Vec<String> = settings.p2p.peers.iter().map(PeerAddress::to_string).collect();
            let others = (0..3).filter(|other| *other != index);
            let expected: Vec<String> = others.map(|other| format!("{}@10.0.0.{other}:26656", ids[other])).collect();
            assert_eq!(known, expected, "{index}");
            for secret in [home.validator_key(), home.node_key()] {
                assert_eq!(std::fs::metadata(secret).unwrap().permissions().mode() & 0o777, 0o600);
            }
        }
        assert!(!Home::at(&root).devnet().exists(), "nobody is funded");
    }

    #[test]
    fn a_host_that_is_none_is_refused_and_nothing_written() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("net");
        let founding = Founding::shared(&ChainFlags::default(), 0, None, 1).unwrap();
        let seats = [Seat { host: "a b".into(), ..seat(0) }];
        let failure = write_network(&root, &founding, &seats, &[]).unwrap_err().to_string();
        assert!(failure.contains("\"a b\" is no host"), "{failure}");
        assert!(!root.exists());
    }
}
