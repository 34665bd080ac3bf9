//! Which ports the nodes of a local network have: counted from one that somebody named, or free ones.

use std::io;
use std::net::{IpAddr, Ipv4Addr, TcpListener};

use crate::failure::Failure;
use crate::founding::{Ports, Seat};

/// The one address of a local network.
pub const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Ports from one node's first to the next one's.
const STRIDE: u16 = 10;
/// Tries to find two free ports beside each other.
const PAIR_TRIES: u32 = 200;

/// A seat on this machine for each node.
///
/// # Errors
/// Ports beyond 65535, or no free ones.
pub fn seats(nodes: usize, base: Option<u16>) -> Result<Vec<Seat>, Failure> {
    let ports = match base {
        Some(base) => (0..nodes).map(|index| counted(base, index)).collect::<Result<Vec<_>, _>>()?,
        None => free(nodes).map_err(|error| Failure::refused(format!("cannot find free ports: {error}")))?,
    };
    let seat = |ports| Seat { host: LOOPBACK.to_string(), ports, serves: LOOPBACK, meets: LOOPBACK };
    Ok(ports.into_iter().map(seat).collect())
}

fn counted(base: u16, index: usize) -> Result<Ports, Failure> {
    let first = u16::try_from(index).ok().and_then(|index| index.checked_mul(STRIDE)?.checked_add(base));
    let first = first.filter(|first| first.checked_add(5).is_some());
    let first = first.ok_or_else(|| {
        Failure::usage(format!(
            "--base-port {base}: the ports of node{index} would lie beyond 65535: choose a lower one"
        ))
    })?;
    let [gossip, consensus, tendermint, http, ws, metrics] = [0, 1, 2, 3, 4, 5].map(|offset| first + offset);
    Ok(Ports { consensus, gossip, tendermint, http, ws, metrics })
}

/// Free ports, each held until all are found, so that none is found twice.
fn free(nodes: usize) -> io::Result<Vec<Ports>> {
    let mut held = Vec::new();
    (0..nodes).map(|index| free_ports(&mut held, index == 0)).collect()
}

/// The first node has the ports that wallets expect, where nobody else has them.
fn free_ports(held: &mut Vec<TcpListener>, first: bool) -> io::Result<Ports> {
    let wanted = |port: u16| if first { port } else { 0 };
    let consensus = pair(held)?;
    Ok(Ports {
        consensus,
        gossip: consensus - 1,
        http: one(held, wanted(Ports::STANDARD.http))?,
        ws: one(held, wanted(Ports::STANDARD.ws))?,
        tendermint: one(held, 0)?,
        metrics: one(held, 0)?,
    })
}

fn one(held: &mut Vec<TcpListener>, wanted: u16) -> io::Result<u16> {
    let listener = TcpListener::bind((LOOPBACK, wanted)).or_else(|_| TcpListener::bind((LOOPBACK, 0)))?;
    let port = listener.local_addr()?.port();
    held.push(listener);
    Ok(port)
}

/// A free port whose lower neighbour is free as well; gives the upper one.
fn pair(held: &mut Vec<TcpListener>) -> io::Result<u16> {
    for _ in 0..PAIR_TRIES {
        let upper = TcpListener::bind((LOOPBACK, 0))?;
        let port = upper.local_addr()?.port();
        if let Ok(lower) = TcpListener::bind((LOOPBACK, port - 1)) {
            held.extend([upper, lower]);
            return Ok(port);
        }
        // Held too, so that the system offers another one.
        held.push(upper);
    }
    Err(io::Error::from(io::ErrorKind::AddrInUse))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(seats: &[Seat]) -> Vec<u16> {
        let ports = |seat: &Seat| {
            let Ports { consensus, gossip, tendermint, http, ws, metrics } = seat.ports;
            [consensus, gossip, tendermint, http, ws, metrics]
        };
        seats.iter().flat_map(ports).collect()
    }

    #[test]
    fn no_port_is_given_twice_and_peers_find_the_other_one() {
        for base in [None, Some(27_000)] {
            let seats = seats(7, base).unwrap();
            let mut ports = all(&seats);
            ports.sort_unstable();
            ports.dedup();
            assert_eq!(ports.len(), 7 * 6, "{base:?}");
            assert!(seats.iter().all(|seat| seat.ports.gossip + 1 == seat.ports.consensus), "{base:?}");
        }
    }

    #[test]
    fn counted_ports_are_where_the_help_says() {
        let seats = seats(2, Some(27_000)).unwrap();
        assert_eq!(seats[0].ports.gossip, 27_000);
        let Ports { consensus, gossip, tendermint, http, ws, metrics } = seats[1].ports;
        assert_eq!(
            [gossip, consensus, tendermint, http, ws, metrics],
            [27_010, 27_011, 27_012, 27_013, 27_014, 27_015]
        );
        assert!(super::seats(1, Some(65_530)).is_ok());
        let failure = super::seats(2, Some(65_530)).unwrap_err();
        assert!(failure.to_string().contains("the ports of node1 would lie beyond 65535"), "{failure}");
    }
}
