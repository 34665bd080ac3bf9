//! `seiza testnet`: the homes of a network whose nodes run on hosts of their own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::init::check_words;
use crate::args::TestnetArgs;
use crate::failure::Failure;
use crate::founding::{Founding, Ports, Seat, name, write_network};
use crate::home::Home;
use crate::settings::field;

/// Where a testnet's node meets peers: wherever its host is reached.
const ANYWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Writes the homes.
///
/// # Errors
/// Accounts without words, hosts that do not fit, the folder holds something already, or cannot be written.
pub fn run(args: &TestnetArgs) -> Result<(), Failure> {
    check_words(&args.chain)?;
    let output = Home::at(&args.output);
    if !output.is_empty()? {
        let path = output.path().display();
        return Err(Failure::refused(format!("{path} is not empty: choose another --output, or move it away first")));
    }
    let hosts = hosts(args)?;
    let validators = args.network.validators();
    let founding = Founding::shared(&args.chain, 0, args.cosmos_chain_id.as_deref(), validators)?;
    let seats: Vec<Seat> = hosts.iter().map(|host| seat(host, args.host.unwrap_or(HERE))).collect();
    let pace = args.network.block_time.map(|time| (&field::BLOCK_TIME, time.to_string()));
    write_network(output.path(), &founding, &seats, pace.as_slice())?;
    say(&output, &hosts, validators);
    Ok(())
}

fn seat(host: &str, serves: IpAddr) -> Seat {
    Seat { host: host.to_owned(), ports: Ports::STANDARD, serves, meets: ANYWHERE }
}

/// One host for each node.
fn hosts(args: &TestnetArgs) -> Result<Vec<String>, Failure> {
    let nodes = args.network.nodes();
    match (&args.hosts, args.starting_ip) {
        (Some(hosts), _) if hosts.len() != nodes => Err(Failure::usage(format!(
            "--hosts names {} hosts, must be {nodes}: one for each validator and full node",
            hosts.len()
        ))),
        (Some(hosts), _) => Ok(hosts.iter().map(|host| host.trim().trim_matches(['[', ']']).to_owned()).collect()),
        (None, Some(first)) => (0..nodes).map(|index| following(first, index)).collect(),
        (None, None) => {
            let prefix = args.host_prefix.as_deref().unwrap_or("node");
            Ok((0..nodes).map(|index| format!("{prefix}{index}")).collect())
        }
    }
}

/// The address so many after the first one.
fn following(first: IpAddr, index: usize) -> Result<String, Failure> {
    let wrong = || Failure::usage(format!("--starting-ip {first}: there are no {} addresses from there", index + 1));
    offset(first, index).map(|address| address.to_string()).ok_or_else(wrong)
}

/// The address so many after the first; `None` where the addresses end before.
fn offset(first: IpAddr, index: usize) -> Option<IpAddr> {
    match first {
        IpAddr::V4(first) => {
            let address = u32::from(first).checked_add(u32::try_from(index).ok()?)?;
            Some(IpAddr::V4(Ipv4Addr::from(address)))
        }
        IpAddr::V6(first) => {
            u128::from(first).checked_add(index as u128).map(|address| IpAddr::V6(Ipv6Addr::from(address)))
        }
    }
}

fn say(output: &Home, hosts: &[String], validators: usize) {
    for (index, host) in hosts.iter().enumerate() {
        let kind = if index < validators { "validator" } else { "full node" };
        println!("wrote {}  {kind} for {host}", output.path().join(name(index)).display());
    }
    println!("next: move each home to its host, and to no other; there: seiza start --home DIR");
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::{Command, CommandLine};

    fn hosts_of(flags: &[&str]) -> Result<Vec<String>, String> {
        let line = [&["seiza", "testnet", "--output", "x"], flags].concat();
        let line = CommandLine::try_parse_from(line).map_err(|error| error.to_string())?;
        let Command::Testnet(args) = line.command else { panic!("another command") };
        hosts(&args).map_err(|failure| failure.to_string())
    }

    #[test]
    fn hosts_are_named_counted_or_listed() {
        let table: [(&[&str], &[&str]); 6] = [
            (&[], &["node0", "node1", "node2", "node3"]),
            (&["--validators", "1", "--full-nodes", "1", "--host-prefix", "v"], &["v0", "v1"]),
            (&["--validators", "2", "--starting-ip", "192.168.10.255"], &["192.168.10.255", "192.168.11.0"]),
            (&["--validators", "2", "--starting-ip", "fe80::ffff"], &["fe80::ffff", "fe80::1:0"]),
            (&["--validators", "1", "--hosts", "a.example"], &["a.example"]),
            (&["--validators", "2", "--hosts", "a, b"], &["a", "b"]),
        ];
        for (flags, expected) in table {
            assert_eq!(hosts_of(flags).unwrap(), expected, "{flags:?}");
        }
    }

    #[test]
    fn hosts_that_do_not_fit_are_refused() {
        let table: [(&[&str], &str); 4] = [
            (&["--hosts", "a,b"], "--hosts names 2 hosts, must be 4"),
            (&["--starting-ip", "255.255.255.254"], "there are no 3 addresses from there"),
            (&["--hosts", "a", "--starting-ip", "1.1.1.1"], "cannot be used with"),
            (&["--validators", "101"], "is no whole number from 1 to 100"),
        ];
        for (flags, expected) in table {
            let failure = hosts_of(flags).unwrap_err();
            assert!(failure.contains(expected), "{flags:?}: {failure}");
        }
    }
}
