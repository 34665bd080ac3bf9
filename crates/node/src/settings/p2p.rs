//! Who a node is among its peers, and where it meets them, as settings say it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use seiza_types::{PeerAddress, PeerAddressError};

use super::{Count, Sources, field};
use crate::args::NodeFlags;
use crate::failure::Failure;

/// Peers at a time, and peers that may be listed.
pub const PEERS_BOUND: u64 = 1000;
/// Length of a name.
const MONIKER_MAX: usize = 64;

/// The settings of `[p2p]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct P2pSettings {
    /// Address to listen on, both ports.
    pub host: IpAddr,
    /// Port of consensus; 0 takes a free one.
    pub port: u16,
    /// Port of transactions and block bodies; 0 takes a free one.
    pub gossip_port: u16,
    /// Peers to stay connected with.
    pub peers: Vec<PeerAddress>,
    /// Peers at a time.
    pub peers_max: usize,
    /// Whether peers are asked for peers.
    pub discovery: bool,
}

impl P2pSettings {
    pub(super) fn resolve(flags: &NodeFlags, sources: &Sources<'_>, unset: &mut Vec<String>) -> Result<Self, Failure> {
        Ok(Self {
            host: sources.pick(flags.p2p_host, &field::P2P_HOST, unset)?,
            port: sources.pick(flags.p2p_port, &field::P2P_PORT, unset)?,
            gossip_port: sources.pick(flags.gossip_port, &field::GOSSIP_PORT, unset)?,
            peers: sources.pick(flags.peers.clone(), &field::PEERS, unset)?.0,
            peers_max: sources.pick::<Count<1, PEERS_BOUND>>(None, &field::PEERS_MAX, unset)?.size(),
            discovery: sources.pick(flags.discovery, &field::DISCOVERY, unset)?,
        })
    }
}

/// Addresses of peers, written `[id@]host:port` with commas between them; none is the empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeerList(pub Vec<PeerAddress>);

impl FromStr for PeerList {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        if parts == [""] {
            return Ok(Self::default());
        }
        if parts.len() as u64 > PEERS_BOUND {
            return Err(format!("{} peers are more than {PEERS_BOUND}", parts.len()));
        }
        let parsed = |part: &&str| part.parse().map_err(|error: PeerAddressError| error.to_string());
        Ok(Self(parts.iter().map(parsed).collect::<Result<_, _>>()?))
    }
}

impl fmt::Display for PeerList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(PeerAddress::to_string).collect::<Vec<_>>().join(","))
    }
}

/// A node's name: up to 64 letters, digits, spaces and `- _ .`; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moniker(pub String);

impl FromStr for Moniker {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let fits = |letter: char| letter.is_alphanumeric() || " -_.".contains(letter);
        if text.chars().count() > MONIKER_MAX || !text.chars().all(fits) {
            return Err(format!("{text:?} is no name: up to {MONIKER_MAX} letters, digits, spaces and - _ ."));
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_listed_with_commas() {
        let table = [
            ("", Some(0)),
            (" ", Some(0)),
            ("a:1", Some(1)),
            ("a:1, 10.0.0.2:26656 ,c.example:3", Some(3)),
            ("a:1,", None),
            (",", None),
            ("a", None),
            ("a:70000", None),
        ];
        for (text, peers) in table {
            assert_eq!(text.parse::<PeerList>().ok().map(|list| list.0.len()), peers, "{text}");
        }
        for text in ["", "a:1", "a:1,[::1]:2"] {
            assert_eq!(text.parse::<PeerList>().unwrap().to_string(), text);
        }
        let many = |count| vec!["a:1"; count].join(",").parse::<PeerList>();
        assert_eq!(many(1000).unwrap().0.len(), 1000);
        assert_eq!(many(1001).unwrap_err(), "1001 peers are more than 1000");
    }

    #[test]
    fn names_are_short_and_plain() {
        let longest = "a".repeat(64);
        for text in ["", "north-1", "Zürich No. 2", &longest] {
            assert_eq!(text.parse::<Moniker>().unwrap().0, text);
        }
        for text in ["a\"b", "a\nb", "a,b", "\u{1b}[2J", &"a".repeat(65)] {
            assert!(text.parse::<Moniker>().is_err(), "{text}");
        }
    }
}
