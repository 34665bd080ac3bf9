//! Where a peer is: `host:port`, with its id in front where it is known.

use std::fmt;
use std::str::FromStr;

/// Longest host name of DNS.
const HOST_CHARS_MAX: usize = 253;

/// `[id@]host:port`; an IPv6 address stands in brackets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerAddress {
    /// The peer's id (libp2p, base58), checked when it is dialled.
    pub id: Option<String>,
    /// An IP address or a DNS name.
    pub host: String,
    /// Port of the consensus engine.
    pub port: u16,
}

/// Why a text names no peer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no peer: write host:port or id@host:port")]
pub struct PeerAddressError(String);

impl FromStr for PeerAddress {
    type Err = PeerAddressError;

    fn from_str(text: &str) -> Result<Self, PeerAddressError> {
        let wrong = || PeerAddressError(text.to_owned());
        let (id, rest) = text.split_once('@').map_or((None, text), |(id, rest)| (Some(id), rest));
        let (host, port) = rest.rsplit_once(':').ok_or_else(wrong)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let sound = match bare {
            Some(host) => host.parse::<core::net::Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
        };
        let id_is_sound = id.is_none_or(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric()));
        let port: u16 = port.parse().map_err(|_| wrong())?;
        if !sound || !id_is_sound || port == 0 || host.len() > HOST_CHARS_MAX {
            return Err(wrong());
        }
        Ok(Self { id: id.map(str::to_owned), host: bare.unwrap_or(host).to_owned(), port })
    }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.id {
            write!(f, "{id}@")?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}
